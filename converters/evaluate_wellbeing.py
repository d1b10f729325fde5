"""``python -m converters evaluate wellbeing``: how often a report about days is wrong, and how often right.

No data: days are simulated, in units of the deviation between days. Each day is ρ times the one before plus chance (an
autoregression of order 1), weekends lie higher, a quarter of the days is missing. The device's own code looks at them
every week, as the report does. The figures say nothing about feelings, only about the arithmetic.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.understanding.wellbeing.agreement import agreement
from edge.understanding.wellbeing.change import WINDOW, Change, change

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Series = NDArray[np.float64]

SEED = 20261128
SERIES = 1000
"""Series of six weeks per row; half the width of a 95 % interval of a share is then at most 3 points."""
YEARS = 200
PERSISTENCES = (0.0, 0.2, 0.4, 0.6)
MISSING = 0.25
WEEKEND = 0.5
"""How much higher days of rest lie."""
SIZES = (1.0, 2.0, 3.0)
"""By how much the level changes over six weeks."""
STEP_AT = 21
WEEKS = (2, 3, 4, 6)
"""Weeks after a step at which the report looks."""
FIRST = date(2026, 1, 5)
"""A Monday."""


def run(arguments: argparse.Namespace) -> int:
    """Print the figures. Takes about two minutes of one core."""
    found = evaluate(series=SERIES, years=YEARS)
    print(json.dumps(found) if arguments.json else table(found))
    return 0


def evaluate(series: int, years: int) -> dict[str, Any]:
    """All figures as plain data; shares lie in 0 to 1."""
    generator = np.random.default_rng(SEED)
    return {
        "series": series,
        "years": years,
        "false_alarms": [_false_alarms(generator, rho, series, years) for rho in PERSISTENCES],
        "power": [_power(generator, rho, size, series) for rho in (0.2, 0.4) for size in SIZES],
        "delay": [_delay(generator, rho, size, series // 2) for rho in (0.2, 0.4) for size in (2.0, 3.0)],
        "agreement": [_agreement(generator, true, days, series) for true in (0.0, 0.3, 0.6) for days in (14, 30, 60)],
    }


def days_of(generator: np.random.Generator, count: int, rho: float) -> Series:
    """``count`` days with unit deviation, each ρ times the one before plus chance, and higher at weekends."""
    values = np.empty(count)
    values[0] = generator.normal()
    for day, chance in enumerate(generator.normal(0, np.sqrt(1 - rho * rho), count - 1), start=1):
        values[day] = rho * values[day - 1] + chance
    resting = np.array([(FIRST + timedelta(days=day)).isoweekday() > 5 for day in range(count)])  # noqa: PLR2004 - Saturday
    return values + WEEKEND * resting


def look(values: Series, seen: NDArray[np.bool_], first: int = 0) -> Change:
    """What the device makes of some days."""
    return change({FIRST + timedelta(days=first + day): float(v) for day, v in enumerate(values) if seen[day]})


def _seen(generator: np.random.Generator, count: int) -> NDArray[np.bool_]:
    return generator.random(count) >= MISSING


def _looks(generator: np.random.Generator, rho: float, series: int, shape: Callable[[int], Series]) -> Iterator[Change]:
    for _ in range(series):
        yield look(days_of(generator, WINDOW, rho) + shape(WINDOW), _seen(generator, WINDOW))


def _false_alarms(generator: np.random.Generator, rho: float, series: int, years: int) -> dict[str, float]:
    """Nothing changes: how often is a change told, in a look and in a year of weekly looks?"""
    once = [found.told is not None for found in _looks(generator, rho, series, np.zeros)]
    told, weeks = [], []
    for _ in range(years):
        count = 365 + WINDOW
        values, seen = days_of(generator, count, rho), _seen(generator, count)
        alarms = [
            look(values[end - WINDOW : end], seen[end - WINDOW : end], end - WINDOW).told is not None
            for end in range(WINDOW, count + 1, 7)
        ]
        weeks.append(sum(alarms))
        told.append(sum(now and not before for before, now in zip([False, *alarms], alarms, strict=False)))
    return {
        "persistence": rho,
        "look": float(np.mean(once)),
        "year": float(np.mean(told)),
        "year_weeks": float(np.mean(weeks)),
        "years_without": float(np.mean([count == 0 for count in weeks])),
    }


def _power(generator: np.random.Generator, rho: float, size: float, series: int) -> dict[str, float]:
    """A line over six weeks, and a step in their middle: how often is it told, and as what it is?"""
    lines = list(_looks(generator, rho, series, lambda count: np.linspace(0, size, count).astype(np.float64)))
    steps = list(
        _looks(
            generator, rho, series, lambda count: np.where(np.arange(count) >= STEP_AT, size, 0.0).astype(np.float64)
        )
    )
    covered = [
        found.slope.low <= 7 * size / (WINDOW - 1) <= found.slope.high for found in lines if found.slope is not None
    ]
    return {
        "persistence": rho,
        "size": size,
        "line": float(np.mean([found.told is not None for found in lines])),
        "line_as_trend": _share([found.told == "trend" for found in lines if found.told]),
        "line_covered": _share(covered),
        "step": float(np.mean([found.told is not None for found in steps])),
        "step_as_step": _share([found.told == "step" for found in steps if found.told]),
        "wrong_way": _share([found.downwards for found in [*lines, *steps] if found.told]),
    }


def _share(of: list[bool]) -> float:
    return float(np.mean(of)) if of else 0.0


def _delay(generator: np.random.Generator, rho: float, size: float, series: int) -> dict[str, Any]:
    """A step that lasts: the share of series in which a weekly report has told of it within so many weeks."""
    within = dict.fromkeys(WEEKS, 0)
    for _ in range(series):
        count = 2 * WINDOW
        values, seen = days_of(generator, count, rho) + size * (np.arange(count) >= WINDOW), _seen(generator, count)
        for week in range(1, max(WEEKS) + 1):
            end = WINDOW + 7 * week
            if look(values[end - WINDOW : end], seen[end - WINDOW : end], end - WINDOW).told is not None:
                for limit in WEEKS:
                    within[limit] += week <= limit
                break
    return {"persistence": rho, "size": size, "within": {str(week): count / series for week, count in within.items()}}


def _agreement(generator: np.random.Generator, true: float, days: int, series: int) -> dict[str, float]:
    """Taps from 1 to 5 that go with what was read by ``true``: is Spearman's ρ inside the interval, and is it told?"""
    target = _spearman_of_taps(true)
    inside, told = 0, 0
    for _ in range(series):
        read, other = (days_of(generator, days, 0.3) for _ in range(2))
        taps = _taps(true * read + np.sqrt(1 - true * true) * other)
        dates = [FIRST + timedelta(days=day) for day in range(days)]
        rho = agreement(dict(zip(dates, read.tolist(), strict=True)), dict(zip(dates, taps.tolist(), strict=True))).rho
        if rho is not None:
            inside += rho.low <= target <= rho.high
            told += rho.leaves_zero
    return {"correlation": true, "days": days, "spearman": target, "covered": inside / series, "told": told / series}


def _taps(felt: Series) -> Series:
    """One to five: most days a 3 or a 4."""
    return np.clip(np.round(3.4 + 0.9 * felt), 1, 5)


@cache
def _spearman_of_taps(true: float) -> float:
    """Spearman's ρ of the same taps over very many days."""
    from scipy import stats

    generator = np.random.default_rng(SEED)
    read, other = (days_of(generator, 20_000, 0.3) for _ in range(2))
    return round(float(stats.spearmanr(read, _taps(true * read + np.sqrt(1 - true * true) * other)).statistic), 3)


def table(found: dict[str, Any]) -> str:
    """The figures for a reader."""
    lines = [
        f"Nothing changes ({found['series']} looks, {found['years']} years of weekly looks a row)",
        f"{'day to day':>10} {'told in a look':>15} {'times a year':>13} {'weeks a year':>13} {'years without':>14}",
    ]
    lines += [
        f"{row['persistence']:10.1f} {row['look']:15.1%} {row['year']:13.2f} {row['year_weeks']:13.2f} "
        f"{row['years_without']:14.0%}"
        for row in found["false_alarms"]
    ]
    lines += [
        "",
        "Something changes by so many daily deviations in six weeks",
        "day to day  size  line told  as trend  covered  step told  as step  wrong way",
    ]
    lines += [
        f"{row['persistence']:10.1f} {row['size']:5.1f} {row['line']:10.0%} {row['line_as_trend']:9.0%} "
        f"{row['line_covered']:8.1%} {row['step']:10.0%} {row['step_as_step']:8.0%} {row['wrong_way']:10.1%}"
        for row in found["power"]
    ]
    lines += ["", "A step is told within so many weeks", f"{'day to day':>10} {'size':>5} " + _cells(WEEKS)]
    lines += [
        f"{row['persistence']:10.1f} {row['size']:5.1f} " + _cells(f"{share:.0%}" for share in row["within"].values())
        for row in found["delay"]
    ]
    lines += [
        "",
        "Taps from 1 to 5 beside what was read, 95 % intervals",
        f"{'true r':>7} {'Spearman':>9} {'days':>5} {'covered':>8} {'told':>6}",
    ]
    lines += [
        f"{row['correlation']:7.1f} {row['spearman']:9.2f} {row['days']:5} {row['covered']:8.1%} {row['told']:6.0%}"
        for row in found["agreement"]
    ]
    return "\n".join(lines)


def _cells(values: Any) -> str:  # noqa: ANN401 - numbers or words
    return " ".join(f"{value!s:>5}" for value in values)
