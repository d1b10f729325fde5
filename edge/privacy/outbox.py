"""What must arrive: stored in the vault before it is sent, and gone when the broker has it.

What is sent twice, because the acknowledgement was lost with the power, has the same ``id``: the receiver counts it
once. The outbox is bounded, and everything in it has an end; ``counts`` says what became of all that was ever put in.
What is fresh or worthless soon, such as a State, has no place here.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from edge.errors import InputError
from edge.privacy.outbox_settings import OutboxSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from edge.privacy.database import Transaction
    from edge.privacy.vault import Vault

KINDS = ("aggregate", "update", "notice")
"""What may wait here, the least important first: of aggregates there are many, an update was paid for with budget, a
notice may be about somebody's safety."""
LARGEST = 64 * 1024
"""Bytes of a message; the largest that is sent, an update, has half of it."""
LONGEST_LIFETIME_S = 30 * 86_400.0
"""A receiver remembers ids for longer than this (``fleet.receipts``), so nothing that is sent late is counted twice."""
CLOCK_SET_S = 5.0
"""A wall clock that differs by more from where it should be was set: drift and leap seconds are less."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_ID = re.compile(r"[0-9a-f]{32}")
_TOPIC = re.compile(r"[^#+$/\x00-\x1f\x7f\ud800-\udfff][^#+\x00-\x1f\x7f\ud800-\udfff]{0,199}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message that waits for the broker."""

    id: str
    kind: str
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of all that was ever put in: ``stored`` is the sum of those that ended and of those that are there.

    ``sent`` counts every time that a message went out, ``set_aside`` those that the broker will not take as they are.
    ``waiting`` and ``kept_aside`` are there now, with ``size`` bytes together.
    """

    stored: int
    sent: int
    acknowledged: int
    expired: int
    pushed_out: int
    set_aside: int
    waiting: int
    kept_aside: int
    size: int


class Outbox:
    """Safe to share between threads. Whatever is done here waits for the disk: never on the loop's thread."""

    def __init__(self, vault: Vault, settings: OutboxSettings | None = None) -> None:
        self.on_put: Callable[[], None] = lambda: None
        """Called when there is something new, by whoever put it in, perhaps before it is committed."""
        self._recalls = 0
        self._vault = vault
        self._settings = settings or OutboxSettings()

    @property
    def renewals(self) -> int:
        """How often something was forgotten or taken back: what was read before may not be sent any more."""
        return self._vault.renewals + self._recalls

    def put(
        self,
        kind: str,
        topic: str,
        message: Mapping[str, object],
        *,
        lifetime_s: float,
        transaction: Transaction | None = None,
    ) -> str:
        """Store a message; when this returns, or the given transaction is committed, it survives a power cut.

        Args:
            kind: one of KINDS.
            topic: where it goes; no wildcard.
            message: plain data. ``id`` is put on, or kept where the message has one (32 hexadecimal digits).
            lifetime_s: seconds after which it is given up, at most LONGEST_LIFETIME_S.
            transaction: of the same vault: it is stored together with what else is done in it.

        Returns:
            the message's id. Where the outbox is full of more important ones it is pushed out at once, and counted.

        Raises:
            InputError: one of the arguments is none that is allowed.
            VaultFull: the disk is full; nothing was stored.
            VaultError: the vault cannot be used; nothing was stored.
        """
        ident = str(message.get("id") or uuid.uuid4().hex)
        payload = _encoded({**message, "id": ident})
        _check(kind, topic, ident, payload, lifetime_s)
        values = (ident, kind, KINDS.index(kind), topic, payload, len(payload), time.time() + lifetime_s)
        if transaction is not None:
            self._store(transaction, values)
        else:
            with self._vault.transaction() as own:
                self._store(own, values)
        self.on_put()
        return ident

    def waiting(self, limit: int, *, besides: Collection[str] = (), not_to: Collection[str] = ()) -> list[Waiting]:
        """At most ``limit`` messages, the most important and then the oldest first.

        Args:
            limit: how many.
            besides: ids that are left out.
            not_to: topics that are left out.

        Raises:
            VaultError: the vault cannot be used.
        """
        rows = self._vault.rows(
            "SELECT id, kind, topic, payload FROM outbox WHERE refused IS NULL AND expires_utc > ?"  # noqa: S608
            f" AND id NOT IN ({_marks(besides)}) AND topic NOT IN ({_marks(not_to)})"
            " ORDER BY importance DESC, number LIMIT ?",
            time.time(),
            *besides,
            *not_to,
            limit,
        )
        return [Waiting(str(ident), str(kind), str(topic), _bytes(payload)) for ident, kind, topic, payload in rows]

    def settle(self, acknowledged: Collection[str], refused: Mapping[str, str] | None = None, sent: int = 0) -> None:
        """Note what the broker said, in one commit.

        Args:
            acknowledged: ids of messages that it has; they go.
            refused: ids of those that it will never take, and why; they are set aside until their time is over.
            sent: how many went out since the last call.

        Raises:
            VaultError: the vault cannot be used; nothing was noted.
        """
        with self._vault.transaction() as transaction:
            for ident in acknowledged:
                _end(transaction, ident, "acknowledged")
            for ident, why in (refused or {}).items():
                transaction.run("UPDATE outbox SET refused = ? WHERE id = ?", why, ident)
            if sent:
                count = (
                    "INSERT INTO counter VALUES ('outbox sent', ?1) ON CONFLICT (name) DO UPDATE SET value = value + ?1"
                )
                transaction.run(count, sent)

    def expire(self) -> int:
        """Remove what is too old; how many. Where the clock was set, the ends move with it. Raises VaultError."""
        clock_s = _clock_s()
        with self._vault.transaction() as transaction:
            transaction.run(
                "UPDATE outbox SET expires_utc = expires_utc + (?1 - clock_s), clock_s = ?1"
                " WHERE boot = ?2 AND abs(?1 - clock_s) > ?3",
                clock_s,
                _boot(),
                CLOCK_SET_S,
            )
            return transaction.run("DELETE FROM outbox WHERE expires_utc <= ?", time.time())

    def recall(self, kind: str) -> int:
        """Take back what waits of a kind, as nobody agrees to it any more; how many, counted as pushed out.

        Raises:
            VaultError: the vault cannot be used; nothing was taken back.
        """

        def take(transaction: Transaction) -> int:
            rows = transaction.rows("SELECT id FROM outbox WHERE kind = ?", kind)
            for (ident,) in rows:
                _end(transaction, str(ident), "pushed out")
            return len(rows)

        taken = self._vault.erase(take)
        self._recalls += 1
        self.on_put()  # so that whoever sends drops what it had read
        return taken

    def counts(self) -> Counts:
        """What became of everything. Raises VaultError."""
        with self._vault.transaction() as transaction:
            rows = transaction.rows("SELECT name, value FROM counter WHERE name LIKE 'outbox %'")
            ((waiting, aside, size),) = transaction.rows(
                "SELECT count(*) - count(refused), count(refused), coalesce(sum(size), 0) FROM outbox"
            )
        told = {str(name).removeprefix("outbox "): _int(value) for name, value in rows}
        return Counts(
            stored=told.get("stored", 0),
            sent=told.get("sent", 0),
            acknowledged=told.get("acknowledged", 0),
            expired=told.get("expired", 0),
            pushed_out=told.get("pushed out", 0),
            set_aside=told.get("set aside", 0),
            waiting=_int(waiting),
            kept_aside=_int(aside),
            size=_int(size),
        )

    def _store(self, transaction: Transaction, values: tuple[str | int | float | bytes, ...]) -> None:
        transaction.run(
            "INSERT INTO outbox (id, kind, importance, topic, payload, size, expires_utc, boot, clock_s)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            *values,
            _boot(),
            _clock_s(),
        )
        ((count, size),) = transaction.rows("SELECT count(*), sum(size) FROM outbox")
        left, space = _int(count), _int(size)
        while left > self._settings.most_messages or space > self._settings.most_kib * 1024:
            ((ident, size),) = transaction.rows(
                "SELECT id, size FROM outbox ORDER BY refused IS NULL, importance, number LIMIT 1"
            )
            _end(transaction, str(ident), "pushed out")
            left, space = left - 1, space - _int(size)


def _end(transaction: Transaction, ident: str, how: str) -> None:
    if transaction.run("UPDATE outbox SET ended = ? WHERE id = ?", how, ident):
        transaction.run("DELETE FROM outbox WHERE id = ?", ident)


def _encoded(message: Mapping[str, object]) -> bytes:
    """Canonical: sorted keys, no space, ASCII."""
    try:
        return json.dumps(message, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
    except (TypeError, ValueError) as error:
        problem = f"the message cannot be written as JSON: {error}"
        raise InputError(problem, "Give plain data: text, finite numbers, lists and objects") from error


def _check(kind: str, topic: str, ident: str, payload: bytes, lifetime_s: float) -> None:
    if kind not in KINDS:
        problem = f"the kind of message is {kind!r}; allowed are {', '.join(KINDS)}"
        raise InputError(problem, "Choose one of them")
    if _TOPIC.fullmatch(topic) is None:
        problem = (
            f"the topic {topic[:80]!r} cannot be published to: 1 to 200 characters, no wildcard, no control character"
        )
        raise InputError(problem, "Choose another topic")
    if _ID.fullmatch(ident) is None:
        problem = f"the message's id is {ident[:40]!r}; 32 hexadecimal digits are allowed"
        raise InputError(problem, "Leave it out, and it gets one")
    if len(payload) > LARGEST:
        problem = f"the message has {len(payload)} bytes; at most {LARGEST} are allowed"
        raise InputError(problem, "Send less at once")
    if not 0 < lifetime_s <= LONGEST_LIFETIME_S:
        problem = (
            f"the message's lifetime is {lifetime_s} s; more than 0 and at most {LONGEST_LIFETIME_S:g} are allowed"
        )
        raise InputError(problem, "Choose another lifetime")


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))


def _clock_s() -> float:
    """The wall clock less the time since boot, asleep or awake (s): it changes only where the clock is set."""
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


@cache
def _boot() -> str:
    return BOOT_ID.read_text(encoding="ascii").strip()


def _int(value: object) -> int:
    return cast("int", value)  # the table is STRICT


def _bytes(value: object) -> bytes:
    return cast("bytes", value)
