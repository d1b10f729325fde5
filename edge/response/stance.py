"""Whether a reply goes along with how somebody feels or against it: the strategy's choice, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from edge.affect import EMOTIONS, Emotion, Look, Style
from edge.response.strategy import Strategy


class Stance(StrEnum):
    """How voice and face of a reply stand to the person's own."""

    STEADY = "steady"
    """The device's usual voice and a resting face, as alive as any."""
    MIRROR = "mirror"
    """The person's own emotion, with less of it."""
    HALFWAY = "halfway"
    """The same, half as much: near enough not to jar, far enough not to drag along."""
    CALM = "calm"
    """Slow, low and soft, with longer pauses, whatever the person's own voice is like."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: when all that it names holds, this is the stance."""

    why: str
    stance: Stance
    labels: frozenset[Emotion | None] = frozenset((*EMOTIONS, None))
    strategies: frozenset[Strategy] = frozenset(Strategy)
    contexts: frozenset[str] | None = None

    def matches(self, strategy: Strategy, label: Emotion | None, context: str) -> bool:
        """Whether every condition holds."""
        here = self.contexts is None or context in self.contexts
        return here and label in self.labels and strategy in self.strategies


STIRRED = frozenset({Emotion.ANGRY, Emotion.FEAR, Emotion.DISGUST})
RESERVED = frozenset({"car", "service"})
"""A driver is not stirred up, and a stranger at a counter not grinned at."""

ROWS: tuple[Row, ...] = (
    Row("nothing is clear, so nothing is gone along with", Stance.STEADY, frozenset({Emotion.NEUTRAL, None})),
    Row("what is meant to calm is said calmly", Stance.CALM, STIRRED | {Emotion.SAD, Emotion.SURPRISE},
        frozenset({Strategy.REASSURE})),
    Row("a raised voice is not met with one", Stance.CALM, STIRRED),
    Row("a fact is told plainly", Stance.STEADY, strategies=frozenset({Strategy.INFORM})),
    Row("sadness is met halfway", Stance.HALFWAY, frozenset({Emotion.SAD})),
    Row("a surprise may be a bad one", Stance.HALFWAY, frozenset({Emotion.SURPRISE})),
    Row("joy, where reserve is in place", Stance.HALFWAY, frozenset({Emotion.HAPPY}), contexts=RESERVED),
    Row("joy is shared", Stance.MIRROR, frozenset({Emotion.HAPPY})),
)  # fmt: skip
"""Read from the top, the first that matches decides."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """What a stance makes of a draw.

    Attributes:
        draws: the emotion that is drawn; None: the person's own.
        voice: part of the drawn voice: actors of full-blown emotion speak far from anybody's usual.
        face: part of the drawn face.
        lowest, highest: the Style that it never leaves.
        least, most: the Look that it never leaves.
    """

    draws: Emotion | None
    voice: float
    face: float
    lowest: Style
    highest: Style
    least: Look
    most: Look


BEARINGS: dict[Stance, Bearing] = {
    Stance.STEADY: Bearing(
        Emotion.NEUTRAL,
        0.25,
        0.3,
        Style(rate=0.94, pitch=-0.7, volume=0.93, melody=0.85, pause=0.85),
        Style(rate=1.06, pitch=0.7, volume=1.0, melody=1.15, pause=1.2),
        Look(brows=-0.15, inner_brows=-0.1, lids=-0.15, smile=-0.1),
        Look(brows=0.2, inner_brows=0.2, lids=0.15, smile=0.25, mouth=0.1),
    ),
    Stance.MIRROR: Bearing(
        None,
        0.25,
        0.8,
        Style(rate=0.96, pitch=0.0, volume=0.95, melody=1.0, pause=0.8),
        Style(rate=1.1, pitch=2.0, volume=1.0, melody=1.35, pause=1.1),
        Look(brows=-0.1, inner_brows=-0.1, lids=-0.4, smile=0.1),
        Look(brows=0.5, inner_brows=0.4, lids=0.4, smile=0.8, mouth=0.35),
    ),
    Stance.HALFWAY: Bearing(
        None,
        0.2,
        0.5,
        Style(rate=0.86, pitch=-1.2, volume=0.84, melody=0.8, pause=0.85),
        Style(rate=1.05, pitch=1.2, volume=1.0, melody=1.2, pause=1.35),
        Look(brows=-0.15, inner_brows=-0.1, lids=-0.3, smile=-0.25),
        Look(brows=0.45, inner_brows=0.45, lids=0.35, smile=0.5, mouth=0.25),
    ),
    # Drawn from sadness, the one emotion whose voice is slow, low and flat with long pauses; the face is not sad.
    Stance.CALM: Bearing(
        Emotion.SAD,
        0.25,
        0.2,
        Style(rate=0.82, pitch=-2.0, volume=0.8, melody=0.75, pause=1.0),
        Style(rate=0.97, pitch=0.0, volume=0.95, melody=1.0, pause=1.4),
        Look(brows=-0.05, inner_brows=0.0, lids=-0.25, smile=-0.1),
        Look(brows=0.25, inner_brows=0.4, lids=0.1, smile=0.2, mouth=0.1),
    ),
}
"""Bounds by ear and eye: a semitone and a tenth of the rate are clearly heard (Quené 2007: 5 % of the rate is noticed),
and more than about two semitones or a sixth of the rate make the device's own voice another's."""


def stance_for(strategy: Strategy, label: Emotion | None, context: str) -> Stance:
    """The stance of the first row that matches; there always is one."""
    return next(row.stance for row in ROWS if row.matches(strategy, label, context))
