"""A mailbox of fixed size in which the newest wins."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Stands between two threads. A full mailbox drops its oldest item, and counts it, to make room for a new one."""

    def __init__(self, capacity: int = 1) -> None:
        self.dropped = 0
        self._items: deque[T] = deque()
        self._capacity = capacity
        self._lost = 0
        self._closed = False
        self._ready = threading.Condition()

    def put(self, item: T) -> None:
        """Add an item; never waits."""
        with self._ready:
            if len(self._items) >= self._capacity:
                self._items.popleft()
                self.dropped += 1
                self._lost += 1
            self._items.append(item)
            self._ready.notify()

    def take(self, timeout_s: float) -> tuple[T, int] | None:
        """The oldest item that waits, and how many were dropped before it since the last call.

        None when nothing came within ``timeout_s`` seconds, or the mailbox is closed and empty.
        """
        deadline = time.monotonic() + timeout_s
        with self._ready:
            while not self._items:
                left = deadline - time.monotonic()
                if self._closed or left <= 0:
                    return None
                self._ready.wait(left)
            lost, self._lost = self._lost, 0
            return self._items.popleft(), lost

    def clear(self) -> None:
        """Forget what waits; nothing of it counts as dropped."""
        with self._ready:
            self._items.clear()
            self._lost = 0

    def close(self) -> None:
        """No more items will come; a waiting ``take`` returns."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    @property
    def finished(self) -> bool:
        """Closed, and everything taken."""
        with self._ready:
            return self._closed and not self._items
