"""A simulated device: the client of ``edge.learning.federated`` itself, with a budget, an outbox and a shelf in memory.

A poisoner runs the same code; what it sends is spoiled afterwards and signed anew, or its examples were, before.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.affect import Sense
from edge.errors import BudgetError
from edge.learning.federated import vectors
from edge.learning.federated.client import Client, Self
from edge.learning.federated.head import EACH, KINDS, OFFSETS, SENSES, SIZE
from edge.learning.federated.messages import Update, canonical, public_key, read, sign
from edge.learning.federated.shelf import MemoryShelf
from edge.privacy.accounting import epsilon_of, rho_within
from fleet.coordinator.checks import longest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.accelerators.keys import PublicKey
    from edge.learning.federated.join import Trust
    from edge.learning.federated.messages import Announcement
    from edge.privacy.database import Transaction
    from edge.understanding.fusion import Pool
    from fleet.simulation.households import Household

Poison = Literal["none", "sign-flip", "scaling", "label-flip", "collude"]
POISONS: tuple[Poison, ...] = ("none", "sign-flip", "scaling", "label-flip", "collude")
DELTA = 1e-6
"""Chance for which ε does not hold; the loosest that a device allows."""


class SimulatedBudget:
    """As strict as the ledger of a device, without its clock: the simulation is over within its year."""

    def __init__(self, epsilon: float | None, spent: float = 0.0) -> None:
        """``epsilon``: of all updates together, at DELTA; None: there is no limit, as without noise."""
        self._most = None if epsilon is None else rho_within(epsilon, DELTA)
        self.rho = spent

    @property
    def epsilon(self) -> float:
        """ε of what was spent."""
        return epsilon_of(self.rho, DELTA) if np.isfinite(self.rho) else float("inf")

    def spend(self, transaction: Transaction | None, kind: str, rho: float, period: int | None = None) -> None:
        """Raises BudgetError where there is no room."""
        del transaction, kind
        if self._most is not None and self.rho + rho > self._most:
            problem = f"the budget is spent, and no room for round {period}"
            raise BudgetError(problem, "Wait for the next year")
        self.rho += rho


class Caught:
    """An outbox that hands over at once."""

    def __init__(self) -> None:
        self.message: dict[str, object] | None = None

    def put(
        self,
        kind: str,
        topic: str,
        message: Mapping[str, object],
        *,
        lifetime_s: float,
        transaction: Transaction | None = None,
    ) -> str:
        """Keep the one message, with its id."""
        del kind, lifetime_s, transaction
        ident = hashlib.sha256(f"{topic} {message['round']}".encode()).hexdigest()[:32]
        self.message = {**message, "id": ident}
        return ident

    def take(self) -> bytes | None:
        """The payload, once."""
        message, self.message = self.message, None
        return None if message is None else canonical(message)


@dataclass(frozen=True, slots=True)
class Setup:
    """What all devices of a simulation share.

    Attributes:
        seed: of everything.
        base: the shipped pool.
        coordinator: whose signatures count.
        epsilon: of all updates of a device; None: no limit.
        trust: whom households trust.
        poison: how poisoners spoil their updates.
        poisoners: part of the devices that are.
        drop_out: chance that a device that was drawn never sends.
    """

    seed: int
    base: Pool
    coordinator: PublicKey
    epsilon: float | None
    trust: Trust = "coordinator"
    poison: Poison = "none"
    poisoners: float = 0.0
    drop_out: float = 0.0

    def poisons(self, number: int) -> bool:
        """Whether that device is a poisoner."""
        return self.poison != "none" and _drawn(self.seed, number, 0, "poison") < self.poisoners

    def drops(self, number: int, round_number: int) -> bool:
        """Whether that device is lost in that round."""
        return _drawn(self.seed, number, round_number, "drop") < self.drop_out

    def chance(self, number: int, round_number: int) -> float:
        """What the device draws in that round."""
        return _drawn(self.seed, number, round_number, "chance")


class Device:
    """One. ``rho`` is what it spent before, for whoever keeps devices nowhere between rounds."""

    def __init__(self, setup: Setup, number: int, home: Household, *, rho: float = 0.0) -> None:
        self.number = number
        self.budget = SimulatedBudget(setup.epsilon, rho)
        self.poisons = setup.poisons(number)
        learn = home.learn
        if self.poisons and setup.poison == "label-flip":
            learn = replace(learn, truth=(learn.truth + 1 + KINDS // 2) % KINDS)
        self.shelf = MemoryShelf(learn, home.held)
        self._setup = setup
        self._outbox = Caught()
        self._round = 0
        self.key = key_of(setup.seed, number)
        me = Self(name_of(number), self.key, setup.coordinator, DELTA, setup.trust, setup.base)
        self.client = Client(
            me,
            self.shelf,
            self.budget,
            self._outbox,
            may=lambda: frozenset(Sense),
            chance=lambda: setup.chance(number, self._round),
        )

    def answer(self, announcement: Announcement, payload: bytes, result: bytes, now_utc_s: float) -> bytes | None:
        """What the device sends in a round, after the head and the announcement came; None: nothing."""
        self._round = announcement.round
        self.client.published(result)
        self.client.heard(payload, now_utc_s)
        self.client.turn(now_utc_s)
        sent = self._outbox.take()
        if sent is None or self._setup.drops(self.number, announcement.round):
            return None
        return self._spoiled(sent, announcement) if self.poisons else sent

    def _spoiled(self, sent: bytes, announcement: Announcement) -> bytes:
        """Turned round, turned round and as long as the coordinator lets it be, or what all poisoners agreed on."""
        update = read(Update, sent)
        delta = update.vector(SIZE).astype(np.float64)
        length = float(np.linalg.norm(delta))
        if self._setup.poison == "label-flip" or length == 0:
            return sent
        far = longest(announcement) * (1 - 1e-4)
        if self._setup.poison == "sign-flip":
            delta = -delta
        elif self._setup.poison == "scaling":
            delta *= -far / length
        else:
            delta = far * _angry()
        spoiled = update.model_copy(update={"delta": vectors.encode(delta)})
        return sign(spoiled, self.key).payload()


def _angry() -> np.ndarray:
    """(SIZE,) of length 1: that everybody is always angry, by every sense's offset and by the prior."""
    found = np.zeros(SIZE)
    for sense in range(len(SENSES)):
        found[sense * EACH + OFFSETS.start] = 1.0
    found[-1 - KINDS] = 1.0
    return found / np.linalg.norm(found)


def name_of(number: int) -> str:
    """What the device is called."""
    return f"sim-{number:06d}"


def key_of(seed: int, number: int) -> Ed25519PrivateKey:
    """Its key: of a simulation, and of no use elsewhere."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"simulated {seed} {number}".encode()).digest())


def registry(seed: int, devices: int) -> dict[str, PublicKey]:
    """Device → its public key, as a coordinator has them."""
    return {name_of(number): public_key(key_of(seed, number), name_of(number)) for number in range(devices)}


def _drawn(seed: int, number: int, round_number: int, what: str) -> float:
    """0 to 1, the same wherever it is asked."""
    raw = hashlib.sha256(f"{seed} {number} {round_number} {what}".encode()).digest()
    return int.from_bytes(raw[:8]) / 2**64
