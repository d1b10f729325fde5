"""The base of every outlet: its own bounded queue and its own thread, so that the loop never waits for the world."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.affect import Alertness, Episode, Reading, Reply, Sense, State
from edge.errors import OutletError
from edge.response.proposal import Act, Proposal
from edge.understanding.wellbeing.day import Span

if TYPE_CHECKING:
    from edge.safety.grants import Purpose

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    """What the device says of itself to whoever looks after it: shown on the device, never spoken or sent."""

    text: str

    def __str__(self) -> str:
        """As one line."""
        return self.text


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Consent for a sense and purpose is gone: whoever kept something of it deletes it."""

    sense: Sense
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Portrait:
    """The device's own face as a PNG file, for the home."""

    png: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of feedback on a reply: "helped", "not-now", or "wrong" with the ``emotion`` that was named.

    ``reason`` says why it was not taken; None when it was.
    """

    feedback: str
    emotion: str | None = None
    reason: str | None = None

    @property
    def taken(self) -> bool:
        """Whether it counts."""
        return self.reason is None

    def __str__(self) -> str:
        """As one line."""
        said = self.feedback if self.emotion is None else f"{self.feedback} → {self.emotion}"
        return f"feedback: {said}" if self.taken else f"feedback not taken: {said}: {self.reason}"


Item = State | Reply | Reading | Notice | Episode | Alertness | Span | Withdrawal | Proposal | Act | Outcome | Portrait


class Outlet(ABC):
    """``attach → offer … → stop``. A subclass says how one item is delivered, how many may wait and for how long."""

    name: str
    takes: tuple[type[Item], ...] = (State, Reply)
    """What this outlet is for; anything else passes it by and takes no place in its queue."""
    capacity: int = 16
    """Items that may wait; a newer one takes the place of the oldest State, else of the oldest Reply."""
    expires_s: float = 30.0
    """An item that waited longer is dropped: what is late is worse than nothing. Crisis replies do not expire."""

    def __init__(self) -> None:
        self.dropped = 0
        self.failures = 0
        self._failing = False
        self._items: deque[tuple[int, Item]] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None

    def attach(self) -> None:
        """Open what the outlet needs and start its thread. Raises OutletError when that cannot work."""
        self.open()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=f"outlet-{self.name}", daemon=True)
        self._thread.start()

    @property
    def working(self) -> bool:
        """Whether it was attached and not stopped."""
        return self._thread is not None

    def offer(self, item: Item) -> None:
        """Hand over what the outlet takes; returns at once."""
        if not isinstance(item, self.takes):
            return
        with self._wake:
            if len(self._items) >= self.capacity:
                self._make_room()
            self._items.append((time.monotonic_ns(), item))
            self._wake.notify()

    def forget(self, sense: Sense) -> None:  # noqa: B027 - most outlets keep nothing
        """The consent for ``sense`` is gone, and with it what the outlet keeps of it; on the loop's thread."""

    def stop(self, within_s: float = 1.5) -> None:
        """Deliver what waits, for at most ``within_s`` seconds, then close."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(within_s)
            self._thread = None
        self.close()

    @abstractmethod
    def open(self) -> None:
        """Open devices and connections. Raises OutletError."""

    @abstractmethod
    def deliver(self, item: Item) -> None:
        """Deliver one item, on the outlet's own thread. Raises OutletError; the outlet lives on."""

    @abstractmethod
    def close(self) -> None:
        """Close what ``open`` opened; may be called while ``deliver`` runs, and makes it return soon."""

    def _report(self, error: Exception) -> None:
        """Log a failure, and of a row of them the first: a full disk would fill the log as well."""
        if not self._failing:
            known = isinstance(error, OutletError | OSError)
            log.error("outlet %s: %s", self.name, error, exc_info=None if known else error)
        self._failing = True

    def _make_room(self) -> None:
        """Drop the item that is missed least, the oldest of its kind: a State, else a Reply, else a crisis reply."""
        least = min(range(len(self._items)), key=lambda index: _worth(self._items[index][1]))
        del self._items[least]
        self.dropped += 1

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._items and not self._closing:
                    self._wake.wait()
                if not self._items:
                    return
                offered_ns, item = self._items.popleft()
            lasting = isinstance(item, Reply) and item.crisis
            if not lasting and time.monotonic_ns() - offered_ns > self.expires_s * 1e9:
                self.dropped += 1
                continue
            try:
                self.deliver(item)
                self._failing = False
            except Exception as error:  # noqa: BLE001 - one bad delivery must not end the outlet; it is counted and logged
                self.failures += 1
                self._report(error)


def _worth(item: Item) -> int:
    if isinstance(item, Notice | Proposal | Act):
        return 1
    if isinstance(item, Reply):
        return 2 if item.crisis else 1
    if isinstance(item, Withdrawal):
        return 2
    return 0
