from __future__ import annotations

import pytest

from edge.affect import EMOTIONS, Emotion
from edge.errors import ModelError
from edge.perception.voice.labels import check, to_emotions

CARD = ("angry", "disgust", "fear", "happy", "sad", "neutral", "boredom")


def by_name(probabilities: tuple[float, ...]) -> dict[Emotion, float]:
    return dict(zip(EMOTIONS, probabilities, strict=True))


def test_boredom_counts_as_neutral() -> None:
    found = by_name(to_emotions(CARD, (0.0, 0.0, 0.0, 0.1, 0.0, 0.5, 0.4)))
    assert found[Emotion.NEUTRAL] / found[Emotion.HAPPY] == pytest.approx(9.0)


def test_an_emotion_that_the_model_does_not_know_gets_the_priors_share_before_all_sum_to_one() -> None:
    found = by_name(to_emotions(CARD, (0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)))
    assert found[Emotion.SURPRISE] == pytest.approx((1 / 7) / (1 + 1 / 7))
    assert found[Emotion.ANGRY] == pytest.approx(0.4 / (1 + 1 / 7))
    assert sum(found.values()) == pytest.approx(1.0)


def test_a_model_that_knows_all_is_left_as_it_is() -> None:
    own = (0.3, 0.1, 0.1, 0.1, 0.1, 0.2, 0.1)
    assert to_emotions(tuple(EMOTIONS), own) == pytest.approx(own)


def test_a_label_that_is_neither_ours_nor_folded_is_refused_by_name() -> None:
    check(CARD)
    with pytest.raises(ModelError, match=r"the label 'amused', known are angry, .*boredom"):
        check(("angry", "amused"))
