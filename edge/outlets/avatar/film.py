"""A drawing that moves by itself: an SVG file with SMIL animations (SVG 1.1, chapter 19), for pages and documents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from edge.outlets.avatar.drawing import VIEW, inside
from edge.outlets.avatar.face import colours, shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.outlets.avatar.face import Face, Shapes
    from edge.outlets.avatar.palette import Colour, Shade

STEP = re.compile(r"(\w+)\(([^)]*)\)")


def film(faces: Sequence[Face], seconds: float, shade: Shade, colour: Colour, size: int) -> str:
    """An SVG of ``size`` pixels that shows ``faces``, evenly spread over ``seconds``, again and again."""
    frames = [shapes(face, colours(face, shade, colour)) for face in faces]
    ground = colours(faces[0], shade, colour).background
    moved = {name: _animations(name, frames, seconds) for name in frames[0]}
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{VIEW}" width="{size}" height="{size}">'
        f'<rect x="-120" y="-120" width="240" height="240" fill="{ground}"/>{inside(frames[0], motions=moved)}</svg>\n'
    )


def _animations(name: str, frames: Sequence[Shapes], seconds: float) -> str:
    """What moves the shape of that name."""
    found = ""
    for key in frames[0][name]:
        values = [frame[name][key] for frame in frames]
        if len(set(values)) == 1:
            continue
        if key != "transform":
            found += f'<animate attributeName="{key}"{_timed(values, seconds)}/>'
            continue
        # One animation moves one step of a transform; the further ones are added to it.
        for index, (kind, _) in enumerate(STEP.findall(values[0])):
            steps = [STEP.findall(value)[index][1] for value in values]
            how = "sum" if index else "replace"
            timed = _timed(steps, seconds)
            found += f'<animateTransform attributeName="transform" type="{kind}" additive="{how}"{timed}/>'
    return found


def _timed(values: Sequence[str], seconds: float) -> str:
    """The values with their times; of equal ones in a row the first and the last."""
    last = len(values) - 1
    kept = [i for i in range(len(values)) if i in (0, last) or not values[i - 1] == values[i] == values[i + 1]]
    times = ";".join(f"{i / last:.4f}".rstrip("0").rstrip(".") for i in kept)
    listed = ";".join(values[i] for i in kept)
    return f' dur="{seconds:g}s" repeatCount="indefinite" keyTimes="{times}" values="{listed}"'
