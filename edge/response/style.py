"""How a reply is spoken: rate, pitch and volume from the person's State and the strategy."""

from __future__ import annotations

from edge.affect import Emotion, State, Style
from edge.response.strategy import Strategy

TOWARDS: dict[Emotion, Style] = {
    # Anger and fear are met with the opposite of their own voice (fast, high, loud): slower, a little lower, softer.
    Emotion.ANGRY: Style(rate=0.88, pitch=-1.5, volume=0.82),
    Emotion.FEAR: Style(rate=0.86, pitch=-1.0, volume=0.85),
    # Sadness is slow, low and soft; the answer goes along halfway, so that it neither drags down nor jars.
    Emotion.SAD: Style(rate=0.92, pitch=-0.5, volume=0.88),
    # Joy is shared, with less of it than the person's own.
    Emotion.HAPPY: Style(rate=1.05, pitch=1.0, volume=1.0),
    Emotion.SURPRISE: Style(rate=1.0, pitch=0.5, volume=0.97),
    Emotion.DISGUST: Style(rate=0.97, pitch=-0.5, volume=0.95),
    Emotion.NEUTRAL: Style(),
}
"""Directions after Juslin & Laukka (2003), Communication of emotions in vocal expression and music performance,
Psychological Bulletin 129(5): anger and fear are fast and high, tenderness is slow, low and soft, joy is fast and high.
Sizes are ours: a semitone and a tenth of the rate are just clearly heard (Quené 2007: 5 % of the rate is noticed)."""

PACE: dict[Strategy, float] = {Strategy.REASSURE: 0.96, Strategy.SUGGEST: 0.97, Strategy.QUESTION: 1.0}
"""Factor on the rate: what is meant to calm or to be thought over is said a little slower."""
LEAST_CAR_VOLUME = 1.0
"""Softness is lost in road noise: in a car the volume never goes below the voice's usual."""


def style_for(state: State, strategy: Strategy, context: str) -> Style:
    """Style of a reply to ``state``: the emotion's own, drawn towards the usual voice as confidence falls."""
    full = TOWARDS[state.label] if state.label is not None else Style()
    part = min(1.0, max(0.0, state.confidence)) ** 0.5
    volume = 1.0 + (full.volume - 1.0) * part
    if context == "car":
        volume = max(volume, LEAST_CAR_VOLUME)
    rate = (1.0 + (full.rate - 1.0) * part) * PACE.get(strategy, 1.0)
    return Style(rate=round(rate, 3), pitch=round(full.pitch * part, 2), volume=round(volume, 3))
