"""What the coordinator keeps: rounds, accepted updates, results, and how often what was refused."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from fleet.coordinator.database import unusable
from fleet.coordinator.tables import accepted, refusals, results, rounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Engine, Row

REMEMBERED = 20
"""Rounds of which it is kept which devices took part; an update for an older one is refused by its number."""


class State(StrEnum):
    """Where a round stands."""

    OPEN = "open"
    DONE = "done"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Round:
    """One round; ``announcement`` is what was published, ``seed`` of the coordinator's noise while it is open."""

    number: int
    state: State
    head: str
    closes_s: float
    closed_s: float | None
    accepted: int
    announcement: bytes
    seed: bytes | None


@dataclass(frozen=True, slots=True)
class Head:
    """A result: ``parameters`` (n,) float32, ``message`` as published, ``optimiser`` what FedAdam remembers."""

    round: int
    digest: str
    parameters: NDArray[np.float32]
    message: bytes
    devices: int
    noise_multiplier: float
    optimiser: bytes | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """An update that counts: ``delta`` (n,) float32."""

    round: int
    device: str
    id: str
    count: int
    delta: NDArray[np.float32]


class Store:
    """``with store.transaction() as t`` for everything; raises FleetError where the database fails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """All of it is on the disk when the block ends, or nothing of it is. Raises FleetError."""
        try:
            with self._engine.begin() as connection:
                yield Transaction(connection)
        except (SQLAlchemyError, OSError) as error:
            raise unusable(self._engine, error) from error

    def settle(self) -> None:
        """Have SQLite empty its journal, so that what was erased is gone from there as well. Raises FleetError."""
        if self._engine.dialect.name != "sqlite":
            return
        try:
            with self._engine.connect() as connection:
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except (SQLAlchemyError, OSError, sqlite3.Error) as error:
            raise unusable(self._engine, error) from error

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


class Transaction:
    """What may be asked and done between begin and commit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def latest_round(self) -> Round | None:
        """The round with the highest number, open or not."""
        row = self._connection.execute(select(rounds).order_by(rounds.c.number.desc()).limit(1)).one_or_none()
        return None if row is None else _round(row)

    def latest_head(self) -> Head | None:
        """The result of the highest round."""
        row = self._connection.execute(select(results).order_by(results.c.round.desc()).limit(1)).one_or_none()
        if row is None:
            return None
        parameters = np.frombuffer(row.parameters, "<f4").astype(np.float32)
        return Head(row.round, row.head, parameters, row.result, row.devices, row.noise_multiplier, row.optimiser)

    def made(self) -> int:
        """How many heads were made of updates."""
        return int(self._connection.execute(select(func.count()).where(results.c.devices > 0)).scalar_one())

    def noise_multipliers(self, since_s: float) -> list[float]:
        """Of the noise that was announced for every head that was made since then, the oldest first."""
        query = select(results.c.noise_multiplier).join(rounds, rounds.c.number == results.c.round)
        query = query.where(results.c.devices > 0, rounds.c.closed_s >= since_s).order_by(results.c.round)
        return [float(found) for found in self._connection.execute(query).scalars()]

    def open(self, new: Round) -> None:
        """Keep a new round."""
        self._connection.execute(
            insert(rounds).values(
                number=new.number,
                state=new.state.value,
                head=new.head,
                closes_s=new.closes_s,
                accepted=0,
                announcement=new.announcement,
                seed=new.seed,
            )
        )

    def close(self, number: int, state: State, now_s: float) -> None:
        """The round takes nothing more; what devices sent for it, and the seed of its noise, are erased."""
        change = update(rounds).where(rounds.c.number == number)
        self._connection.execute(change.values(state=state.value, closed_s=now_s, seed=None))
        self._connection.execute(update(accepted).where(accepted.c.round == number).values(delta=None))
        self._connection.execute(delete(accepted).where(accepted.c.round <= number - REMEMBERED))

    def keep(self, head: Head) -> None:
        """Keep a result."""
        self._connection.execute(
            insert(results).values(
                round=head.round,
                head=head.digest,
                parameters=head.parameters.astype("<f4").tobytes(),
                result=head.message,
                devices=head.devices,
                noise_multiplier=head.noise_multiplier,
                optimiser=head.optimiser,
            )
        )

    def knows(self, device: str, identifier: str) -> bool:
        """Whether a message of ``device`` with this id was accepted."""
        query = select(func.count()).where(accepted.c.device == device, accepted.c.id == identifier)
        return bool(self._connection.execute(query).scalar_one())

    def has(self, number: int, device: str) -> bool:
        """Whether ``device`` has its update in round ``number``."""
        query = select(func.count()).where(accepted.c.round == number, accepted.c.device == device)
        return bool(self._connection.execute(query).scalar_one())

    def accept(self, new: Accepted) -> None:
        """Keep an update and count it."""
        values = {"round": new.round, "device": new.device, "id": new.id, "examples": new.count}
        self._connection.execute(insert(accepted).values(**values, delta=new.delta.astype("<f4").tobytes()))
        count = update(rounds).where(rounds.c.number == new.round)
        self._connection.execute(count.values(accepted=rounds.c.accepted + 1))

    def updates(self, number: int) -> list[Accepted]:
        """Every update of an open round, in the order of the devices' code points, whatever the database sorts by."""
        rows = self._connection.execute(select(accepted).where(accepted.c.round == number)).all()
        found = [
            Accepted(row.round, row.device, row.id, row.examples, np.frombuffer(row.delta, "<f4").astype(np.float32))
            for row in rows
        ]
        return sorted(found, key=lambda one: one.device)

    def refuse(self, number: int, reason: str) -> None:
        """Count a refusal in the round ``number``."""
        here = (refusals.c.round == number) & (refusals.c.reason == reason)
        changed = self._connection.execute(update(refusals).where(here).values(count=refusals.c.count + 1))
        if not changed.rowcount:
            self._connection.execute(insert(refusals).values(round=number, reason=reason, count=1))

    def refused(self, number: int | None = None) -> dict[str, int]:
        """Reason → how often, in one round or in all."""
        query = select(refusals.c.reason, func.sum(refusals.c.count)).group_by(refusals.c.reason)
        if number is not None:
            query = query.where(refusals.c.round == number)
        return {str(reason): int(count) for reason, count in sorted(map(tuple, self._connection.execute(query)))}

    def states(self) -> dict[str, int]:
        """State → how many rounds."""
        query = select(rounds.c.state, func.count()).group_by(rounds.c.state)
        return {str(state): int(count) for state, count in sorted(map(tuple, self._connection.execute(query)))}


def _round(row: Row[tuple[object, ...]]) -> Round:
    return Round(
        row.number,
        State(row.state),
        row.head,
        row.closes_s,
        row.closed_s,
        row.accepted,
        bytes(row.announcement),
        None if row.seed is None else bytes(row.seed),
    )
