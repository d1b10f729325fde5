"""Where examples, heads and decisions lie: in the vault on a device, in memory in a simulation."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from edge.affect import EMOTIONS, Sense
from edge.learning.federated.examples import HELD, Example, batch_of
from edge.learning.federated.head import SIZE, checked, nothing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from edge.learning.federated.head import Vector
    from edge.learning.federated.loss import Batch
    from edge.privacy.database import Transaction
    from edge.privacy.vault import Vault

DAY_S = 86_400.0
MOST = 500
"""Examples that are kept; beyond it the oldest go."""
ROUND_DAYS = 400
"""That a decision is remembered: longer than the budget's year."""


class Role(StrEnum):
    """What a head is to the device."""

    PUBLISHED = "published"
    """The newest of the coordinator: what a round starts from."""
    FLEET = "fleet"
    """The coordinator's that is in use."""
    BEFORE = "before"
    """The one that was in use before it, as long as it is on trial."""
    OWN = "own"
    """Fitted on the device's own examples, and in use."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A head: of which round, and its numbers (SIZE,). Round 0 with all zero is what is shipped."""

    round: int
    vector: Vector


SHIPPED = Kept(0, nothing())


class Shelf(Protocol):
    """What a client needs to have kept. Methods raise VaultError where it is a vault's."""

    def transaction(self) -> AbstractContextManager[Transaction | None]:
        """What is done inside is done together or not at all."""
        ...

    def examples(self, *, held: bool) -> Batch:
        """Those that are held out, or those that are learned from."""
        ...

    def head(self, role: Role) -> Kept | None:
        """The head in that role."""
        ...

    def put(self, role: Role, kept: Kept | None) -> None:
        """Replace it; None: there is none any more."""
        ...

    def newest_round(self) -> int:
        """The newest that was decided on; 0 before the first."""
        ...

    def decide(self, number: int, why: str, now_utc_s: float, *, joined: bool, by: Transaction | None = None) -> None:
        """Note a decision."""
        ...


class VaultShelf:
    """In the vault."""

    def __init__(self, vault: Vault, days_kept: int) -> None:
        """``days_kept``: of an example."""
        self._vault = vault
        self.days_kept = days_kept

    def transaction(self) -> AbstractContextManager[Transaction | None]:
        """As the vault's."""
        return self._vault.transaction()

    def add(self, profile: str, example: Example, now_utc_s: float, instead_of: int | None = None) -> int:
        """Keep an example, ``instead_of`` another; its number. Raises VaultError."""
        with self._vault.transaction() as transaction:
            if instead_of is not None:
                transaction.run("DELETE FROM head_example WHERE id = ?", instead_of)
            transaction.run(
                "INSERT INTO head_example (profile, truth, confirmed, senses, evidence, expires_utc_s) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                profile,
                EMOTIONS.index(example.truth),
                int(example.confirmed),
                example.senses,
                np.asarray(example.evidence, "<f4").tobytes(),
                now_utc_s + self.days_kept * DAY_S,
            )
            ((number,),) = transaction.rows("SELECT max(id) FROM head_example")
            transaction.run(
                "DELETE FROM head_example WHERE id NOT IN (SELECT id FROM head_example ORDER BY id DESC LIMIT ?)", MOST
            )
        return cast("int", number)

    def examples(self, *, held: bool) -> Batch:
        """In the order in which they came."""
        rows = self._vault.rows(
            "SELECT truth, confirmed, evidence FROM head_example WHERE (id % ? = 0) = ? ORDER BY id", HELD, int(held)
        )
        return batch_of(
            [
                Example(np.frombuffer(cast("bytes", evidence), "<f4"), EMOTIONS[cast("int", truth)], bool(confirmed))
                for truth, confirmed, evidence in rows
            ]
        )

    def remove(self, number: int) -> None:
        """Forget one example. Raises VaultError."""
        with self._vault.transaction() as transaction:
            transaction.run("DELETE FROM head_example WHERE id = ?", number)

    def count(self) -> int:
        """Examples that are kept."""
        ((count,),) = self._vault.rows("SELECT count(*) FROM head_example")
        return cast("int", count)

    def withdraw(self, senses: frozenset[Sense]) -> int:
        """Forget every example that has one of ``senses`` in it, and the own head, which was learned from them."""
        bits = sum(1 << place for place, sense in enumerate(Sense) if sense in senses)
        return self._forget("senses & ? != 0", bits)

    def forget(self, profile: str | None = None) -> int:
        """Forget the examples of a profile, or all, and the own head; how many they were."""
        return self._forget("?1 IS NULL OR profile = ?1", profile)

    def _forget(self, which: str, value: str | int | None) -> int:
        with self._vault.transaction() as transaction:
            # The condition is one of the two above.
            count = transaction.run(f"DELETE FROM head_example WHERE {which}", value)  # noqa: S608
            if count or value is None:
                transaction.run("DELETE FROM head WHERE role = ?", Role.OWN)
        return count

    def head(self, role: Role) -> Kept | None:
        """None also for one of another version's size. Raises FleetError for one that is out of bounds."""
        rows = self._vault.rows("SELECT round, parameters FROM head WHERE role = ?", role)
        if not rows:
            return None
        ((number, parameters),) = rows
        vector = np.frombuffer(cast("bytes", parameters), "<f4").astype(np.float32)
        return Kept(cast("int", number), checked(vector)) if len(vector) == SIZE else None

    def put(self, role: Role, kept: Kept | None) -> None:
        """In a transaction of its own."""
        with self._vault.transaction() as transaction:
            if kept is None:
                transaction.run("DELETE FROM head WHERE role = ?", role)
            else:
                raw = np.asarray(kept.vector, "<f4").tobytes()
                transaction.run("INSERT OR REPLACE INTO head VALUES (?, ?, ?)", role, kept.round, raw)

    def newest_round(self) -> int:
        """By number, not by time: a clock may be set."""
        ((newest,),) = self._vault.rows("SELECT max(round) FROM fleet_round")
        return cast("int | None", newest) or 0

    def decide(self, number: int, why: str, now_utc_s: float, *, joined: bool, by: Transaction | None = None) -> None:
        """``by``: the transaction that it belongs to; None: one of its own."""
        if by is None:
            with self._vault.transaction() as transaction:
                self.decide(number, why, now_utc_s, joined=joined, by=transaction)
            return
        ends = now_utc_s + ROUND_DAYS * DAY_S
        by.run("INSERT INTO fleet_round VALUES (?, ?, ?, ?)", number, int(joined), why, ends)


class MemoryShelf:
    """In memory: for a device of a simulation, and for one that keeps nothing."""

    def __init__(self, learn: Batch, held: Batch) -> None:
        self._batches = {False: learn, True: held}
        self._heads: dict[Role, Kept] = {}
        self._newest = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """There is nothing that could be half done."""
        yield None

    def examples(self, *, held: bool) -> Batch:
        """As they were given."""
        return self._batches[held]

    def head(self, role: Role) -> Kept | None:
        """The head in that role."""
        return self._heads.get(role)

    def put(self, role: Role, kept: Kept | None) -> None:
        """Replace it."""
        if kept is None:
            self._heads.pop(role, None)
        else:
            self._heads[role] = kept

    def newest_round(self) -> int:
        """The newest."""
        return self._newest

    def decide(self, number: int, why: str, now_utc_s: float, *, joined: bool, by: Transaction | None = None) -> None:
        """Only the number is kept."""
        del why, now_utc_s, joined, by
        self._newest = max(self._newest, number)
