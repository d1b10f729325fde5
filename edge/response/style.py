"""How a reply is spoken and looks by the tables alone: what stands in where the expression model cannot be had.

Where it can, these are half of what it is mixed with; see ``edge.response.expression``.
"""

from __future__ import annotations

from dataclasses import fields

from edge.affect import Emotion, Look, Style
from edge.response.strategy import Strategy

TOWARDS: dict[Emotion, Style] = {
    # Anger and fear are met with the opposite of their own voice (fast, high, loud): slower, a little lower, softer.
    Emotion.ANGRY: Style(rate=0.88, pitch=-1.5, volume=0.82, melody=0.88, pause=1.15),
    Emotion.FEAR: Style(rate=0.86, pitch=-1.0, volume=0.85, melody=0.88, pause=1.2),
    # Sadness is slow, low and soft; the answer goes along halfway, so that it neither drags down nor jars.
    Emotion.SAD: Style(rate=0.92, pitch=-0.5, volume=0.88, melody=0.92, pause=1.15),
    # Joy is shared, with less of it than the person's own.
    Emotion.HAPPY: Style(rate=1.05, pitch=1.0, volume=1.0, melody=1.15, pause=0.95),
    Emotion.SURPRISE: Style(rate=1.0, pitch=0.5, volume=0.97, melody=1.05),
    Emotion.DISGUST: Style(rate=0.97, pitch=-0.5, volume=0.95, melody=0.95, pause=1.05),
    Emotion.NEUTRAL: Style(),
}
"""Directions after Juslin & Laukka (2003), Communication of emotions in vocal expression and music performance,
Psychological Bulletin 129(5): anger and fear are fast and high, tenderness is slow, low and soft, joy is fast and high.
Sizes are ours: a semitone and a tenth of the rate are just clearly heard (Quené 2007: 5 % of the rate is noticed)."""

LOOKS: dict[Emotion, Look] = {
    # An angry or a frightened face is not given back: attentive, a little concerned, no smile that would mock.
    Emotion.ANGRY: Look(brows=0.05, inner_brows=0.2, lids=-0.05),
    Emotion.FEAR: Look(brows=0.05, inner_brows=0.3, lids=-0.05, smile=0.1),
    Emotion.DISGUST: Look(inner_brows=0.15),
    Emotion.SAD: Look(inner_brows=0.5, lids=-0.2, smile=-0.15),
    Emotion.HAPPY: Look(brows=0.15, lids=-0.15, smile=0.65, mouth=0.1),
    Emotion.SURPRISE: Look(brows=0.4, inner_brows=0.2, lids=0.3, mouth=0.15),
    Emotion.NEUTRAL: Look(smile=0.1),
}
"""After the units of FACS (Ekman & Friesen 1978): joy 6 and 12, surprise 1, 2 and 5; concern is 1 alone. Sizes are
ours."""

PACE: dict[Strategy, float] = {Strategy.REASSURE: 0.96, Strategy.SUGGEST: 0.97, Strategy.QUESTION: 1.0}
"""Factor on the rate: what is meant to calm or to be thought over is said a little slower."""
LEAST_CAR_VOLUME = 1.0
"""Softness is lost in road noise: in a car the volume never goes below the voice's usual."""


def style_for(label: Emotion | None, confidence: float, strategy: Strategy, context: str) -> Style:
    """Style of a reply to ``label``: the emotion's own, drawn towards the usual voice as confidence falls."""
    full = TOWARDS[label] if label is not None else Style()
    return placed(damped(full, confidence), strategy, context)


def damped(full: Style, confidence: float) -> Style:
    """``full`` where the State is sure, and as far towards the usual voice as it is not."""
    part, usual = trust(confidence), Style()
    return Style(*(getattr(usual, n) + part * (getattr(full, n) - getattr(usual, n)) for n in names(Style)))


def placed(style: Style, strategy: Strategy, context: str) -> Style:
    """``style`` at the strategy's pace, never softer than usual in a car, and rounded to what can be heard."""
    volume = max(style.volume, LEAST_CAR_VOLUME) if context == "car" else style.volume
    return Style(
        rate=round(style.rate * PACE.get(strategy, 1.0), 3),
        pitch=round(style.pitch, 2),
        volume=round(volume, 3),
        melody=round(style.melody, 3),
        pause=round(style.pause, 3),
    )


def look_for(full: Look, confidence: float) -> Look:
    """``full`` where the State is sure, and as far towards rest as it is not; rounded."""
    part = trust(confidence)
    return Look(*(round(part * getattr(full, name), 3) for name in names(Look)))


def trust(confidence: float) -> float:
    """How much of an emotion is answered to, in [0, 1], at a State's confidence: its square root."""
    return float(min(1.0, max(0.0, confidence)) ** 0.5)


def names(kind: type[Style | Look]) -> tuple[str, ...]:
    """The fields of a Style or a Look in their order."""
    return tuple(field.name for field in fields(kind))
