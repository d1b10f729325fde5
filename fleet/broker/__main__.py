"""The access bar: with a device's certificate 0 forbidden messages get through a real broker, without one nothing.

Makes an authority and certificates, starts Mosquitto with the configuration of firmware_configs/broker, for a household
and for a fleet, and tries. Exit codes: 0 all as it must be, 1 something got through or was kept from those who may,
2 wrong use.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from edge.errors import RapportError
from fleet.broker.configured import OBSERVER, ConfiguredBroker
from fleet.broker.peer import Papers
from fleet.broker.plan import DEVICE, VICTIM, fleet_plan, home_plan
from fleet.broker.strangers import knocks, strangers, written
from fleet.broker.trial import Attempt, Trial
from fleet.ca.certificates import utc_now
from fleet.ca.household import Household
from fleet.ca.names import Role

GONE = "attic"
"""A device whose certificate is revoked."""


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="scripts/access-trial", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every attempt to FILE")
    given = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="rapport-access-") as folder:
            found = {name: tried(Path(folder) / name, fleet=name == "fleet") for name in ("home", "fleet")}
    except RapportError as error:
        print(f"access-trial: {error}", file=sys.stderr)
        return 1
    for name, attempts in found.items():
        _print(name, attempts)
    if given.json is not None:
        content = {name: [asdict(attempt) for attempt in attempts] for name, attempts in found.items()}
        given.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return int(any(not attempt.right for attempts in found.values() for attempt in attempts))


def tried(folder: Path, *, fleet: bool) -> list[Attempt]:
    """Every attempt at one broker, in an empty ``folder``. Raises RapportError."""
    household = Household.create(folder / "ca", "Trial", fleet=fleet)
    household.issue(Role.BROKER, hosts=["127.0.0.1"])
    for role in (Role.COORDINATOR, Role.RECEIVER) if fleet else (Role.HOME_ASSISTANT,):
        household.issue(role)
    household.issue(Role.DEVICE, DEVICE, VICTIM, GONE)
    revoked = Papers.of(household.revoke(GONE))
    return [*_with_a_certificate(folder, household), *_without(folder, household, revoked)]


def _with_a_certificate(folder: Path, household: Household) -> list[Attempt]:
    ca = household.folder / "broker" / "ca.crt"
    observer = written(folder / "observer", household.authority, OBSERVER, now=utc_now(), ca=ca)
    plan = fleet_plan() if household.fleet else home_plan()
    with ConfiguredBroker(folder / "mosquitto", household, observed=True) as broker:
        return Trial(broker.port, plan, household.folder, observer).run()


def _without(folder: Path, household: Household, revoked: Papers) -> list[Attempt]:
    with ConfiguredBroker(folder / "again", household) as broker:
        return list(knocks(broker.port, strangers(household, folder / "strangers", revoked)))


def _print(name: str, attempts: list[Attempt]) -> None:
    print(f"{name}: attempt{'':<40} forbidden  got through   allowed  got through")
    groups = Counter((attempt.who, attempt.way) for attempt in attempts)
    for who, way in groups:
        rows = [attempt for attempt in attempts if (attempt.who, attempt.way) == (who, way)]
        counts = [
            sum(attempt.allowed is allowed and (attempt.through or not got) for attempt in rows)
            for allowed in (False, True)
            for got in (False, True)
        ]
        wrong = "" if all(attempt.right for attempt in rows) else "  WRONG"
        print(f"  {f'{who} {way}':<52}{counts[0]:>10}{counts[1]:>13}{counts[2]:>10}{counts[3]:>13}{wrong}")
    forbidden = [attempt for attempt in attempts if not attempt.allowed]
    print(f"  {sum(attempt.through for attempt in forbidden)} of {len(forbidden)} forbidden attempts got through")
    for attempt in attempts:
        if not attempt.right:
            print(f"  WRONG: {attempt.who} {attempt.way} {attempt.topic}")


if __name__ == "__main__":
    sys.exit(main())
