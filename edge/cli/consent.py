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
    from collections.abc import Callable

    from edge.safety.consent import Consent, Standing
    from edge.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport consent`` takes."""
    parser.add_argument("action", nargs="?", choices=("status", "grant", "withdraw"), default="status")
    parser.add_argument("senses", nargs="*", metavar="SENSE", help="face, voice, text; all when none is named")
    parser.add_argument(
        "--for",
        dest="purpose",
        type=Purpose,
        choices=tuple(Purpose),
        help="what it may be used for; without it a grant is for emotion, and a withdrawal for everything",
    )
    parser.add_argument("--config", type=Path, help="the settings file of the device")
    parser.add_argument("--json", action="store_true", help="print the grants as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when it was done; 2 for a sense that does not exist, or cannot be used for that."""
    from edge.safety.consent import Consent

    purpose: Purpose | None = arguments.purpose
    wrong = _wrong(arguments.senses, purpose)
    if wrong is not None:
        print(f"rapport: {wrong}", file=sys.stderr)
        return 2
    settings = load(arguments.config)
    consent = Consent(settings.consent, state_directory(settings))
    senses = [Sense(name) for name in arguments.senses] or list(Sense)
    if arguments.action == "grant":
        _decide(consent.grant, senses, (purpose or Purpose.EMOTION,))
    elif arguments.action == "withdraw":
        _decide(consent.withdraw, senses, tuple(Purpose) if purpose is None else (purpose,))
        if purpose in {None, Purpose.EMOTION}:
            forget_history(runtime_directory(), settings.device.id)  # a device that does not run cannot do it itself
    if arguments.action != "status":
        personal = arguments.action == "withdraw" and purpose in {None, Purpose.PERSONAL}
        _erase(settings, consent, senses if personal else [])
    _show(consent.status(), as_json=arguments.json)
    if consent.problem is not None:
        raise consent.problem
    return 0


def _wrong(names: list[str], purpose: Purpose | None) -> str | None:
    """What is wrong with the senses that were named; None when nothing is."""
    known = [sense.value for sense in Sense]
    unknown = [name for name in names if name not in known]
    if unknown:
        return f"{unknown[0]!r} is no sense. Name any of {', '.join(known)}."
    if purpose is None:
        return None
    fit = [name for name in known if Sense(name) in purpose.senses]
    useless = [name for name in names if name not in fit]
    return f"{useless[0]!r} is of no use for {purpose.value}. Name {', '.join(fit)}." if useless else None


def _decide(decide: Callable[[Sense, Purpose], None], senses: list[Sense], purposes: tuple[Purpose, ...]) -> None:
    for purpose in purposes:
        for sense in senses:
            if sense in purpose.senses:
                decide(sense, purpose)


def _erase(settings: Settings, consent: Consent, personal: list[Sense]) -> None:
    """What was learned of people goes with the grant, whether a device is running or not."""
    from edge.cli.opened import opened
    from edge.learning.store import Store
    from edge.safety.keeping import may_keep
    from edge.understanding.person.profiles import Profiles
    from edge.understanding.wellbeing.book import Shelf

    with opened(settings) as vault:
        if personal:
            Profiles(vault).erase(personal)
            if not any(consent.granted(sense, Purpose.PERSONAL) for sense in Purpose.PERSONAL.senses):
                Store(vault).forget_all()
        Shelf(vault).reconcile(may_keep(consent))


def _show(standings: tuple[Standing, ...], *, as_json: bool) -> None:
    if as_json:
        fields = ("sense", "purpose", "state", "by", "utc")
        print(json.dumps([{field: getattr(standing, field) for field in fields} for standing in standings]))
        return
    for standing in standings:
        by = f"by the {standing.by}" if standing.by else ""
        print(f"{standing.sense:<6} {standing.purpose:<11} {standing.state:<10} {by} {standing.utc or ''}".rstrip())
