from __future__ import annotations

from dataclasses import astuple
from typing import get_args

import pytest

from edge.affect import EMOTIONS, Emotion, Look
from edge.outlets.avatar.looks import CALM, MIRROR, TABLES, UNSURE, Manner, pose_for, pose_of
from edge.outlets.avatar.told import SEEN, expression, told
from tests.edge.outlets.avatar.samples import state


def size(look: Look) -> float:
    return float(sum(abs(part) for part in astuple(look)))


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_calming_is_never_more_than_mirroring_and_both_stay_within_a_face(emotion: Emotion) -> None:
    assert set(TABLES) == set(get_args(Manner))
    assert size(CALM[emotion]) <= size(MIRROR[emotion])
    for look in (CALM[emotion], MIRROR[emotion]):
        assert all(-1 <= part <= 1 for part in astuple(look))
        assert look.mouth >= 0


@pytest.mark.parametrize("emotion", [Emotion.ANGRY, Emotion.FEAR, Emotion.SAD, Emotion.DISGUST])
def test_the_calm_face_for_what_is_hard_is_kind(emotion: Emotion) -> None:
    assert MIRROR[emotion].smile < -0.3
    assert CALM[emotion].smile > MIRROR[emotion].smile + 0.3
    assert CALM[emotion].inner_brows > 0, "attentive, never stern"


def test_what_is_less_sure_is_shown_less() -> None:
    faint, clear = (pose_for(state(Emotion.HAPPY, confidence=share), "mirror") for share in (0.3, 0.9))
    assert 0 < faint.look.smile < clear.look.smile < MIRROR[Emotion.HAPPY].smile
    assert pose_for(state(None), "mirror") is UNSURE


def test_each_look_has_its_words_in_both_languages() -> None:
    from edge.affect import Language

    english, chinese = SEEN[Language.EN], SEEN[Language.ZH]
    assert set(english) == set(chinese)
    named = {expression(pose_of(emotion, "mirror")) for emotion in EMOTIONS}
    assert named == {"stern", "unhappy", "worried", "smiling", "surprised", "calm"}
    assert named <= set(english)
    assert expression(pose_of(Emotion.SAD, "calm")) == "concerned"
    assert told(UNSURE, Language.EN, "Hall") == "The face of Hall: unsure"
    assert told(UNSURE, Language.ZH, "门厅", speaking=True) == "门厅的脸：拿不准，正在说话"
