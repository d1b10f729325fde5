"""The rounds, without network and clock: what is open, what is taken, and when a head is made of it.

Everything that counts is in the database before this module says so, and a head is made of what the database holds and
of nothing else: whoever kills the process at any point finds, after its return, the same result.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.errors import FleetError
from edge.learning.federated import head as heads
from edge.learning.federated import vectors
from edge.learning.federated.messages import Announcement, Result, Update, read, sign, utc
from fleet.coordinator.checks import Candidate, Reason, check
from fleet.coordinator.flower import SEED_BYTES, Noise, aggregate
from fleet.coordinator.store import Accepted, Head, Round, State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from numpy.typing import NDArray

    from edge.accelerators.keys import PublicKey
    from fleet.coordinator.checks import Incoming
    from fleet.coordinator.settings import CoordinatorSettings
    from fleet.coordinator.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class Event:
    """Something that an operator is told: its kind, and what belongs to it."""

    kind: str
    what: dict[str, Any] = field(default_factory=dict)


class Rounds:
    """``begin`` once, then ``take`` what came in and ``turn``; ``to_publish`` is what the broker should keep."""

    def __init__(
        self, settings: CoordinatorSettings, store: Store, key: Ed25519PrivateKey, initial: NDArray[np.float32]
    ) -> None:
        """``initial`` (n,) float32 is the head that every device begins with."""
        self._settings = settings
        self._store = store
        self._key = key
        self._initial = initial
        self._latest: Round | None = None
        self._announcement: Announcement | None = None
        self._head: Head | None = None
        self.results = 0
        """Heads that were made of updates, in all."""

    def begin(self) -> None:
        """Read where an earlier process stopped; a new database gets the head that the fleet begins with."""
        with self._store.transaction() as transaction:
            self._head = transaction.latest_head()
            if self._head is None:
                digest = vectors.digest(self._initial)
                result = Result(round=0, head=digest, parameters=vectors.encode(self._initial), devices=0)
                message = sign(result, self._key).payload()
                self._head = Head(0, digest, self._initial, message, 0, 0.0, None)
                transaction.keep(self._head)
            latest = transaction.latest_round()
            self.results = transaction.made()
        if self._head.parameters.size != self._initial.size:
            problem = (
                f"the head in the database has {self._head.parameters.size} numbers, that of this version "
                f"{self._initial.size}"
            )
            raise FleetError(problem, "Begin with a new database, or run the version that wrote it")
        self._remember(latest)

    @property
    def open_round(self) -> Round | None:
        """The round that takes updates."""
        return self._latest if self._latest is not None and self._latest.state is State.OPEN else None

    @property
    def head(self) -> Head:
        """The latest result."""
        if self._head is None:
            message = "begin() comes first"
            raise AssertionError(message)
        return self._head

    def to_publish(self) -> dict[str, bytes]:
        """Topic → what the broker should keep there."""
        kept = {"fleet/head": self.head.message}
        if self._latest is not None:
            kept["fleet/round"] = self._latest.announcement
        return kept

    def take(self, messages: Sequence[Incoming], registry: Mapping[str, PublicKey]) -> list[Reason | None]:
        """Judge messages; of each the reason why it was refused, or None. When this returns, all of it is kept."""
        number = 0 if self._latest is None else self._latest.number
        is_open = self.open_round is not None
        found: list[Reason | None] = []
        with self._store.transaction() as transaction:
            for incoming in messages:
                judged = check(incoming, self._announcement, is_open=is_open, registry=registry)
                reason = self._count(transaction, judged, incoming)
                if reason is not None:
                    transaction.refuse(number, reason.value)
                found.append(reason)
            latest = transaction.latest_round()
        self._remember(latest)
        return found

    def turn(self, now_s: float, *, quiet: bool) -> list[Event]:
        """Close what is due, or open what is next; a round that missed its cohort is followed at once.

        Args:
            now_s: Unix time.
            quiet: whether the broker has nothing more for us, so that what came in while we were away is heard first.
        """
        events: list[Event] = []
        current = self.open_round
        if current is not None:
            full = current.accepted >= self._settings.rounds.enough
            if full or (quiet and now_s >= current.closes_s):
                events.append(self._close(current, now_s))
        made = any(event.kind == "result" for event in events)
        if not made and self.open_round is None and now_s >= self._next_s():
            events.append(self._open(now_s))
        return events

    def _next_s(self) -> float:
        latest = self._latest
        if latest is None or latest.state is State.MISSED or latest.closed_s is None:
            return 0.0
        return latest.closed_s + self._settings.rounds.pause_s

    def _count(self, transaction: Transaction, judged: Candidate | Reason, incoming: Incoming) -> Reason | None:
        if isinstance(judged, Reason):
            return _known_before(transaction, incoming) if judged is Reason.LATE else judged
        update = judged.update
        identifier = update.id or ""
        if transaction.knows(update.device, identifier):
            return Reason.REDELIVERED if incoming.again else Reason.REPLAY
        if transaction.has(update.round, update.device):
            return Reason.TWICE
        transaction.accept(Accepted(update.round, update.device, identifier, update.count, judged.delta))
        return None

    def _open(self, now_s: float) -> Event:
        rounds = self._settings.rounds
        with self._store.transaction() as transaction:
            number = 1 if self._latest is None else self._latest.number + 1
            announcement = sign(
                Announcement(
                    round=number,
                    head=self.head.digest,
                    size=self.head.parameters.size,
                    clip=rounds.clip,
                    noise_multiplier=rounds.noise_multiplier,
                    noise=rounds.noise,
                    cohort=rounds.cohort,
                    opens_utc=utc(now_s),
                    closes_utc=utc(now_s + rounds.duration_s),
                    share=rounds.share,
                ),
                self._key,
            )
            seed = secrets.token_bytes(SEED_BYTES)
            payload = announcement.payload()
            new = Round(number, State.OPEN, announcement.head, announcement.closes_s, None, 0, payload, seed)
            transaction.open(new)
        self._remember(new)
        return Event("opened", {"round": number, "closes_utc": announcement.closes_utc, "cohort": rounds.cohort})

    def _close(self, current: Round, now_s: float) -> Event:
        with self._store.transaction() as transaction:
            updates = transaction.updates(current.number)
            refused = transaction.refused(current.number)
            told = {"round": current.number, "devices": len(updates), "refused": refused}
            if self._announcement is None or len(updates) < self._announcement.cohort:
                transaction.close(current.number, State.MISSED, now_s)
                head = None
            else:
                head = self._made_of(updates, current, self._announcement)
                transaction.keep(head)
                transaction.close(current.number, State.DONE, now_s)
            latest = transaction.latest_round()
        self._store.settle()
        self._remember(latest)
        if head is None:
            return Event("missed", told)
        self._head = head
        self.results += 1
        return Event("result", {**told, "head": head.digest})

    def _made_of(self, updates: Sequence[Accepted], current: Round, announcement: Announcement) -> Head:
        multiplier = announcement.noise_multiplier
        ours = multiplier > 0 and announcement.noise == "coordinator"
        noise = Noise(multiplier, announcement.clip, current.seed or b"") if ours else None
        step = aggregate(
            self._settings.strategy, updates, noise=noise, optimiser=self.head.optimiser, results=self.results
        )
        # a head with a number out of bounds would be refused by every device
        moved = np.clip(self.head.parameters.astype(np.float64) + step.change, -heads.MOST, heads.MOST)
        parameters = moved.astype(np.float32)
        digest = vectors.digest(parameters)
        encoded = vectors.encode(parameters)
        result = Result(round=current.number, head=digest, parameters=encoded, devices=len(updates))
        message = sign(result, self._key).payload()
        return Head(current.number, digest, parameters, message, len(updates), multiplier, step.optimiser)

    def _remember(self, latest: Round | None) -> None:
        self._latest = latest
        self._announcement = None if latest is None else read(Announcement, latest.announcement)


def _known_before(transaction: Transaction, late: Incoming) -> Reason:
    """An update for a closed round may be one that was counted in it."""
    update = read(Update, late.payload)
    if not transaction.knows(update.device, update.id or ""):
        return Reason.LATE
    return Reason.REDELIVERED if late.again else Reason.REPLAY
