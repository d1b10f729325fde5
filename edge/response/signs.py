"""Which cue speaks for which emotion, so that no feeling is explained by a sign of another one.

Voice after Juslin & Laukka (2003), Communication of emotions in vocal expression and music performance, Psychological
Bulletin 129(5); face after Ekman & Friesen (1978), Facial Action Coding System, and its emotion prototypes (corners up:
joy; corners down: sadness; brows lowered: anger; brows raised and eyes wide: surprise and fear).
"""

from __future__ import annotations

from edge.affect import EMOTIONS, Cue, Emotion

ANGRY, DISGUST, FEAR, HAPPY = Emotion.ANGRY, Emotion.DISGUST, Emotion.FEAR, Emotion.HAPPY
SAD, SURPRISE, NEUTRAL = Emotion.SAD, Emotion.SURPRISE, Emotion.NEUTRAL
ALL = frozenset(EMOTIONS)

SPEAKS_FOR: dict[str, frozenset[Emotion]] = {
    # The words that moved the text's own decision.
    "words": ALL,
    "intensity": ALL - {NEUTRAL},
    "exclamation": ALL - {NEUTRAL, SAD},
    "smiling": frozenset({HAPPY}),
    "mouth corners down": frozenset({SAD, ANGRY, DISGUST}),
    "brows lowered": frozenset({ANGRY, DISGUST}),
    "brows raised": frozenset({SURPRISE, FEAR}),
    "eyes wide open": frozenset({SURPRISE, FEAR}),
    "head bowed": frozenset({SAD}),
    "low voice": frozenset({SAD, NEUTRAL}),
    "high voice": frozenset({ANGRY, FEAR, HAPPY, SURPRISE}),
    "flat melody": frozenset({SAD, NEUTRAL}),
    "lively melody": frozenset({ANGRY, HAPPY, SURPRISE}),
    "soft voice": frozenset({SAD, NEUTRAL}),
    "loud voice": frozenset({ANGRY, HAPPY, SURPRISE}),
    "slow speech": frozenset({SAD, NEUTRAL}),
    "fast speech": frozenset({ANGRY, FEAR, HAPPY, SURPRISE}),
    "no pauses": frozenset({ANGRY, FEAR, HAPPY}),
    "long pauses": frozenset({SAD, NEUTRAL}),
}
"""A cue's phrase, or its name where the phrase is the person's own words: the emotions that it may be told for."""


def speaks_for(cue: Cue, label: Emotion | None) -> bool:
    """Whether ``cue`` may be given as a reason for ``label``; nothing is a reason for "unsure"."""
    return label in SPEAKS_FOR.get(sign(cue), SPEAKS_FOR.get(cue.name, frozenset()))


def sign(cue: Cue) -> str:
    """The cue's phrase, without the number that it has where it is told relative to the person: "high voice, 3 …"."""
    return cue.phrase if cue.usual is None else cue.phrase.partition(",")[0]
