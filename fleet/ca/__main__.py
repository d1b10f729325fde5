"""Certificates for a household's broker, its devices and Home Assistant, or for a fleet's broker and coordinator.

Exit codes: 0 done, 1 the work failed (the message says why), 2 wrong use.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import RapportError
from fleet.ca.certificates import utc_now
from fleet.ca.household import AUTHORITY_DAYS, CERTIFICATE_DAYS, DUE_DAYS, Household
from fleet.ca.names import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

DIRECTORY = Path("~/rapport-ca")
MOST_DAYS = 36_500


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    given = _parser().parse_args(arguments)
    given.directory = given.directory.expanduser()
    try:
        given.do(given)
    except RapportError as error:
        print(f"household-ca: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"household-ca: {error.filename}: {error.strerror}. Check rights and disk.", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/household-ca", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--directory", type=Path, default=DIRECTORY, metavar="DIR", help=f"where the authority is (default {DIRECTORY})"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    init = commands.add_parser("init", help="make an authority; once")
    init.add_argument("--name", default="Rapport household", help="whose it is, as stands in every certificate")
    init.add_argument("--fleet", action="store_true", help="of a fleet and not of a household")
    _days(init, AUTHORITY_DAYS)
    init.set_defaults(do=_init)
    device = commands.add_parser("device", help="key and certificate of each device")
    device.add_argument("name", nargs="+", metavar="ID", help="the device's device.id")
    broker = commands.add_parser("broker", help="key and certificate of the broker")
    broker.add_argument(
        "--host", action="append", required=True, help="a name or address of it, as devices write it; may be repeated"
    )
    commands.add_parser("homeassistant", help="key and certificate of Home Assistant")
    commands.add_parser("coordinator", help="key and certificate of a fleet's coordinator, which takes updates")
    commands.add_parser("receiver", help="key and certificate of whoever takes a fleet's aggregates")
    for role in Role:
        command = commands.choices[role.value]
        _days(command, CERTIFICATE_DAYS)
        command.set_defaults(do=_issue, role=role)
    listing = commands.add_parser("list", help="what is in use, and until when")
    listing.add_argument("--json", action="store_true", help="as a list of objects")
    listing.set_defaults(do=_list)
    renew = commands.add_parser("renew", help="new certificates for the same keys: those that end soon, or by name")
    renew.add_argument("name", nargs="*", metavar="NAME", help="as `list` shows it; none: all that end soon")
    renew.add_argument(
        "--within-days", type=int, default=DUE_DAYS, metavar="N", help=f"what soon is (default {DUE_DAYS})"
    )
    _days(renew, CERTIFICATE_DAYS)
    renew.set_defaults(do=_renew)
    revoke = commands.add_parser("revoke", help="make the certificates of these names worthless")
    revoke.add_argument("name", nargs="+", metavar="NAME", help="as `list` shows it")
    revoke.set_defaults(do=_revoke)
    return parser


def _days(parser: argparse.ArgumentParser, default: int) -> None:
    def days(text: str) -> int:
        number = int(text)
        if not 1 <= number <= MOST_DAYS:
            message = f"it is {number}; allowed are 1 to {MOST_DAYS}"
            raise argparse.ArgumentTypeError(message)
        return number

    parser.add_argument(
        "--days", type=days, default=default, metavar="N", help=f"how long it holds (default {default})"
    )


def _init(given: argparse.Namespace) -> None:
    made = Household.create(given.directory, given.name, fleet=given.fleet, days=given.days)
    print(f"{made.folder}: an authority until {made.ends:%Y-%m-%d}. Keep this folder off the broker and the devices,")
    print("and keep a copy: without authority.key nothing can be renewed.")


def _issue(given: argparse.Namespace) -> None:
    household = Household(given.directory)
    names = given.name if given.role is Role.DEVICE else [given.role.value]
    places = household.issue(given.role, *names, hosts=getattr(given, "host", ()), days=given.days)
    for name, where in zip(names, places, strict=True):
        print(f"{where}: carry this folder to {name}")
    if given.role is Role.DEVICE and not household.fleet:
        print(f"{given.directory / 'broker' / 'access.acl'} has changed: copy it to the broker, and reload it")


def _list(given: argparse.Namespace) -> None:
    household = Household(given.directory)
    rows = household.current()
    if given.json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    now = utc_now()
    for row in rows:
        left = (row.ends_at - now).days
        print(f"{row.name:<24} {row.role:<14} until {row.ends:.10}  {f'{left} days' if left >= 0 else 'ENDED'}")
    print(f"{'(the authority)':<24} {'':<14} until {household.ends:%Y-%m-%d}  {(household.ends - now).days} days")


def _renew(given: argparse.Namespace) -> None:
    household = Household(given.directory)
    names = given.name or [row.name for row in household.due(given.within_days)]
    for name in names:
        where = household.renew(name, days=given.days)
        print(f"{where / 'certificate.crt'}: carry this file to {name}, and restart or reload it")
    if not names:
        print(f"none ends within {given.within_days} days")


def _revoke(given: argparse.Namespace) -> None:
    household = Household(given.directory)
    for name in given.name:
        print(f"{name} is revoked; its files are kept in {household.revoke(name)}")
    changed = given.directory / "broker"
    print(f"copy ca.crl and access.acl from {changed} to the broker and restart it: until then it does not know")


if __name__ == "__main__":
    sys.exit(main())
