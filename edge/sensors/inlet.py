"""What a thread of a sensor hands to the thread that reads: bounded, with its end, its error and its silence."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import Generic, TypeVar

from edge.errors import SensorGone

log = logging.getLogger(__name__)

ItemT = TypeVar("ItemT")


class Inlet(Generic[ItemT]):
    """``put`` and ``fail`` by whoever listens to the world, ``take`` by the lane, ``close`` by anybody.

    Args:
        name: the source, in words for the user.
        capacity: items that may wait; one more drops the oldest, which is counted and logged.
        stall_s: seconds without an item or ``touch`` after which ``take`` gives up; None waits for ever.
    """

    def __init__(self, name: str, capacity: int, stall_s: float | None = None) -> None:
        self.dropped = 0
        self._name = name
        self._capacity = capacity
        self._stall_s = stall_s
        self._items: deque[ItemT] = deque()
        self._error: Exception | None = None
        self._closed = False
        self._touched = False
        self._changed = threading.Condition()

    def put(self, item: ItemT) -> None:
        """Add an item; never waits: a full inlet drops its oldest."""
        with self._changed:
            if len(self._items) >= self._capacity:
                self._items.popleft()
                self._count(1)
            if not self._closed:
                self._items.append(item)
            self._changed.notify_all()

    def make_room(self) -> bool:
        """Drop everything that waits if there is no room for one more, for streams: a hole is then in one place."""
        with self._changed:
            full = len(self._items) >= self._capacity
            if full:
                self._count(len(self._items))
                self._items.clear()
            return full

    def touch(self) -> None:
        """The source lives, though it has nothing to say."""
        with self._changed:
            self._touched = True
            self._changed.notify_all()

    def fail(self, error: Exception) -> None:
        """``take`` raises ``error`` when everything before it was taken."""
        with self._changed:
            self._error = self._error or error
            self._changed.notify_all()

    def take(self) -> ItemT | None:
        """The next item; None after ``close``. Raises what ``fail`` was given, or SensorGone when nothing comes."""
        with self._changed:
            while not self._items and not self._closed and self._error is None:
                if not self._changed.wait(self._stall_s) and not self._touched:
                    problem = f"{self._name} has delivered nothing for {self._stall_s:g} s"
                    raise SensorGone(problem, "Check it and the network; it is opened again by itself")
                self._touched = False
            if self._closed:
                return None
            if self._items:
                return self._items.popleft()
            raise self._error or AssertionError

    def _count(self, dropped: int) -> None:
        self.dropped += dropped
        log.warning("%s: too much waits, the oldest of it is dropped (%d so far)", self._name, self.dropped)

    def forget(self) -> None:
        """Drop what waits."""
        with self._changed:
            self._items.clear()

    def close(self) -> None:
        """Drop what waits; ``take`` returns None."""
        with self._changed:
            self._closed = True
            self._items.clear()
            self._changed.notify_all()
