"""What feedback taught the device: of each kind of answer what is expected of it, how surely, and from how much."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from edge.cli.opened import opened
from edge.cli.profile import selected
from edge.errors import InputError
from edge.settings import load

if TYPE_CHECKING:
    import argparse

    from edge.learning.answers import Answer
    from edge.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport learned`` takes."""
    parser.add_argument("action", nargs="?", choices=("show", "forget"), default="show")
    parser.add_argument(
        "--profile", metavar="NAME", help="whose; the selected one without it, `forget` takes everybody"
    )
    parser.add_argument("--config", type=Path, help="the settings file of the device")
    parser.add_argument("--json", action="store_true", help="print an object")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when it was done, 1 when it could not be."""
    settings = load(arguments.config)
    if arguments.action == "forget":
        return _forget(settings, arguments.profile, as_json=arguments.json)
    from edge.learning.inspection import learned, lines

    profile = whose(settings, arguments.profile)
    found = learned(kept(settings, profile))
    if arguments.json:
        print(json.dumps({"profile": profile, **found}, ensure_ascii=False))
    else:
        print("\n".join([f"profile {profile!r}", *lines(found)]))
    return 0


def whose(settings: Settings, given: str | None) -> str:
    """The profile that is meant. Raises InputError where nobody's is selected or the name is none."""
    from edge.understanding.person.profiles import Profiles, named

    if given is not None:
        return named(given)
    with opened(settings) as vault:
        name = selected(settings, Profiles(vault))
    if not name:
        problem = "nobody's profile is selected, and what is learned without one is not kept"
        raise InputError(problem, "Type: rapport profile use NAME, or name one with --profile")
    return name


def kept(settings: Settings, profile: str) -> list[Answer]:
    """What is kept of a profile and not too old, the oldest first; up to ``save_minutes`` behind a running device."""
    from edge.learning.store import Store
    from edge.outlets.calendar import Calendar

    with opened(settings) as vault:
        answers = Store(vault).read(profile) or ()
    oldest = Calendar("").today() - timedelta(days=settings.learning.days_kept)
    return [one for one in answers if one.day >= oldest]


def _forget(settings: Settings, profile: str | None, *, as_json: bool) -> int:
    from edge.learning.store import Store
    from edge.understanding.person.profiles import named

    with opened(settings) as vault:
        store = Store(vault)
        gone = store.forget_all() if profile is None else store.forget(named(profile))
    if as_json:
        print(json.dumps({"forgotten": gone}))
    else:
        print("Forgotten." if gone else "There was nothing to forget.")
    return 0
