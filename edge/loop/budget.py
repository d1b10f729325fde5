"""How often a lane may fail, and how long it pauses before it is started again."""

from __future__ import annotations

import threading
import time
from collections import deque

BACKOFF_S = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Pause before restart n; the last value repeats."""
RESTARTS_ALLOWED = 5
RESTARTS_WITHIN_S = 60.0
"""More than RESTARTS_ALLOWED in RESTARTS_WITHIN_S parks the lane (the watchdog rule of Frigate, for one)."""


class Budget:
    """Counts the failures of one lane. Safe to share between its threads."""

    def __init__(self) -> None:
        self._failures: deque[float] = deque(maxlen=RESTARTS_ALLOWED + 1)
        self._on_probation = False
        self._lock = threading.Lock()

    def spend(self) -> float | None:
        """It failed: seconds to pause before it is started again; None when it failed too often for that."""
        with self._lock:
            now = time.monotonic()
            self._failures.append(now)
            recent = sum(1 for at in self._failures if now - at <= RESTARTS_WITHIN_S)
            if self._on_probation or recent > RESTARTS_ALLOWED:
                return None
            return BACKOFF_S[min(recent, len(BACKOFF_S)) - 1]

    def grant_one(self) -> None:
        """It is tried once more; until it has worked, the next failure is one too many."""
        with self._lock:
            self._on_probation = True

    def worked(self) -> None:
        """It works: what failed before its probation is forgotten."""
        if self._on_probation:
            with self._lock:
                self._on_probation = False
                self._failures.clear()
