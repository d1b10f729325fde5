"""Yawns: a mouth that stays wide open for seconds. Talking and laughing open it, but not for so long."""

from __future__ import annotations

from edge.understanding.driver.settings import EASED, GAP_S, YAWN_OPENING, YAWNS_S
from edge.understanding.driver.window import Window


class Yawns:
    """Counts them over the last YAWNS_S seconds."""

    def __init__(self) -> None:
        self._counted = Window(YAWNS_S, 60, 1)
        self._last_s: float | None = None
        self._wide_at: float | None = None
        self._done = False

    def see(self, at_s: float, opening: float | None, yawn_s: float) -> None:
        """Height over width of the mouth at ``at_s`` seconds, None where it is not seen; how long a yawn takes."""
        last_s, self._last_s = self._last_s, at_s
        self._counted.to(at_s)
        gap = last_s is not None and at_s - last_s > GAP_S
        least = YAWN_OPENING * (EASED if self._wide_at is not None else 1.0)
        if opening is None or gap or opening < least:
            self._wide_at, self._done = None, False
            return
        if self._wide_at is None:
            self._wide_at = at_s
        if not self._done and at_s - self._wide_at >= yawn_s:
            self._counted.add(0, 1)
            self._done = True

    @property
    def count(self) -> int:
        """Yawns in the window."""
        return int(self._counted.sum(0))

    def break_off(self) -> None:
        """Time has jumped."""
        self._last_s = self._wide_at = None
        self._counted.clear()
