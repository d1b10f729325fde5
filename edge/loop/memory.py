"""One heap from the start, and giving memory back after a failure.

Measured on a lane whose model failed six times: 112 → 138 MiB, of which 0 by the collector and 23.5 by ``malloc_trim``;
one whose camera was lost six times: 112 → 121.5 MiB, 2.5 by the collector, 9 by ``malloc_trim``.
"""

from __future__ import annotations

import ctypes
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_LIBC = ctypes.CDLL(None)
_TRIM = getattr(_LIBC, "malloc_trim", None)
"""glibc's; musl has none, and needs none."""
_SET = getattr(_LIBC, "mallopt", None)
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
"""From glibc's malloc.h."""
LARGE_BYTES = 1 << 18
"""What is larger lies in pages of its own, which go back to the system when it is freed: pictures and models leave no
holes. Nothing of that size is made for each frame, so it costs no time (CPU share with 1 MiB 28.1 and
25.4 %, with this 28.4 and 27.9 %, in turn, on a slow day of a shared machine)."""


def one_heap() -> None:
    """Keep one heap for all threads; to be called before there are any. mallopt(3); does nothing without glibc.

    glibc gives each thread a heap of its own, up to eight for each core, and raises the size from which it asks for
    pages to that of the largest block it ever saw freed, such as a model. Threads and models that come and go then
    leave holes all over: 8.5 MiB/h in a soak of 30 minutes with a failure every 20 s.
    """
    if _SET is not None:
        _SET(_M_ARENA_MAX, 1)
        _SET(_M_MMAP_THRESHOLD, LARGE_BYTES)


def give_back() -> None:
    """Return what was freed to the system, after collecting what only holds itself. Took 9 ms here.

    An error and the frames that it passed may hold each other, and with them pictures and models; a device makes so
    little other garbage that the collector would leave those for hours. And glibc keeps the heap of a released model
    (malloc_trim(3)), into which the next one does not always fit.
    """
    gc.collect()
    if _TRIM is not None:
        _TRIM(0)


class Tidy:
    """Gives back once more when a failure is over, as its thread, its error and its frames may outlive the restart."""

    SETTLED_S = 10.0
    """After the last failure: by then what failed is gone, and what took its place has all it needs."""

    def __init__(self, give: Callable[[], None] = give_back) -> None:
        self._give = give
        self._seen = 0
        self._since_s: float | None = None

    def look(self, failures: int, now_s: float) -> None:
        """Take note of all failures since the start, and give back when the last one is over."""
        if failures != self._seen:
            self._seen, self._since_s = failures, now_s
        elif self._since_s is not None and now_s - self._since_s >= self.SETTLED_S:
            self._since_s = None
            self._give()
