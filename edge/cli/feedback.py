"""Say of the latest reply that it helped, that now is not the time, or that it read you wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge.affect import EMOTIONS
from edge.paths import runtime_directory
from edge.settings import load

if TYPE_CHECKING:
    import argparse

KINDS = ("helped", "not-now", "wrong")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport feedback`` takes."""
    parser.add_argument("feedback", choices=KINDS, help="not-now also silences the device for a while")
    parser.add_argument(
        "emotion", nargs="?", choices=[emotion.value for emotion in EMOTIONS], help="with `wrong`: what you feel"
    )
    parser.add_argument("--config", type=Path, help="the settings file of the device")
    parser.add_argument("--json", action="store_true", help="print what became of it as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when it counts; 1 when it was not taken, or no device runs; 2 for what does not fit together."""
    from edge.learning.tap import send

    kind, emotion = arguments.feedback, arguments.emotion
    if (emotion is not None) is not (kind == "wrong"):
        wrong = "`wrong` needs what you feel" if kind == "wrong" else f"{emotion!r} was given, and `{kind}` takes none"
        remedy = f"Name one of {', '.join(EMOTIONS)}" if kind == "wrong" else "Leave it out"
        print(f"rapport: {wrong}. {remedy}.", file=sys.stderr)
        return 2
    outcome = send(
        runtime_directory(), load(arguments.config).device.id, " ".join(filter(None, (kind, emotion))).encode()
    )
    if arguments.json:
        fields = ("feedback", "emotion", "taken", "reason")
        print(json.dumps({field: getattr(outcome, field) for field in fields}, ensure_ascii=False))
    else:
        print(outcome)
    return 0 if outcome.taken else 1
