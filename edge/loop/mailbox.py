"""A mailbox of fixed size in which the newest wins."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Stands between two threads. A full mailbox drops its oldest item, and counts it, to make room for a new one.

    Any thread may put; one takes. It waits for a bell, a lock that whoever puts lets go of: to wake a thread that way
    takes a third of what a Condition takes, and every signal passes two mailboxes.
    """

    def __init__(self, capacity: int = 1) -> None:
        self.dropped = 0
        self._items: deque[T] = deque()
        self._capacity = capacity
        self._lost = 0
        self._closed = False
        self._lock = threading.Lock()
        self._bell = threading.Lock()
        self._bell.acquire()

    def put(self, item: T) -> None:
        """Add an item; never waits."""
        with self._lock:
            if len(self._items) >= self._capacity:
                self._items.popleft()
                self.dropped += 1
                self._lost += 1
            self._items.append(item)
            self._ring()
        os.sched_yield()  # lets go of the interpreter: whoever waited goes first, not after what this thread does next

    def take(self, timeout_s: float) -> tuple[T, int] | None:
        """The oldest item that waits, and how many were dropped before it since the last call.

        None when nothing came within ``timeout_s`` seconds, or the mailbox is closed and empty.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            with self._lock:
                if self._items:
                    lost, self._lost = self._lost, 0
                    return self._items.popleft(), lost
                if self._closed:
                    return None
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self._bell.acquire(timeout=left)

    def clear(self) -> None:
        """Forget what waits; nothing of it counts as dropped."""
        with self._lock:
            self._items.clear()
            self._lost = 0

    def close(self) -> None:
        """No more items will come; a waiting ``take`` returns."""
        with self._lock:
            self._closed = True
            self._ring()

    @property
    def finished(self) -> bool:
        """Closed, and everything taken."""
        with self._lock:
            return self._closed and not self._items

    def _ring(self) -> None:
        """Wake whoever waits, or let the next wait end at once; with the lock held."""
        if self._bell.locked():
            self._bell.release()
