"""A day as sums: nothing of when within it, nothing of what was said, seen or heard."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt

from edge.affect import EMOTIONS, Sense

LONGEST_S = 25 * 3600.0
"""Seconds of the longest day, the one on which summer time ends: a clock that stood still can't make it longer."""
MOODS_A_DAY = 24
"""Taps kept of one day; of more, the newest."""
LEAST_MOOD, MOST_MOOD = 1, 5


@dataclass(slots=True)
class Sums:
    """Time-weighted sums over some States. They add up, so a day may be written piece by piece.

    ``told`` has seconds per label in the order of EMOTIONS. Valence and arousal are summed over told seconds only: of
    a moment of which the device says nothing it says nothing here either.
    """

    seen_s: float = 0.0
    told: list[float] = field(default_factory=lambda: [0.0] * len(EMOTIONS))
    valence: float = 0.0
    valence_squares: float = 0.0
    arousal: float = 0.0
    arousal_squares: float = 0.0

    def add(self, seconds: float, label: int | None, valence: float, arousal: float) -> None:
        """Count ``seconds`` of one State; ``label`` is an index into EMOTIONS, None for unsure."""
        self.seen_s += seconds
        if label is None:
            return
        self.told[label] += seconds
        self.valence += seconds * valence
        self.valence_squares += seconds * valence * valence
        self.arousal += seconds * arousal
        self.arousal_squares += seconds * arousal * arousal

    def merge(self, other: Sums) -> None:
        """Add what ``other`` has."""
        self.seen_s += other.seen_s
        self.told = [ours + theirs for ours, theirs in zip(self.told, other.told, strict=True)]
        self.valence += other.valence
        self.valence_squares += other.valence_squares
        self.arousal += other.arousal
        self.arousal_squares += other.arousal_squares

    @property
    def told_s(self) -> float:
        """Seconds in which a feeling was told."""
        return sum(self.told)


@dataclass(frozen=True, slots=True)
class Day:
    """What is known of one day. Means and deviations are None where nothing was told; shares sum to 1 with unsure.

    ``minutes`` were seen, ``told_minutes`` of them with a label. ``mood`` is the mean of the day's taps, 1 to 5.
    """

    minutes: float
    told_minutes: float
    valence: float | None
    valence_sd: float | None
    arousal: float | None
    arousal_sd: float | None
    shares: tuple[float, ...]
    unsure: float
    episodes: int
    moods: tuple[int, ...]

    @property
    def mood(self) -> float | None:
        """Mean of the taps; None without any."""
        return sum(self.moods) / len(self.moods) if self.moods else None


def day_of(sums: Sums, episodes: int, moods: tuple[int, ...]) -> Day:
    """The sums as means, standard deviations and shares."""
    told_s, seen_s = sums.told_s, sums.seen_s
    valence = arousal = valence_sd = arousal_sd = None
    if told_s > 0:
        valence, valence_sd = _moments(sums.valence, sums.valence_squares, told_s)
        arousal, arousal_sd = _moments(sums.arousal, sums.arousal_squares, told_s)
    shares = tuple(seconds / seen_s if seen_s > 0 else 0.0 for seconds in sums.told)
    return Day(
        minutes=seen_s / 60,
        told_minutes=told_s / 60,
        valence=valence,
        valence_sd=valence_sd,
        arousal=arousal,
        arousal_sd=arousal_sd,
        shares=shares,
        unsure=max(0.0, 1 - sum(shares)) if seen_s > 0 else 0.0,
        episodes=episodes,
        moods=moods,
    )


def _moments(total: float, squares: float, weight: float) -> tuple[float, float]:
    """Weighted mean and standard deviation."""
    mean = total / weight
    return mean, sqrt(max(0.0, squares / weight - mean * mean))


@dataclass(frozen=True, slots=True)
class Span:
    """Half a minute or so, summed up, all of it from the same senses.

    Times are CLOCK_MONOTONIC nanoseconds; which day that is, is for whoever has a calendar.
    """

    start_ns: int
    end_ns: int
    senses: frozenset[Sense]
    sums: Sums
