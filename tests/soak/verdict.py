"""The bars of the soak, and what was measured against them."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from edge.loop.latency import percentile
from tests.soak.faults import WELL
from tests.soak.watch import SENSES

if TYPE_CHECKING:
    from tests.soak.watch import Seen

MOST_SLOPE = 1.0
"""MiB an hour after warm-up."""
MOST_CHANGE = 0.10
"""Of the p95 between the first and the last minutes."""
FRESH_S = 2.0
WINDOW_S = 300.0
WARM_S = 300.0
"""Warm-up and windows are 5 minutes; of a shorter run a quarter."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what was wanted, what was found, whether it is met."""

    name: str
    wanted: str
    found: str
    met: bool


def slope_per_hour(points: list[tuple[float, float]]) -> float | None:
    """Median of the slopes through all pairs of (seconds, MiB) points, per hour; None with fewer than three points.

    Source: H. Theil, A rank-invariant method of linear and polynomial regression analysis (1950); P. K. Sen, Estimates
    of the regression coefficient based on Kendall's tau, JASA 63 (1968). A burst that goes away does not move it.
    """
    if len(points) < 3:
        return None
    return 3600 * statistics.median((y - x) / (t - s) for (s, x), (t, y) in combinations(points, 2) if t > s)


def p95(values: list[float]) -> float | None:
    """Nearest rank; None of nothing."""
    return percentile(sorted(values), 95) if values else None


def verdict(seen: Seen, begin: float, end: float) -> list[Bar]:
    """Every bar of the soak over the span in seconds of CLOCK_MONOTONIC."""
    quarter = (end - begin) / 4
    warm, window = min(WARM_S, quarter), min(WINDOW_S, quarter)
    slope = slope_per_hour([(at, mib) for at, mib in seen.rss if at >= begin + warm])
    bars = [
        Bar(
            "RSS slope after warm-up",
            f"≤ {MOST_SLOPE:g} MiB/h",
            "too few points" if slope is None else f"{slope:+.2f} MiB/h",
            slope is not None and slope <= MOST_SLOPE,
        )
    ]
    for sense in SENSES:
        mine = [(at, ms) for at, kind, ms in seen.latencies if kind == sense]
        first = p95([ms for at, ms in mine if begin <= at < begin + window])
        last = p95([ms for at, ms in mine if end - window <= at <= end])
        known = first is not None and last is not None
        found = f"{first:.1f} → {last:.1f} ms" if known else "nothing was measured"
        met = first is not None and last is not None and last <= first * (1 + MOST_CHANGE)
        bars.append(
            Bar(f"p95 {sense}, last against first {window:.0f} s", f"at most {MOST_CHANGE:.0%} more", found, met)
        )
    final = seen.samples[-1].states if seen.samples else {}
    lost = [sense for sense in SENSES if final.get(sense) not in WELL]
    bars.append(Bar("no lane is lost", "running at the end", str(final), not lost))
    stale = [age for _, age, claims in seen.ages if claims and age > FRESH_S]
    oldest = max((age for _, age, claims in seen.ages if claims), default=None)
    told = (
        "nothing was published"
        if oldest is None
        else f"oldest {oldest:.2f} s, {len(stale)} of {len(seen.ages)} too old"
    )
    bars.append(
        Bar("no State is published as fresh when older", f"≤ {FRESH_S:g} s", told, oldest is not None and not stale)
    )
    return bars


def against_young(old: Seen, young: Seen, end: float) -> list[Bar]:
    """The last minutes of an old device against those of a young one, which had the same faults at the same times.

    A machine whose own speed changes says nothing by the difference between two times; this it says.
    """
    bars = []
    for sense in SENSES:
        found = [
            sorted(ms for at, kind, ms in seen.latencies if kind == sense and end - WINDOW_S <= at <= end)
            for seen in (old, young)
        ]
        name, wanted = f"p95 {sense}, old against young in the last {WINDOW_S:.0f} s", f"at most {MOST_CHANGE:.0%} more"
        if not all(found):
            bars.append(Bar(name, wanted, "nothing was measured", met=False))
            continue
        (mine, its), (middle, its_middle) = ([percentile(values, rank) for values in found] for rank in (95, 50))
        told = f"{its:.1f} → {mine:.1f} ms (p50 {its_middle:.1f} → {middle:.1f})"
        bars.append(Bar(name, wanted, told, mine <= its * (1 + MOST_CHANGE)))
    return bars


def by_minute(seen: Seen, begin: float, end: float) -> list[dict[str, Any]]:
    """Of each minute and sense how many latencies, their p50 and p95 in ms; and what of the memory is in no file."""
    found = []
    for minute in range(int((end - begin) // 60)):
        low, high = begin + 60 * minute, begin + 60 * (minute + 1)
        row: dict[str, Any] = {"minute": minute}
        for sense in SENSES:
            mine = sorted(ms for at, kind, ms in seen.latencies if kind == sense and low <= at < high)
            row[sense] = [len(mine), *(round(percentile(mine, rank), 2) for rank in (50, 95) if mine)]
        weighed = [mib for at, mib in seen.anonymous if low <= at < high]
        row["anonymous_mib"] = round(statistics.median(weighed), 2) if weighed else None
        found.append(row)
    return found


def record(bar: Bar) -> dict[str, Any]:
    """A bar as plain data."""
    return {"name": bar.name, "wanted": bar.wanted, "found": bar.found, "met": bar.met}
