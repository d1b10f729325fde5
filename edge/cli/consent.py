"""See, give and withdraw what may be sensed. A running device obeys a withdrawal within 200 ms."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.outlets.history import forget_history
from edge.paths import runtime_directory, state_directory
from edge.safety.grants import Purpose
from edge.settings import load

if TYPE_CHECKING:
    import argparse

    from edge.safety.consent import Consent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport consent`` takes."""
    parser.add_argument("action", nargs="?", choices=("status", "grant", "withdraw"), default="status")
    parser.add_argument("senses", nargs="*", metavar="SENSE", help="face, voice, text; all when none is named")
    parser.add_argument(
        "--for",
        dest="purpose",
        choices=[purpose.value for purpose in Purpose],
        help="the purpose; without it emotion is granted, and a withdrawal is of every purpose",
    )
    parser.add_argument("--config", type=Path, help="the settings file of the device")
    parser.add_argument("--json", action="store_true", help="print the grants as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when it was done; 2 for a sense that does not exist."""
    from edge.safety.consent import Consent

    known = {sense.value: sense for sense in Sense}
    unknown = [name for name in arguments.senses if name not in known]
    if unknown:
        print(f"rapport: {unknown[0]!r} is no sense. Name any of {', '.join(known)}.", file=sys.stderr)
        return 2
    settings = load(arguments.config)
    consent = Consent(settings.consent, state_directory(settings))
    senses = [known[name] for name in arguments.senses] or list(Sense)
    purpose = None if arguments.purpose is None else Purpose(arguments.purpose)
    if arguments.action == "grant":
        for sense in senses:
            consent.grant(sense, purpose or Purpose.EMOTION)
    elif arguments.action == "withdraw":
        _withdraw(consent, senses, purpose)
        if purpose in {None, Purpose.EMOTION}:
            forget_history(runtime_directory(), settings.device.id)  # a device that does not run cannot do it itself
    standings = consent.status()
    if arguments.json:
        fields = ("sense", "purpose", "state", "by", "utc")
        print(json.dumps([{field: getattr(standing, field) for field in fields} for standing in standings]))
    else:
        for standing in standings:
            by = f"by the {standing.by}" if standing.by else ""
            print(f"{standing.sense:<6} {standing.purpose:<11} {standing.state:<10} {by} {standing.utc or ''}".rstrip())
    if consent.problem is not None:
        raise consent.problem
    return 0


def _withdraw(consent: Consent, senses: list[Sense], purpose: Purpose | None) -> None:
    """Withdraw for one purpose; without one for emotion and whatever else was granted."""
    granted = {(one.sense, one.purpose) for one in consent.status() if one.state == "granted"}
    for sense in senses:
        for one in Purpose:
            if one is purpose or (purpose is None and (one is Purpose.EMOTION or (sense, one) in granted)):
                consent.withdraw(sense, one)
