"""Play a recording through understanding again, and say whether the very same States come out."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.errors import InputError

if TYPE_CHECKING:
    import argparse

    from edge.replay.play import Played, Verdict

SAME, DIFFERS, UNUSABLE = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport replay`` takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="what `rapport record` wrote")
    parser.add_argument("--compare", action="store_true", help="show every State that differs, not only the first")
    parser.add_argument(
        "--pool",
        choices=("recorded", "device"),
        default="recorded",
        help="what combines the senses: as it was, or as this device does it, to see what that changes",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the States that come out and the verdict as JSON lines"
    )


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when all is the same, bit for bit; 1 when something differs; 2 when the file cannot be used."""
    from edge.accelerators.cpu import Cpu
    from edge.accelerators.model import device_models
    from edge.replay.play import Verdict, play
    from edge.replay.reading import Recording
    from edge.settings import load
    from edge.understanding.pooled import fitted

    here = fitted(device_models(load(None).models, Cpu()))
    try:
        recording = Recording(arguments.file)
        by = here if arguments.pool == "device" or recording.pool is None else recording.pool
        if replace(by, name=here.name) != here:
            print("note: the senses are combined as in the recording, not as this device does it", file=sys.stderr)
        verdict = Verdict(arguments.file, words=recording.head.words)
        for played in play(recording, verdict, by):
            if arguments.json:
                print(json.dumps(_record(played), ensure_ascii=False))
            elif arguments.compare and not played.same:
                print(f"line {played.step.number}: {played.difference()}")
    except InputError as error:
        print(f"rapport: {error}", file=sys.stderr)
        return UNUSABLE
    if arguments.json:
        print(json.dumps({"verdict": _verdict(verdict)}, ensure_ascii=False))
    else:
        print("\n".join(told(verdict)))
    return DIFFERS if verdict.differing else SAME


def told(verdict: Verdict) -> list[str]:
    """The verdict for a person."""
    lines = [f"{verdict.path}: {verdict.steps} States, {verdict.changes} changes of settings, consent and lanes"]
    if verdict.differing:
        lines.append(f"DIFFERENT: {verdict.differing} of them; the first: {verdict.first}")
        if not verdict.words:
            lines.append("What was said is not in this recording; what rests on the words themselves may differ.")
    elif verdict.steps:
        lines.append("the same, bit for bit")
    else:
        lines.append("there is nothing to compare")
    if verdict.cut:
        lines.append(f"note: {verdict.ended}; what is there was compared")
    return lines


def _record(played: Played) -> dict[str, Any]:
    from edge.replay.codec import plain

    return {
        "line": played.step.number,
        "state": plain(played.state),
        "events": [[type(event).__name__, plain(event)] for event in played.events],
        "difference": played.difference(),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "file": str(verdict.path),
        "same": not verdict.differing,
        "steps": verdict.steps,
        "differing": verdict.differing,
        "first": verdict.first,
        "changes": verdict.changes,
        "cut": verdict.cut,
        "ended": verdict.ended,
        "words": verdict.words,
    }
