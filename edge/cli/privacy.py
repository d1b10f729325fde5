"""What is kept, why and until when; all of it as JSON; and forgetting everything."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.errors import InputError, OutletError
from edge.paths import runtime_directory, state_directory
from edge.settings import load

if TYPE_CHECKING:
    import argparse

    from edge.settings import Settings

ASKED = "forget"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport privacy`` takes."""
    parser.add_argument("action", nargs="?", choices=tuple(ACTIONS), default="status")
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="with `export`: a new file; else it is printed"
    )
    parser.add_argument("--yes", action="store_true", help="with `forget`: do not ask")
    parser.add_argument("--config", type=Path, help="the settings file of the device")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when it was done; 1 when it could not be, or not all of it; 2 for what does not fit together."""
    wrong = _wrong(arguments)
    if wrong is not None:
        print(f"rapport: {wrong}", file=sys.stderr)
        return 2
    return ACTIONS[arguments.action](arguments, load(arguments.config))


def _wrong(arguments: argparse.Namespace) -> str | None:
    """What does not fit, as sentences; None when all does."""
    action = arguments.action
    if arguments.file is not None and action != "export":
        return f"a file ({arguments.file}) is for `export`, not for `{action}`. Leave it out."
    if arguments.yes and action != "forget":
        return f"--yes is for `forget`, not for `{action}`. Leave it out."
    if action == "forget" and not arguments.yes and (arguments.json or not sys.stdin.isatty()):
        return "nobody can be asked here whether all is to be forgotten. Type: rapport privacy forget --yes."
    return None


def _status(arguments: argparse.Namespace, settings: Settings) -> int:
    from edge.cli.opened import opened
    from edge.kept import something_kept
    from edge.outlets.mqtt.clearing import OWED
    from edge.privacy.inventory import inventory

    directory = state_directory(settings)
    with opened(settings) as vault:
        there = something_kept(directory)
        found: dict[str, Any] = {
            "vault": str(vault.path) if there else None,
            "key": vault.key_source if there else None,
            "kinds": inventory(vault),
            "broker_uncleared": (directory / OWED).exists(),
        }
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    print(f"vault {found['vault']}, its key in {found['key']}" if there else "nothing is kept yet")
    for kind in found["kinds"]:
        since = f", the oldest of {kind['oldest']}" if kind["oldest"] else ""
        print(f"{kind['table']:<18} {kind['rows']:>6}{since}\n    for: {kind['purpose']}\n    goes: {kind['ends']}")
    if found["broker_uncleared"]:
        print("The broker still keeps what was to be forgotten. Type: rapport privacy forget --yes.")
    return 0


def _export(arguments: argparse.Namespace, settings: Settings) -> int:
    from edge.cli.opened import opened
    from edge.outlets.history import history_path
    from edge.outlets.last_state import path_of
    from edge.privacy.inventory import contents
    from edge.safety.consent import Consent

    place = (runtime_directory(), settings.device.id)
    standings = Consent(settings.consent, state_directory(settings)).status()
    with opened(settings) as vault:
        found = {
            "device": settings.device.id,
            "consent": [
                {field: getattr(one, field) for field in ("sense", "purpose", "state", "by", "utc")}
                for one in standings
            ],
            "vault": contents(vault),
            "last_state": _json_lines(path_of(*place)),
            "history": _json_lines(history_path(*place)),
        }
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    if arguments.file is None:
        sys.stdout.write(text)
        return 0
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(arguments.file, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        problem = f"{arguments.file} cannot be written: {error.strerror}"
        raise InputError(
            problem, "Name a file that is not there yet, in a directory that exists and has space"
        ) from error
    if arguments.json:
        print(json.dumps({"file": str(arguments.file), "bytes": len(text.encode())}))
    else:
        print(f"Written to {arguments.file}, for its owner alone. It is not encrypted.")
    return 0


def _json_lines(path: Path) -> list[Any]:
    """A file of the runtime directory; empty where it is not there, or cut short by a power cut."""
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError):
        return []


def _forget(arguments: argparse.Namespace, settings: Settings) -> int:
    from edge.forgetting import forget_all

    directory = state_directory(settings)
    if not arguments.yes:
        print(f"All that is kept in {directory} goes: what was learned, profiles, days, budget, what waits to be sent.")
        print("It cannot be undone. What may be sensed stays as it is (rapport consent).")
        if input(f"Type {ASKED} to go on: ").strip() != ASKED:
            print("Nothing was removed.")
            return 1
    proof, unnoted = forget_all(settings)
    if unnoted is not None:
        print(f"rapport: {unnoted}", file=sys.stderr)
    cleared, trouble = _clear(settings, directory)
    if arguments.json:
        record = {"removed": proof.removed, "absent": proof.absent, "cleared": cleared, "broker": trouble}
        print(json.dumps(record, ensure_ascii=False))
    else:
        for name in proof.removed:
            print(f"removed    {name}")
        for topic in cleared:
            print(f"cleared    {topic} at the broker")
        for name in proof.absent:
            print(f"not there  {name}")
        print(f"Kept: {directory / 'consent.json'}: what may be sensed, which says nothing else of anybody.")
    if trouble is not None:
        print(f"rapport: the broker keeps what it had: {trouble} It is tried again by the device.", file=sys.stderr)
    return int(trouble is not None)


def _clear(settings: Settings, directory: Path) -> tuple[list[str], str | None]:
    """The topics that were cleared, and why they could not be."""
    from edge.outlets.mqtt.clearing import OWED, clear

    if not settings.mqtt.active:
        return [], None
    from edge.wiring import identity

    try:
        cleared = clear(settings.mqtt, identity(settings))
    except OutletError as error:
        return [], str(error)
    (directory / OWED).unlink(missing_ok=True)
    return cleared, None


def _ledger(arguments: argparse.Namespace, settings: Settings) -> int:
    from edge.cli.ledger import show_ledger

    return show_ledger(settings, as_json=arguments.json)


ACTIONS = {"status": _status, "ledger": _ledger, "export": _export, "forget": _forget}
