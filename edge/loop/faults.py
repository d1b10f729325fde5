"""What is not as it should be with a lane that works: its source, its model, its accelerator, its speed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HUNG_NS = 2_000_000_000
"""Nanoseconds in one call of a perceiver after which it counts as stuck; the slowest model takes a hundredth of it."""
WINDOW_NS = 10_000_000_000
"""Nanoseconds over which dropped signals are counted."""
MOST_DROPPED = 0.5
"""Part of the signals of a window that may be dropped because the perceiver was busy."""
LEAST_SIGNALS = 10
"""Signals that a window must have to be judged."""


@runtime_checkable
class Conditioned(Protocol):
    """A sensor, a perceiver or an accelerator that knows when it works, but not as it should."""

    def condition(self) -> str | None:
        """What is wrong, in words ("the picture is black"); None when all is well. Cheap, and from any thread."""
        ...


class Faults:
    """Looks at a lane from outside, on the loop's thread.

    Args:
        parts: those that are Conditioned are asked; the others have nothing to say.
        now_ns: CLOCK_MONOTONIC, or another clock for tests.
    """

    def __init__(self, parts: Iterable[object], now_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._parts = [part for part in parts if isinstance(part, Conditioned)]
        self._now_ns = now_ns
        self._busy_since_ns: int | None = None
        self._window_ns = now_ns()
        self._before = (0, 0)
        self._dropping = ""

    def begin(self) -> None:
        """The perceiver is called; to be told by its thread."""
        self._busy_since_ns = self._now_ns()

    def done(self) -> None:
        """It has returned or raised."""
        self._busy_since_ns = None

    def find(self, signals: int, dropped: int) -> str:
        """What is wrong, in words; "" when nothing is.

        Args:
            signals: that came since the start, dropped ones included.
            dropped: those that were given up because the perceiver was busy.
        """
        since_ns = self._busy_since_ns
        if since_ns is not None and self._now_ns() - since_ns > HUNG_NS:
            return f"perceiving hangs: one call has taken over {HUNG_NS / 1e9:g} s"
        for part in self._parts:
            told = part.condition()
            if told is not None:
                return told
        return self._drops(signals, dropped)

    def _drops(self, signals: int, dropped: int) -> str:
        now_ns = self._now_ns()
        if now_ns - self._window_ns >= WINDOW_NS:
            came, gone = signals - self._before[0], dropped - self._before[1]
            self._window_ns, self._before = now_ns, (signals, dropped)
            much = came >= LEAST_SIGNALS and gone > MOST_DROPPED * came
            self._dropping = "more than half of what comes is dropped: it comes faster than it is perceived"
            if not much:
                self._dropping = ""
        return self._dropping
