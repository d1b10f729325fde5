"""A device in the rounds: what it refuses, when it joins, and that it sends once and pays once, in a real vault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.affect import Sense
from edge.errors import FleetError, VaultError
from edge.learning.federated import vectors
from edge.learning.federated.client import Client, Self
from edge.learning.federated.head import SIZE, nothing
from edge.learning.federated.messages import Update, canonical, public_key, read, verify
from edge.learning.federated.shelf import Role, VaultShelf
from edge.privacy.ledger import Ledger
from edge.privacy.limits import Limits
from edge.privacy.vault import open_vault
from tests.edge.learning.federated_support import (
    BASE,
    COORDINATOR,
    DEVICE,
    NOW_S,
    STRANGER,
    announcement,
    examples,
    result,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from edge.privacy.database import Transaction
    from edge.privacy.vault import Vault


class Post:
    """An outbox at its boundary: what is put into it in a transaction is there when that is committed."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, Mapping[str, object], float]] = []
        self.broken = False

    def put(
        self,
        kind: str,
        topic: str,
        message: Mapping[str, object],
        *,
        lifetime_s: float,
        transaction: Transaction | None = None,
    ) -> str:
        """Keep it, in a table of the transaction's vault."""
        assert transaction is not None
        if self.broken:
            problem = "the disk is gone"
            raise VaultError(problem, "Bring it back")
        self.sent.append((kind, topic, message, lifetime_s))
        return "0" * 32


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    found = open_vault(tmp_path)
    yield found
    found.close()


class Home:
    """A device with a vault, a ledger and as many examples as one likes."""

    def __init__(self, vault: Vault, number: int = 12, limits: Limits | None = None) -> None:
        self.shelf = VaultShelf(vault, 90)
        self.ledger = Ledger(vault, limits or Limits())
        self.post = Post()
        self.agreed = True
        self.hindrance = ""
        for one in examples(number):
            self.shelf.add("Ann", one, NOW_S)

    def client(self, chance: Callable[[], float] = lambda: 0.0) -> Client:
        """The client, as after a start."""
        me = Self("pi-01", DEVICE, public_key(COORDINATOR, "fleet"), 1e-6, "coordinator", BASE)
        return Client(
            me,
            self.shelf,
            self.ledger,
            self.post,
            may=lambda: frozenset(Sense) if self.agreed else frozenset(),
            hindrance=lambda: self.hindrance,
            chance=chance,
        )


def test_a_device_joins_with_a_signed_update_that_it_has_paid_for(vault: Vault) -> None:
    home = Home(vault)
    client = home.client()
    client.heard(announcement().payload(), NOW_S)
    assert client.turn(NOW_S) == "0" * 32
    ((kind, topic, message, lifetime_s),) = home.post.sent
    assert (kind, topic, lifetime_s) == ("update", "fleet/pi-01/update", 3600)
    update = read(Update, canonical(dict(message)))
    verify(update, public_key(DEVICE, ""))
    assert update.count == 8  # of 12, every third is held out
    assert 0 < np.linalg.norm(update.vector(SIZE)) <= 0.5
    assert home.ledger.standing().rho == pytest.approx(2 / 5.4**2)
    assert update.head == vectors.digest(nothing())


def test_a_round_is_joined_once_whatever_comes_again_and_after_a_restart(vault: Vault) -> None:
    home = Home(vault)
    for _ in range(3):
        client = home.client()
        client.heard(announcement().payload(), NOW_S)
        client.turn(NOW_S)
        client.heard(announcement().payload(), NOW_S)
        client.turn(NOW_S + 1)
    assert len(home.post.sent) == 1
    assert home.ledger.standing().ever == {"update": 1}


def test_chance_is_drawn_once_in_a_round_also_over_a_restart(vault: Vault) -> None:
    home, drawn = Home(vault), iter((0.7, 0.0, 0.0))
    for _ in range(2):
        client = home.client(lambda: next(drawn))
        client.heard(announcement(share=0.5).payload(), NOW_S)
        client.turn(NOW_S)
    assert not home.post.sent
    assert vault.rows("SELECT round, joined, why FROM fleet_round") == [(1, 0, "not drawn")]
    client.heard(announcement(share=0.5, round=2).payload(), NOW_S)
    assert client.turn(NOW_S)


def test_a_device_waits_until_it_is_idle_and_cool(vault: Vault) -> None:
    home = Home(vault)
    client = home.client()
    client.heard(announcement().payload(), NOW_S)
    home.hindrance = "somebody is in view"
    assert client.turn(NOW_S) is None
    assert client.waits == "somebody is in view"
    home.hindrance = ""
    assert client.turn(NOW_S + 60)


def test_without_consent_nothing_is_learned_for_others(vault: Vault) -> None:
    home = Home(vault)
    home.agreed = False
    client = home.client()
    client.heard(announcement().payload(), NOW_S)
    assert client.turn(NOW_S) is None
    assert not home.post.sent
    assert home.ledger.standing().rho == 0
    home.agreed = True
    assert client.turn(NOW_S + 1)


def test_a_round_that_closes_before_the_device_is_ready_is_over(vault: Vault) -> None:
    home = Home(vault)
    home.hindrance = "the board has 80 °C"
    client = home.client()
    client.heard(announcement().payload(), NOW_S)
    client.turn(NOW_S)
    assert client.turn(announcement().closes_s) is None
    assert vault.rows("SELECT why FROM fleet_round") == [("it closed before the device was ready",)]


def test_a_round_that_is_not_open_yet_is_waited_for(vault: Vault) -> None:
    client = Home(vault).client()
    early = announcement().opens_s - 10
    client.heard(announcement().payload(), early)
    assert client.turn(early) is None
    assert client.turn(NOW_S)


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (announcement(STRANGER).payload(), "not signed by the key"),
        (announcement(closes_utc="2027-01-15T07:30:00Z").payload(), "closed at 2027-01-15T07:30:00Z"),
        (announcement(closes_utc="2027-06-15T07:30:00Z").payload(), "more than 30 days from now"),
        (announcement(size=SIZE + 1).payload(), f"this device has {SIZE}"),
        (b"{}", "the announcement is wrong at"),
    ],
)
def test_an_announcement_that_is_wrong_is_refused_and_counted(vault: Vault, payload: bytes, told: str) -> None:
    home = Home(vault)
    client = home.client()
    with pytest.raises(FleetError, match=told):
        client.heard(payload, NOW_S)
    assert client.turn(NOW_S) is None
    assert client.refused == 1


def test_an_older_round_is_not_joined_after_a_newer_one(vault: Vault) -> None:
    client = Home(vault).client()
    client.heard(announcement(round=5).payload(), NOW_S)
    client.turn(NOW_S)
    with pytest.raises(FleetError, match="round 4 is announced after round 5"):
        client.heard(announcement(round=4).payload(), NOW_S)


def test_a_round_from_a_head_that_is_not_here_is_waited_for_until_the_head_comes(vault: Vault) -> None:
    home = Home(vault)
    client = home.client()
    head = np.full(SIZE, 0.01, np.float32)
    client.heard(announcement(head=vectors.digest(head), round=2).payload(), NOW_S)
    assert client.turn(NOW_S) is None
    assert "which is not here yet" in client.waits
    client.published(result(head, 1))
    assert client.turn(NOW_S)


def test_a_device_with_few_examples_or_no_budget_stays_out_and_says_why(vault: Vault) -> None:
    home = Home(vault, 3)
    client = home.client()
    client.heard(announcement().payload(), NOW_S)
    assert client.turn(NOW_S) is None
    for one in examples(9):
        home.shelf.add("Ann", one, NOW_S)
    client.heard(announcement(round=2, noise_multiplier=0.5).payload(), NOW_S)
    assert client.turn(NOW_S) is None
    whys = [str(why) for (why,) in vault.rows("SELECT why FROM fleet_round ORDER BY round")]
    assert whys[0] == "2 examples are too few"
    assert whys[1].startswith("no budget: a release of 'update' would tell")
    assert not home.post.sent


def test_the_years_budget_ends_the_joining(vault: Vault) -> None:
    home = Home(vault, limits=Limits(epsilon_year=3.0))
    for number in range(1, 8):
        client = home.client()
        client.heard(announcement(round=number).payload(), NOW_S)
        client.turn(NOW_S)
    assert 0 < len(home.post.sent) < 7
    assert home.ledger.standing().epsilon <= 3.0


def test_what_cannot_be_stored_is_neither_paid_for_nor_decided(vault: Vault) -> None:
    home = Home(vault)
    home.post.broken = True
    client = home.client()
    client.heard(announcement().payload(), NOW_S)
    with pytest.raises(VaultError):
        client.turn(NOW_S)
    assert home.ledger.standing().rho == 0
    assert home.shelf.newest_round() == 0
    home.post.broken = False
    assert client.turn(NOW_S)


def test_a_head_that_comes_is_tried_and_kept(vault: Vault) -> None:
    client = Home(vault, 0).client()
    head = np.full(SIZE, 0.01, np.float32)
    verdict = client.published(result(head, 1))
    assert verdict is not None
    assert verdict.kept
    assert np.array_equal(client.trial.in_use().vector, head)
    assert client.published(result(head, 1)) is None


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (result(np.full(SIZE, 0.1), 7, STRANGER), "not signed by the key"),
        (result(np.full(SIZE, 0.1), 4), "the head of round 4 comes after that of round 5"),
        (result(np.full(SIZE, 0.1), 5), "there are two heads of round 5"),
        (result(np.full(SIZE, 99.0), 7), "allowed is -12 to 12"),
        (result(np.full(SIZE + 1, 0.1), 7), f"for {SIZE} float32"),
    ],
)
def test_a_head_that_is_wrong_is_refused_and_counted(vault: Vault, payload: bytes, told: str) -> None:
    client = Home(vault, 0).client()
    client.published(result(np.full(SIZE, 0.01), 5))
    with pytest.raises(FleetError, match=told):
        client.published(payload)
    assert client.refused == 1
    assert client.trial.in_use().round == 5


def test_a_head_that_was_left_is_still_what_the_next_round_starts_from(vault: Vault) -> None:
    home = Home(vault)
    bad = np.random.default_rng(0).uniform(-12, 12, SIZE).astype(np.float32)
    client = home.client()
    verdict = client.published(result(bad, 1))
    assert verdict is not None
    assert not verdict.kept
    assert not client.trial.in_use().vector.any()
    client.heard(announcement(round=2, head=vectors.digest(bad)).payload(), NOW_S)
    assert client.turn(NOW_S)


def test_heads_and_examples_are_as_they_were_after_a_restart(vault: Vault) -> None:
    home = Home(vault, 9)
    home.client().published(result(np.full(SIZE, 0.01, np.float32), 3))
    again = VaultShelf(vault, 90)
    kept = again.head(Role.FLEET)
    assert kept is not None
    assert kept.round == 3
    assert len(again.examples(held=False)) == 6
    assert len(again.examples(held=True)) == 3


def test_a_grant_that_goes_takes_its_examples_and_the_own_head_along(vault: Vault) -> None:
    home = Home(vault, 9)
    home.shelf.put(Role.OWN, home.shelf.head(Role.OWN) or home.client().trial.in_use())
    assert home.shelf.withdraw(frozenset({Sense.TEXT})) == 0
    assert home.shelf.head(Role.OWN) is not None
    assert home.shelf.withdraw(frozenset({Sense.VOICE})) == 9
    assert home.shelf.count() == 0
    assert home.shelf.head(Role.OWN) is None


def test_one_profile_is_forgotten_and_another_stays(vault: Vault) -> None:
    home = Home(vault, 4)
    home.shelf.add("Bo", examples(1)[0], NOW_S)
    assert home.shelf.forget("Ann") == 4
    assert home.shelf.count() == 1
    assert home.shelf.forget() == 1


def test_a_verdict_that_is_judged_anew_takes_the_place_of_the_first(vault: Vault) -> None:
    home = Home(vault, 0)
    first, second = examples(2)
    number = home.shelf.add("Ann", first, NOW_S)
    home.shelf.add("Ann", second, NOW_S, instead_of=number)
    assert home.shelf.count() == 1


def test_an_example_ends_when_its_days_are_over(vault: Vault) -> None:
    from edge.privacy.retention import expire

    home = Home(vault, 2)
    expire(vault, NOW_S + 89 * 86_400)
    assert home.shelf.count() == 2
    expire(vault, NOW_S + 91 * 86_400)
    assert home.shelf.count() == 0
