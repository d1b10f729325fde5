"""States and Readings for the tests of the answer."""

from __future__ import annotations

from edge.affect import EMOTIONS, Affect, Cue, Emotion, Language, Reading, Sense, State
from edge.response.responder import Responder
from edge.response.settings import ResponseSettings

SECOND = 1_000_000_000
BOTH = (Language.EN, Language.ZH)


def affect_of(emotion: Emotion, confidence: float, arousal: float | None = None) -> Affect:
    rest = (1 - confidence) / (len(EMOTIONS) - 1)
    affect = Affect.of(tuple(confidence if e is emotion else rest for e in EMOTIONS))
    return affect if arousal is None else Affect(affect.probabilities, affect.valence, arousal)


def state_of(
    label: Emotion | None,
    confidence: float = 0.8,
    *,
    arousal: float | None = None,
    cues: tuple[Cue, ...] = (),
    captured_ns: int = 0,
) -> State:
    affect = affect_of(label or Emotion.NEUTRAL, confidence, arousal)
    reason = None if label else "the senses disagree"
    return State(captured_ns, label, affect, reason, ((Sense.FACE, 0.4), (Sense.TEXT, 0.6)), (), cues)


def said(
    words: str, language: Language | None = Language.EN, captured_ns: int = 0, emotion: Emotion | None = None
) -> Reading:
    """Words that carry ``emotion``; None: the text sense cannot tell, and the State alone decides."""
    affect = None if emotion is None else affect_of(emotion, 0.8)
    return Reading(Sense.TEXT, captured_ns, affect, 1.0, words=words, language=language)


def responder(context: str = "home", languages: tuple[Language, ...] = BOTH, **settings: object) -> Responder:
    return Responder(ResponseSettings.model_validate({"seed": 1, **settings}), context, languages)


def talkative(context: str = "home", languages: tuple[Language, ...] = BOTH, **settings: object) -> Responder:
    """One that no gap, cooldown or rate holds back."""
    free = {
        "min_gap_s": 0,
        "per_hour": 3600,
        "remarks_per_hour": 3600,
        "cooldown_s": 0,
        "settle_s": 0,
        "dismissed_s": 0,
    }
    return responder(context, languages, **{**free, **settings})
