"""Latencies of the last few thousand events per kind, in memory that is made once."""

from __future__ import annotations

from array import array

KEPT = 4096
"""Values per kind; older ones are overwritten, so that the figures are those of the recent past."""


class Latencies:
    """Nearest-rank percentiles of durations in milliseconds. One writer per kind."""

    def __init__(self) -> None:
        self._rings: dict[str, array[float]] = {}
        self._counts: dict[str, int] = {}
        self._sums: dict[str, float] = {}

    def record(self, kind: str, milliseconds: float) -> None:
        """Add one duration."""
        if kind not in self._rings:
            self._counts[kind] = 0
            self._sums[kind] = 0.0
            self._rings[kind] = array("d", bytes(8 * KEPT))
        count = self._counts[kind]
        self._rings[kind][count % KEPT] = milliseconds
        self._counts[kind] = count + 1
        self._sums[kind] += milliseconds

    def total(self, kind: str) -> tuple[int, float]:
        """How many were recorded since the start, and their sum in milliseconds."""
        return self._counts.get(kind, 0), self._sums.get(kind, 0.0)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind that was recorded, in the order of its first duration."""
        return tuple(self._rings)

    def percentiles(self, kind: str) -> dict[str, float] | None:
        """``{"p50", "p95", "p99"}`` in milliseconds, or None when nothing was recorded."""
        count = min(self._counts.get(kind, 0), KEPT)
        if count == 0:
            return None
        ordered = sorted(self._rings[kind][:count])
        return {f"p{rank}": round(percentile(ordered, rank), 3) for rank in (50, 95, 99)}


def percentile(ordered: list[float], rank: int) -> float:
    """Nearest-rank percentile of a sorted, non-empty list."""
    return ordered[max(0, -(-rank * len(ordered) // 100) - 1)]
