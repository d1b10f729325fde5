"""What the tests of wellbeing share: clocks that are turned by hand, spans, and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from edge.affect import EMOTIONS, Affect, Emotion, Sense, State
from edge.outlets.calendar import Clocks
from edge.understanding.wellbeing.day import Day, Span, Sums, day_of

SECOND = 1_000_000_000
START = date(2026, 1, 5)
"""A Monday."""


@dataclass
class Hands:
    """Three clocks. ``run`` moves all of them, ``sleep`` is a suspension, ``set`` is somebody setting the clock."""

    wall: float
    monotonic: int = 1000 * SECOND
    boot: int = 5000 * SECOND

    @classmethod
    def at(cls, *when: int, zone: str = "UTC") -> Hands:
        return cls(datetime(*when, tzinfo=ZoneInfo(zone)).timestamp())  # type: ignore[arg-type, misc]

    def clocks(self) -> Clocks:
        return Clocks(lambda: self.monotonic, lambda: self.boot, lambda: self.wall)

    def run(self, seconds: float) -> None:
        self.monotonic += int(seconds * SECOND)
        self.sleep(seconds)

    def sleep(self, seconds: float) -> None:
        self.boot += int(seconds * SECOND)
        self.wall += seconds

    def set(self, by: float) -> None:
        self.wall += by

    def utc(self) -> datetime:
        return datetime.fromtimestamp(self.wall, UTC)


def span(hands: Hands, seconds: float = 30.0, valence: float = 0.2, *senses: Sense) -> Span:
    """One that ends now, all of it happy."""
    sums = Sums()
    sums.add(seconds, EMOTIONS.index(Emotion.HAPPY), valence, 0.1)
    used = frozenset(senses or (Sense.FACE,))
    return Span(hands.monotonic - int(seconds * SECOND), hands.monotonic, used, sums)


def state(at_s: float, label: Emotion | None = Emotion.HAPPY, *senses: Sense) -> State:
    used = senses or (Sense.FACE,)
    emotion = label or Emotion.NEUTRAL
    affect = Affect.of(tuple(0.94 if e is emotion else 0.01 for e in Emotion))
    return State(int(at_s * SECOND), label, affect, None, tuple((s, 1 / len(used)) for s in used), (), ())


def nobody(at_s: float) -> State:
    affect = Affect.of((1 / len(EMOTIONS),) * len(EMOTIONS))
    return State(int(at_s * SECOND), None, affect, "nothing to go by", (), (), ())


def day(valence: float, minutes: float = 60.0, moods: tuple[int, ...] = ()) -> Day:
    sums = Sums()
    sums.add(minutes * 60, EMOTIONS.index(Emotion.HAPPY), valence, 0.1)
    return day_of(sums, 1, moods)


def run_of(values: list[float], start: date = START) -> dict[date, float]:
    return {start + timedelta(days=index): value for index, value in enumerate(values)}
