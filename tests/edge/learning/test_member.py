"""Corrections in, a pool out: what the loop sees of learning how the senses are to be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.affect import Emotion, Sense
from edge.learning.federated.client import Client, Self
from edge.learning.federated.head import SIZE
from edge.learning.federated.identity import device_key
from edge.learning.federated.member import Member
from edge.learning.federated.messages import public_key
from edge.learning.federated.shelf import Kept, Role, VaultShelf
from edge.privacy.ledger import Ledger
from edge.privacy.limits import Limits
from edge.privacy.outbox import Outbox
from edge.privacy.vault import open_vault
from edge.understanding.fusion import heard, weigh
from tests.edge.learning.federated_support import (
    BASE,
    COORDINATOR,
    DEVICE,
    NOW_S,
    STRANGER,
    announcement,
    examples,
    reading,
    result,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from edge.privacy.vault import Vault
    from edge.understanding.fusion import Evidence


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    found = open_vault(tmp_path)
    yield found
    found.close()


class Desk:
    """Where jobs wait, as they do for the clerk."""

    def __init__(self) -> None:
        self.jobs: list[Callable[[], None]] = []
        self.keys: list[tuple[str, ...]] = []

    def put(self, key: tuple[str, ...], work: Callable[[], None]) -> None:
        self.keys.append(key)
        self.jobs.append(work)

    def work(self) -> None:
        """Do all that waits."""
        while self.jobs:
            self.jobs.pop(0)()


class Device:
    """A member on a vault; the face and the voice are heard, and may be known."""

    def __init__(self, vault: Vault, *, joins: bool = False, own: bool = True) -> None:
        self.desk, self.shelf = Desk(), VaultShelf(vault, 90)
        self.outbox = Outbox(vault)
        self.allowed = frozenset(Sense)
        client = None
        if joins:
            me = Self("pi-01", DEVICE, public_key(COORDINATOR, "fleet"), 1e-6, "coordinator", BASE)
            ledger = Ledger(vault, Limits())
            client = Client(me, self.shelf, ledger, self.outbox, may=lambda: frozenset(Sense), chance=lambda: 0.0)
        self.member = Member(
            self.shelf,
            BASE,
            self.desk.put,
            rests_on=self.evidence,
            allowed=lambda: self.allowed,
            client=client,
            own=own,
            now_utc_s=lambda: NOW_S,
        )
        self.desk.work()

    def evidence(self) -> list[Evidence]:
        said = {Sense.FACE: reading(Sense.FACE, 3), Sense.VOICE: reading(Sense.VOICE, 4)}
        return weigh(heard(said, BASE), dict.fromkeys(Sense, 1.0), 0)


def test_a_correction_is_kept_with_what_the_state_rested_on(vault: Vault) -> None:
    device = Device(vault)
    device.member.answered(1, Emotion.HAPPY)
    device.member.said(1, "Ann", Emotion.SAD, confirmed=False)
    assert device.shelf.count() == 0  # the loop waited for no disk
    device.desk.work()
    batch = device.shelf.examples(held=False)
    assert batch.truth.tolist() == [4]
    assert batch.standing[0].tolist() == [1.0, 1.0, 0.0]
    assert batch.probabilities[0, 0, 3] == pytest.approx(0.7)


def test_a_confirmation_is_of_the_label_that_was_told(vault: Vault) -> None:
    device = Device(vault)
    device.member.answered(1, Emotion.HAPPY)
    device.member.said(1, "Ann", None, confirmed=True)
    device.desk.work()
    assert device.shelf.examples(held=False).truth.tolist() == [3]


def test_of_an_unsure_state_and_of_another_answer_nothing_is_kept(vault: Vault) -> None:
    device = Device(vault)
    device.member.answered(1, None)
    device.member.said(1, "Ann", None, confirmed=True)
    device.member.answered(2, Emotion.HAPPY)
    device.member.said(1, "Ann", Emotion.SAD, confirmed=False)
    device.desk.work()
    assert device.shelf.count() == 0


def test_what_is_judged_anew_replaces_what_was_said_and_open_wrongness_takes_it_back(vault: Vault) -> None:
    device = Device(vault)
    device.member.answered(1, Emotion.HAPPY)
    device.member.said(1, "Ann", None, confirmed=True)
    device.member.said(1, "Ann", Emotion.FEAR, confirmed=False)
    device.desk.work()
    assert vault.rows("SELECT truth, confirmed FROM head_example") == [(2, 0)]
    device.member.said(1, "Ann", None, confirmed=False)
    device.desk.work()
    assert device.shelf.count() == 0


def test_only_senses_that_may_be_known_are_kept(vault: Vault) -> None:
    device = Device(vault)
    device.allowed = frozenset({Sense.VOICE})
    device.member.answered(1, Emotion.HAPPY)
    device.member.said(1, "Ann", Emotion.SAD, confirmed=False)
    device.allowed = frozenset()
    device.member.answered(2, Emotion.HAPPY)
    device.member.said(2, "Ann", Emotion.SAD, confirmed=False)
    device.desk.work()
    assert vault.rows("SELECT senses FROM head_example") == [(2,)]


def test_enough_corrections_change_the_pool_and_forgetting_brings_the_shipped_one_back(vault: Vault) -> None:
    device = Device(vault)
    for one in examples(60):
        device.shelf.add("Ann", one, NOW_S)
    device.member.answered(1, Emotion.HAPPY)
    device.member.said(1, "Ann", Emotion.HAPPY, confirmed=False)
    device.desk.work()
    pool = device.member.take()
    assert pool is not None
    assert pool.trusts[Sense.VOICE].reliability < BASE.trusts[Sense.VOICE].reliability
    assert device.member.take() is None
    device.member.withdraw(frozenset({Sense.FACE}))
    device.desk.work()
    assert device.member.take() is BASE
    assert device.shelf.count() == 0


def test_who_does_not_want_a_head_of_the_device_has_none(vault: Vault) -> None:
    device = Device(vault, own=False)
    for one in examples(60):
        device.shelf.add("Ann", one, NOW_S)
    device.member.answered(1, Emotion.HAPPY)
    device.member.said(1, "Ann", Emotion.HAPPY, confirmed=False)
    device.desk.work()
    assert device.member.take() is None


def test_a_profile_that_another_process_forgets_is_forgotten_here(vault: Vault) -> None:
    device = Device(vault)
    with vault.transaction() as transaction:
        transaction.run("INSERT INTO learned_profile VALUES ('Ann', 1)")
    device.shelf.add("Ann", examples(1)[0], NOW_S)
    device.shelf.put(Role.OWN, Kept(0, np.full(SIZE, 0.1, np.float32)))
    device.member.turn()
    assert device.member.take() is not None
    with vault.transaction() as transaction:
        transaction.run("DELETE FROM learned_profile")
    device.member.turn()
    assert device.shelf.count() == 0
    assert device.member.take() is BASE


def test_a_head_of_the_fleet_reaches_the_loop_and_goes_when_the_household_leaves(vault: Vault) -> None:
    device = Device(vault, joins=True)
    device.member.published(result(np.full(SIZE, 0.01, np.float32)))
    device.desk.work()
    pool = device.member.take()
    assert pool is not None
    assert pool.name.endswith("as it was learned here")
    left = Device(vault)
    assert left.shelf.head(Role.FLEET) is None


def test_a_round_is_joined_through_the_real_outbox(vault: Vault) -> None:
    device = Device(vault, joins=True)
    for one in examples(12):
        device.shelf.add("Ann", one, NOW_S)
    device.member.announced(announcement().payload())
    device.desk.work()
    device.member.turn()
    (waiting,) = device.outbox.waiting(9)
    assert (waiting.kind, waiting.topic) == ("update", "fleet/pi-01/update")


def test_what_a_stranger_publishes_is_counted_and_nothing_else(vault: Vault) -> None:
    device = Device(vault, joins=True)
    device.member.published(result(np.full(SIZE, 0.01, np.float32), 1, STRANGER))
    device.member.announced(b"not JSON")
    device.desk.work()
    assert device.member.refused == 2
    assert device.member.take() is None


def test_who_did_not_join_hears_nothing_of_the_fleet(vault: Vault) -> None:
    device = Device(vault)
    device.member.published(result(np.full(SIZE, 0.01, np.float32)))
    device.member.announced(announcement().payload())
    assert not device.desk.jobs


def test_no_job_takes_the_place_of_another(vault: Vault) -> None:
    device = Device(vault)
    for number in range(3):
        device.member.answered(number, Emotion.HAPPY)
        device.member.said(number, "Ann", Emotion.SAD, confirmed=False)
    assert len(set(device.desk.keys)) == len(device.desk.keys)


def test_the_devices_key_is_made_once(vault: Vault) -> None:
    assert device_key(vault).private_bytes_raw() == device_key(vault).private_bytes_raw()
