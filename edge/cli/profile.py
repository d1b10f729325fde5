"""Whose usual is learned and used: list, select, begin, show and forget profiles. Nobody is recognised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.affect import Language
from edge.cli.opened import opened
from edge.errors import InputError, ProfileError, VaultError
from edge.settings import load

if TYPE_CHECKING:
    import argparse

    from edge.privacy.vault import Vault
    from edge.settings import Settings
    from edge.understanding.person.profiles import Profiles

NEEDS_NAME = ("use", "new", "forget")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport profile`` takes."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=("list", "use", "new", "forget", "show", "none"),
        default="list",
        help="none: use nobody's from now on",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="of the profile; show: the selected one without it")
    parser.add_argument("--config", type=Path, help="the settings file of the device")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when it was done, 1 when it could not be."""
    from edge.understanding.person.profiles import Profiles

    settings = load(arguments.config)
    action, name = arguments.action, arguments.name
    if action in NEEDS_NAME and not name:
        problem = f"rapport profile {action} needs the name of a profile"
        raise InputError(problem, f"Type: rapport profile {action} NAME")
    with opened(settings, make=action in {"new", "none"}) as vault:
        profiles = Profiles(vault)
        if action == "show":
            return _show(settings, profiles, name, as_json=arguments.json)
        if action == "use":
            profiles.use(name)
        elif action == "none":
            profiles.use("")
        elif action == "new":
            profiles.new(name)
        elif action == "forget":
            profiles.forget(name, settings.understanding.person.profile)
            _forget_learned(vault, name)
        _list(settings, profiles, as_json=arguments.json)
    return 0


def _forget_learned(vault: Vault, name: str) -> None:
    """What feedback taught goes with the profile."""
    from edge.learning.store import Store
    from edge.understanding.person.profiles import named

    Store(vault).forget(named(name))


def selected(settings: Settings, profiles: Profiles) -> str:
    """Whose profile a device uses: what was selected on it, else what its settings say; "" for nobody's."""
    chosen = profiles.selected()
    return settings.understanding.person.profile if chosen is None else chosen


def standing(settings: Settings, language: Language = Language.EN) -> list[str]:
    """A sentence that says how well the person is known, where a profile is used; [] where none is.

    A profile that cannot be read is named with the remedy.
    """
    from edge.understanding.person.profiles import Profiles
    from edge.understanding.person.report import learned, report
    from edge.understanding.wording.phrasebook import phrasebook

    book = phrasebook(language)
    try:
        with opened(settings) as vault:
            profiles = Profiles(vault)
            name = selected(settings, profiles)
            record = profiles.read(name) if name else None
    except (ProfileError, VaultError) as error:
        return [str(error)]
    if not name:
        return []
    if record is None:
        return [book.say("Person {said_name}: nothing learned yet.", said_name=repr(name))]
    found = report(record, settings.understanding.person)
    told = [
        book.say("{sense}: {reason}", sense=book.translate(sense), reason=learned(one, found["needed_minutes"], book))
        for sense, one in found["senses"].items()
    ]
    return [book.say("Person {said_name}: {standings}.", said_name=repr(name), standings=book.separated(told))]


def _list(settings: Settings, profiles: Profiles, *, as_json: bool) -> None:
    used = selected(settings, profiles)
    names = profiles.names()
    if as_json:
        print(json.dumps({"profiles": names, "selected": used or None}, ensure_ascii=False))
        return
    for name in names:
        print(f"{'*' if name == used else ' '} {name}")
    if not names:
        print("no profile is kept")
    if not used:
        print("nobody's is used; type: rapport profile use NAME")


def _show(settings: Settings, profiles: Profiles, name: str | None, *, as_json: bool) -> int:
    from edge.understanding.person.report import lines, report

    wanted = name or selected(settings, profiles)
    if not wanted:
        problem = "nobody's profile is selected"
        raise InputError(problem, "Type: rapport profile use NAME, or name the one to show")
    found: dict[str, Any] = report(profiles.require(wanted), settings.understanding.person)
    print(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(lines(found)))
    return 0
