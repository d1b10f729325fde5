"""Readings of words, a voice and a face for the tests of what surrounds words."""

from __future__ import annotations

from edge.affect import EMOTIONS, Affect, Cue, Emotion, Language, Reading, Sense, State

SECOND = 10**9


def affect(emotion: Emotion, confidence: float = 0.8) -> Affect:
    rest = (1 - confidence) / (len(EMOTIONS) - 1)
    return Affect.of(tuple(confidence if e is emotion else rest for e in EMOTIONS))


def said(
    words: str,
    emotion: Emotion | None = Emotion.NEUTRAL,
    confidence: float = 0.8,
    *,
    at_s: float = 0,
    language: Language | None = None,
    quality: float = 0.8,
) -> Reading:
    language = language or (Language.EN if words.isascii() else Language.ZH)
    felt = None if emotion is None else affect(emotion, confidence)
    reason = "unlike the texts that the model knows" if felt is None else None
    known = None if felt is None else language
    return Reading(
        Sense.TEXT, int(at_s * SECOND), felt, quality if felt else 0.0, reason=reason, words=words, language=known
    )


def sensed(
    sense: Sense, emotion: Emotion, confidence: float = 0.8, *, at_s: float = 0, cue: str | None = None
) -> Reading:
    cues = () if cue is None else (Cue(cue.split()[-1], 1.0, "", cue, 0.7),)
    return Reading(sense, int(at_s * SECOND), affect(emotion, confidence), 1.0, cues)


def state(label: Emotion | None, at_s: float = 0) -> State:
    believed = affect(label or Emotion.NEUTRAL)
    return State(int(at_s * SECOND), label, believed, None if label else "no feeling stands out", (), (), ())


def phrases(reading: Reading) -> list[str]:
    return [cue.phrase for cue in reading.cues]


def probability(reading: Reading, emotion: Emotion) -> float:
    assert reading.affect is not None
    return reading.affect.probabilities[EMOTIONS.index(emotion)]
