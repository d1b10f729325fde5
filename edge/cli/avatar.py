"""Draw the face: one look, all of them on a sheet, or a film of it speaking; needs no network and opens nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from edge.affect import EMOTIONS, UNSURE, Emotion, Language
from edge.errors import InputError
from edge.outlets.avatar.looks import Manner
from edge.outlets.avatar.palette import Colour, Shade

if TYPE_CHECKING:
    import argparse

    from edge.outlets.avatar.looks import Pose

SLEEPING = "asleep"
FPS = 15
SEED = 4
"""Of the blinks in a film."""
SIZES = (16, 4096)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport avatar`` takes."""
    looks = [*(emotion.value for emotion in EMOTIONS), UNSURE, SLEEPING]
    parser.add_argument(
        "--emotion", choices=looks, default="neutral", help="what the person feels, or the device shows"
    )
    parser.add_argument("--manner", choices=get_args(Manner), default="calm", help="of the face for it (default: calm)")
    parser.add_argument("--theme", choices=get_args(Shade), default="light", help="behind the face (default: light)")
    parser.add_argument("--colour", choices=get_args(Colour), default="amber", help="of the face (default: amber)")
    parser.add_argument("--size", type=int, default=480, metavar="PIXELS", help="of a side (default: 480)")
    parser.add_argument("--sheet", action="store_true", help="all looks on one sheet")
    parser.add_argument("--film", action="store_true", help="an SVG that moves: it breathes, blinks, and says --say")
    parser.add_argument("--say", default="", metavar="TEXT", help="what is said in the film, English or Chinese")
    parser.add_argument("--out", type=Path, metavar="FILE", help=".svg or .png; without it SVG goes to standard output")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when it was drawn."""
    from edge.outlets.avatar import raster

    _check(arguments)
    drawn = _drawn(arguments)
    out: Path | None = arguments.out
    if out is None:
        print(drawn, end="")
        return 0
    content = drawn.encode() if out.suffix == ".svg" else raster.png(drawn, arguments.size, captions=arguments.sheet)
    try:
        out.write_bytes(content)
    except OSError as error:
        problem = f"{out} cannot be written: {error.strerror}"
        raise InputError(problem, "Give a path in a directory that exists and has space") from error
    print(out)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Raise InputError for what does not go together."""
    out, size = arguments.out, arguments.size
    if out is not None and out.suffix not in {".svg", ".png"}:
        problem = f"--out is {str(out)!r}, which ends in neither .svg nor .png"
        raise InputError(problem, "Give a file name that ends in one of them")
    if not SIZES[0] <= size <= SIZES[1]:
        problem = f"--size is {size}; allowed are {SIZES[0]} to {SIZES[1]} pixels"
        raise InputError(problem, "Give a size within them")
    if arguments.film and (arguments.sheet or (out is not None and out.suffix == ".png")):
        problem = "--film is an SVG of one face; neither a sheet nor a PNG moves"
        raise InputError(problem, "Leave out --sheet, and give --out a name that ends in .svg")
    if arguments.say and not arguments.film:
        problem = f"--say {arguments.say!r} is said in a film only"
        raise InputError(problem, "Add --film")


def _drawn(arguments: argparse.Namespace) -> str:
    from edge.outlets.avatar.drawing import svg
    from edge.outlets.avatar.motion import still
    from edge.outlets.avatar.sheet import sheet

    if arguments.sheet:
        return sheet(arguments.theme, arguments.colour)
    pose = _pose(arguments)
    if arguments.film:
        return _film(arguments, pose)
    return svg(still(pose), arguments.theme, arguments.colour, size=arguments.size)


def _pose(arguments: argparse.Namespace) -> Pose:
    from edge.outlets.avatar import looks

    if arguments.emotion == UNSURE:
        return looks.UNSURE
    if arguments.emotion == SLEEPING:
        return looks.ASLEEP
    return looks.pose_of(Emotion(arguments.emotion), arguments.manner)


def _film(arguments: argparse.Namespace, pose: Pose) -> str:
    """From a breath to the next, as many as it takes to say the text."""
    from edge.outlets.avatar.film import film
    from edge.outlets.avatar.lips import from_text
    from edge.outlets.avatar.motion import ASLEEP_PER_S, BREATHS_PER_S, DOZE_S, Motion

    motion = Motion(SEED)
    motion.aim(pose, 0.0)
    begin, breath_s = 2 * DOZE_S, 1 / (ASLEEP_PER_S if pose.sleep else BREATHS_PER_S)
    seconds = breath_s
    if arguments.say:
        chinese = any(character > "\u2e80" for character in arguments.say)
        lips = from_text(arguments.say, Language.ZH if chinese else Language.EN, 165)
        motion.speak(lips, begin + 0.5)
        seconds = breath_s * -(-(lips.end + 1) // breath_s)
    faces = [motion.at(begin + index / FPS) for index in range(round(FPS * seconds) + 1)]
    return film(faces, seconds, arguments.theme, arguments.colour, arguments.size)
