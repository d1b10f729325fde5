"""The access bar, at a real Mosquitto with our configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fleet.broker.__main__ import tried
from fleet.broker.configured import OBSERVER, ConfiguredBroker
from fleet.broker.plan import DEVICE, VICTIM, home_plan
from fleet.broker.strangers import written
from fleet.broker.trial import Attempt, Trial
from fleet.ca.certificates import utc_now
from fleet.ca.household import Household
from fleet.ca.names import Role

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(240)
STRANGERS = {
    "without a certificate",
    "of a foreign authority of the same name",
    "expired",
    "not yet valid",
    "revoked",
    "with the broker's certificate",
    "without TLS",
}


def got_through(attempts: list[Attempt]) -> list[Attempt]:
    return [attempt for attempt in attempts if attempt.through and not attempt.allowed]


@pytest.mark.parametrize("fleet", [False, True], ids=["home", "fleet"])
def test_of_more_than_a_hundred_forbidden_messages_none_gets_through(tmp_path: Path, *, fleet: bool) -> None:
    attempts = tried(tmp_path, fleet=fleet)
    assert got_through(attempts) == []
    assert [attempt for attempt in attempts if not attempt.right] == [], "and all that is allowed does"
    forbidden = [attempt for attempt in attempts if attempt.who == "device" and not attempt.allowed]
    assert sum(attempt.way.startswith("publishes") for attempt in forbidden) >= 100
    assert sum(attempt.way.startswith("hears") for attempt in forbidden) >= 100
    assert {attempt.who for attempt in attempts if attempt.way == "connects"} == STRANGERS


def test_a_hole_in_the_access_list_is_seen(tmp_path: Path) -> None:
    household = Household.create(tmp_path / "ca", "Test")
    household.issue(Role.BROKER, hosts=["127.0.0.1"])
    household.issue(Role.HOME_ASSISTANT)
    household.issue(Role.DEVICE, DEVICE, VICTIM)
    ca = household.folder / "broker" / "ca.crt"
    observer = written(tmp_path / "observer", household.authority, OBSERVER, now=utc_now(), ca=ca)
    broker = ConfiguredBroker(tmp_path / "mosquitto", household, observed=True)
    with (tmp_path / "mosquitto" / "installed" / "access.acl").open("a", encoding="utf-8") as acl:
        acl.write("pattern read rapport/+/reply\npattern write rapport/+/accept\n")
    with broker:
        found = got_through(Trial(broker.port, home_plan(), household.folder, observer).run())
    heard = {attempt.way for attempt in found if attempt.topic == f"rapport/{VICTIM}/reply"}
    said = {attempt.way for attempt in found if attempt.topic == f"rapport/{VICTIM}/accept"}
    assert heard == {
        *("hears live, by wildcards", "hears live, by name", "hears live, shared", "hears retained"),
        "hears of a session that it took over",
    }
    assert len(said) == 6
    assert {attempt.topic for attempt in found} == {f"rapport/{VICTIM}/reply", f"rapport/{VICTIM}/accept"}
