from __future__ import annotations

import pytest

from edge.affect import EMOTIONS, Affect, Emotion, Reading, Sense
from edge.understanding.abstention import AbstentionSettings, doubt
from edge.understanding.fusion import BUILT_IN, heard, pool, weigh
from edge.understanding.settings import UnderstandingSettings

ALL = dict.fromkeys(Sense, 1.0)


def affect(emotion: Emotion, confidence: float) -> Affect:
    rest = (1 - confidence) / (len(EMOTIONS) - 1)
    return Affect.of(tuple(confidence if e is emotion else rest for e in EMOTIONS))


def why(settings: UnderstandingSettings, *said: tuple[Sense, Emotion, float, float], silence: str = "") -> str | None:
    readings = {sense: Reading(sense, 0, affect(emotion, sure), quality) for sense, emotion, sure, quality in said}
    evidence = weigh(heard(readings), ALL, 0)
    return doubt(pool(evidence), evidence, settings, silence, BUILT_IN)


def abstaining(**values: float) -> UnderstandingSettings:
    return UnderstandingSettings(abstention=AbstentionSettings(**values))


def test_nothing_is_said_without_evidence_and_silence_is_told() -> None:
    assert why(UnderstandingSettings()) == "nothing to go by: no sense has said anything yet"
    assert why(UnderstandingSettings(), silence="face: too dark") == "nothing to go by: face: too dark"


@pytest.mark.parametrize(
    ("glad", "sorry", "words"),
    [
        (Sense.TEXT, Sense.VOICE, "the words are cheerful, the voice is not (happy 0.90 against sad 0.80)"),
        (Sense.FACE, Sense.TEXT, "the face is cheerful, the words are not (happy 0.90 against sad 0.80)"),
        (Sense.VOICE, Sense.FACE, "the voice is cheerful, the face is not (happy 0.90 against sad 0.80)"),
    ],
)
def test_a_conflict_is_named_in_plain_words(glad: Sense, sorry: Sense, words: str) -> None:
    said = (glad, Emotion.HAPPY, 0.9, 1.0), (sorry, Emotion.SAD, 0.8, 1.0)
    assert why(UnderstandingSettings(), *said) == words
    assert why(UnderstandingSettings(), *reversed(said)) == words


def test_the_threshold_of_a_conflict_applies() -> None:
    said = (Sense.TEXT, Emotion.HAPPY, 0.9, 1.0), (Sense.VOICE, Emotion.SAD, 0.8, 1.0)
    assert "cheerful" in (why(abstaining(conflict=0.79), *said) or "")
    assert "cheerful" not in (why(abstaining(conflict=0.81), *said) or "")


def test_the_weight_that_a_conflict_needs_applies() -> None:
    said = (Sense.TEXT, Emotion.ANGRY, 0.9, 1.0), (Sense.FACE, Emotion.HAPPY, 0.9, 0.5)
    assert "cheerful" in (why(abstaining(conflict_weight=0.4), *said) or "")
    assert "cheerful" not in (why(abstaining(conflict_weight=0.5), *said) or "")


def test_senses_that_fit_no_feeling_together_are_strange_and_the_threshold_applies() -> None:
    said = (Sense.TEXT, Emotion.ANGRY, 0.94, 1.0), (Sense.FACE, Emotion.SURPRISE, 0.94, 1.0)
    reason = why(abstaining(least_agreement=-0.4), *said) or ""
    assert reason.startswith("the senses fit no feeling together (the face surprise, the words angry: -0.")
    assert reason.endswith("-0.40 is needed)")
    assert "together" not in (why(abstaining(least_agreement=-20), *said) or "")


def test_one_sense_alone_is_never_strange() -> None:
    assert why(abstaining(least_agreement=0), (Sense.FACE, Emotion.FEAR, 0.9, 1.0)) is None


def test_the_threshold_of_evidence_applies() -> None:
    said = (Sense.FACE, Emotion.HAPPY, 0.99, 0.5)  # weighs 0.8 × 0.5
    assert why(UnderstandingSettings(min_evidence=0.39), said) is None
    assert why(UnderstandingSettings(min_evidence=0.41), said) == "too little evidence (0.40, 0.41 is needed)"


def test_the_threshold_of_confidence_applies_and_the_two_leaders_are_told() -> None:
    said = (Sense.TEXT, Emotion.FEAR, 0.6, 1.0)
    assert why(UnderstandingSettings(min_confidence=0.3), said) is None
    reason = why(UnderstandingSettings(min_confidence=0.9), said) or ""
    assert reason.startswith("no feeling stands out (fear 0.5")
