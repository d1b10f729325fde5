from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from edge.affect import EMOTIONS, Affect, Emotion, Language, Reply, Sense, State
from edge.errors import BudgetError, OutletError, VaultError, VaultFull
from edge.outlets.aggregates.message import AggregateMessage
from edge.outlets.aggregates.outlet import FIRST_DAY, Aggregates
from edge.outlets.calendar import Calendar, Clocks
from edge.outlets.outlet import Outcome, Withdrawal
from edge.privacy.ledger import Ledger
from edge.privacy.outbox import Outbox
from edge.privacy.running_time import Boot, RunningTime
from edge.privacy.settings import PrivacySettings
from edge.privacy.vault import open_vault
from edge.safety.grants import Purpose

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from edge.privacy.contribution import Hour, Variances
    from edge.privacy.database import Transaction

SECOND = 1_000_000_000
NOON_UTC = 1_800_014_400.0
"""2027-01-15 12:00."""
ALL = frozenset(Sense)


class Failing(Outbox):
    """An outbox whose disk the test fills."""

    fails: VaultError | None = None

    def put(
        self,
        kind: str,
        topic: str,
        message: Mapping[str, object],
        *,
        lifetime_s: float,
        transaction: Transaction | None = None,
    ) -> str:
        done = super().put(kind, topic, message, lifetime_s=lifetime_s, transaction=transaction)
        if self.fails is not None:
            raise self.fails
        return done


class House:
    """A device with clocks that the test sets, and a person who is always the same."""

    def __init__(self, state: Path, every: int = 1) -> None:
        self.ns, self.boot, self.utc = 0, "first", NOON_UTC
        self.state, self.every = state, every
        self.may = ALL
        self.start()

    def start(self) -> None:
        self.vault = open_vault(self.state)
        self.outbox = Failing(self.vault)
        settings = PrivacySettings(topic="fleet/{device}/aggregate", report_every_hours=self.every)
        running = RunningTime(lambda: Boot(self.boot, self.ns))
        self.ledger = Ledger(self.vault, settings.limits, running, lambda: self.utc)
        clocks = Clocks(lambda: self.ns, lambda: self.ns, lambda: self.utc)
        self.outlet = Aggregates(
            settings,
            "dev1",
            vault=self.vault,
            ledger=self.ledger,
            sink=self.outbox,
            may_share=lambda: self.may,
            calendar=Calendar("UTC", clocks),
            monotonic_ns=lambda: self.ns,
        )
        self.outlet.open()

    def sent(self) -> list[tuple[str, AggregateMessage]]:
        waiting = self.outbox.waiting(100)
        assert {one.kind for one in waiting} <= {"aggregate"}
        return [(one.topic, AggregateMessage.model_validate_json(one.payload)) for one in waiting]

    def start_anew(self) -> None:
        self.outlet.close()
        self.vault.close()
        self.boot, self.ns = self.boot + "'", 5 * SECOND
        self.start()

    def live(self, hours: float, emotion: Emotion | None = Emotion.SAD, step_s: int = 2) -> None:
        for _ in range(int(hours * 3600 / step_s)):
            self.ns += step_s * SECOND
            self.utc += step_s
            affect = Affect(tuple(float(one is (emotion or Emotion.NEUTRAL)) for one in EMOTIONS), -0.5, 0.0)
            self.outlet.deliver(State(self.ns, emotion, affect, None, ((Sense.TEXT, 1.0),), (), ()))


@pytest.fixture
def exact(monkeypatch: pytest.MonkeyPatch) -> list[Hour]:
    """Lets the true hour through, and keeps it: what is tested is what was counted."""
    seen: list[Hour] = []

    def without_noise(hour: Hour, _: Variances) -> Hour:
        seen.append(hour.clipped())
        return seen[-1]

    monkeypatch.setattr("edge.outlets.aggregates.outlet.noised", without_noise)
    return seen


@pytest.mark.usefixtures("exact")
def test_an_hour_is_counted_and_leaves_with_its_entry_in_the_ledger(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.live(0.5)
    house.outlet.deliver(Reply("Hm.", Language.EN, "reflect", 0))
    house.outlet.deliver(Outcome("wrong", "angry"))
    house.outlet.deliver(Outcome("helped", None, "there was no reply"))
    house.live(0.51)
    ((topic, message),) = house.sent()
    assert topic == "fleet/dev1/aggregate"
    assert message.minutes.sad in (59, 60)
    assert message.valence == -50 * message.minutes.sad
    assert (message.replies, message.feedback.wrong, message.feedback.helped) == (1, 1, 0)
    assert (message.day.isoformat(), message.hour) == ("2027-01-15", 12)
    assert house.ledger.standing().ever == {"aggregate": 1}
    assert message.epsilon == pytest.approx(house.ledger.standing().epsilon)


def test_what_leaves_has_noise(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.live(1.01)
    ((_, message),) = house.sent()
    assert message.noise.minutes > 10**6
    assert max(abs(count) for count in message.counted().minutes) > 60
    assert message.variances().rho == house.outlet._noise.rho


def test_of_a_day_one_hour_is_told_and_it_is_drawn_by_lot(tmp_path: Path) -> None:
    house = House(tmp_path, every=24)
    house.live(24 * 4 + 2, step_s=30)
    told = [message.hour for _, message in house.sent()]
    assert 4 <= len(told) <= 5
    assert len(set(told)) > 1


def test_without_a_grant_nothing_is_told_and_nothing_spent(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.may = frozenset()
    house.live(3.1, step_s=20)
    assert house.sent() == []
    assert house.ledger.standing().ever == {}


def test_a_state_of_which_one_sense_may_not_be_shared_does_not_count(tmp_path: Path, exact: list[Hour]) -> None:
    house = House(tmp_path)
    house.may = frozenset({Sense.FACE})
    house.live(1.01)
    assert sum(exact[0].minutes) == 0


def test_a_withdrawal_takes_what_was_counted_and_not_told(tmp_path: Path, exact: list[Hour]) -> None:
    house = House(tmp_path)
    house.live(0.9)
    house.outlet.deliver(Withdrawal(Sense.FACE, Purpose.AGGREGATES))
    house.live(0.11)
    assert sum(exact[0].minutes) <= 7
    house.live(0.5)
    house.outlet.deliver(Withdrawal(Sense.FACE, Purpose.WELLBEING))
    house.live(0.5)
    assert sum(exact[1].minutes) >= 59


def test_an_hour_is_not_named_by_a_clock_that_was_just_set(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.live(0.99)
    house.utc -= 5 * 365 * 86_400  # 2022: a flat battery, and then the network sets it
    house.live(0.1)
    assert house.sent() == []
    house.utc += 5 * 365 * 86_400
    house.live(0.02)
    assert house.sent() == []
    house.live(0.05)
    ((_, message),) = house.sent()
    assert (message.day.isoformat(), message.hour) == ("2027-01-15", 12)
    assert message.day >= FIRST_DAY


@pytest.mark.usefixtures("exact")
def test_no_clock_brings_a_second_report_for_the_same_period(tmp_path: Path) -> None:
    house = House(tmp_path, every=2)
    for _ in range(6):
        house.live(1, step_s=20)
        house.utc += 400 * 86_400
        house.live(1, step_s=20)
        house.utc -= 800 * 86_400
        house.utc += 400 * 86_400
    assert len(house.sent()) <= 7
    assert house.ledger.standing().ever["aggregate"] == len(house.sent())


def test_a_restart_tells_no_period_twice(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.live(1.05)
    for _ in range(3):
        house.start_anew()
        house.live(0.1)
    assert len(house.sent()) == 1


def test_a_spent_budget_is_said_once_and_the_hour_is_gone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    house = House(tmp_path)
    for _ in range(40):
        with house.vault.transaction() as transaction:
            try:
                house.ledger.spend(transaction, "update", house.ledger.limits.rho_release)
            except BudgetError:
                break
    left = house.ledger.limits.rho_year - house.ledger.standing().rho
    with house.vault.transaction() as transaction:
        house.ledger.spend(transaction, "update", left * 0.999999)
    with caplog.at_level(logging.WARNING):
        house.live(3.1, step_s=20)
    assert house.sent() == []
    assert house.outlet.refused is not None
    assert caplog.text.count("an aggregate is not released: the privacy budget is spent") == 1
    assert "serves again after 366 more days" in caplog.text


def test_a_vault_that_is_full_keeps_the_hour_and_neither_row(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.live(0.995)
    house.outbox.fails = VaultFull("the disk is full", "Free space")
    with pytest.raises(OutletError, match="the disk is full"):
        house.live(0.02)
    assert house.ledger.standing().ever == {}
    house.outbox.fails = None
    house.live(0.03)
    assert len(house.sent()) == 1
    assert house.ledger.standing().ever == {"aggregate": 1}


def test_the_message_says_nothing_but_what_is_public_or_noised(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.live(1.01)
    ((_, message),) = house.sent()
    assert set(message.model_dump(by_alias=True)) == {
        "id",
        "schema",
        "pseudonym",
        "day",
        "hour",
        "minutes",
        "valence",
        "replies",
        "feedback",
        "noise",
        "epsilon",
        "delta",
    }


def test_what_waits_for_the_broker_is_taken_back_with_the_consent(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.live(1.05, step_s=10)
    assert len(house.sent()) == 1
    house.outlet.deliver(Withdrawal(Sense.TEXT, Purpose.AGGREGATES))
    assert house.sent() == []
    assert house.ledger.standing().ever == {"aggregate": 1}
    assert house.outbox.counts().pushed_out == 1


def test_after_all_was_forgotten_it_begins_anew_with_another_name(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.live(1.5, step_s=10)
    ((_, before),) = house.sent()
    for path in tmp_path.iterdir():
        path.unlink()
    house.outlet.forget(Sense.TEXT)  # as the loop does when it sees another vault
    house.live(1.05, step_s=10)
    ((_, after),) = house.sent()
    assert after.pseudonym != before.pseudonym
    assert house.ledger.standing().ever == {"aggregate": 1}
