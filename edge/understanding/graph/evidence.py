"""An event as evidence: where the words leave a doubt, what people mostly feel about such an event moves it a little.

The mixture is linear, so that the event never has more than its share, and only the first event counts. Whether that
helps was measured (docs/understanding/graph.md): it does in Chinese, where the text model is weak; in English it does
not, and the weight is 0. Where the text sense abstains, events guessed no better than chance, and nothing is said.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge.affect import CIRCUMPLEX, EMOTIONS, Affect, Cue, Language, Reading

if TYPE_CHECKING:
    from edge.understanding.graph.graph import Found
    from edge.understanding.graph.settings import GraphSettings

STRENGTH = 0.4
"""How notable it is that an event was told of: worth saying, but less than a word that decided."""


def with_events(reading: Reading, found: tuple[Found, ...], language: Language, settings: GraphSettings) -> Reading:
    """``reading`` of words that tell of ``found``: with a cue for each event, and moved by the first, if it counts.

    The cue's phrase is ours, but an event tells much of a person: it is marked as a quote and stays on the device.
    """
    if not found:
        return reading
    cues = (*reading.cues, *(event_cue(one) for one in found))
    weight = settings.weight_en if language is Language.EN else settings.weight_zh
    affect = reading.affect
    if affect is not None and weight > 0 and affect.confidence < settings.below:
        affect = mixed(affect, found[0].event.feel, weight)
    return replace(reading, affect=affect, cues=cues)


def event_cue(found: Found) -> Cue:
    """The sign that an event was told of; its value is how likely people feel what they mostly feel about it."""
    phrase = f"about {found.say} (may matter: {found.need})"
    return Cue("event", max(found.event.feel), "", phrase, STRENGTH, quotes=True)


def mixed(affect: Affect, feel: tuple[float, ...], weight: float) -> Affect:
    """``affect`` with ``weight`` of it replaced by the distribution ``feel``, valence and arousal likewise."""
    pairs = [CIRCUMPLEX[emotion] for emotion in EMOTIONS]
    valence = sum(p * v for p, (v, _) in zip(feel, pairs, strict=True))
    arousal = sum(p * a for p, (_, a) in zip(feel, pairs, strict=True))
    return Affect(
        tuple((1 - weight) * p + weight * q for p, q in zip(affect.probabilities, feel, strict=True)),
        (1 - weight) * affect.valence + weight * valence,
        (1 - weight) * affect.arousal + weight * arousal,
    )
