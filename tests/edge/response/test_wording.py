from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.affect import Cue, Emotion, Language, Sense, State
from edge.perception.face.cues import BROW, EYE, SMILE
from edge.perception.face.cues import PITCH as HEAD_PITCH
from edge.perception.voice.cues import ENERGY, PAUSES, PITCH, RANGE, RATE
from edge.response.library import load_library
from tests.edge.response.support import state_of

if TYPE_CHECKING:
    from edge.response.wording import Wording

EN = load_library(Language.EN).wording
ZH = load_library(Language.ZH).wording


def with_cues(*cues: Cue, label: Emotion | None = Emotion.ANGRY) -> State:
    return state_of(label, cues=cues)


@pytest.mark.parametrize("wording", [EN, ZH])
def test_what_voice_and_face_notice_can_be_said(wording: Wording) -> None:
    heard = [phrase for words in (PITCH, RANGE, ENERGY, RATE, PAUSES) for phrase in (words.under, words.over)]
    seen = [SMILE.little, SMILE.much, BROW.little, BROW.much, EYE.much, HEAD_PITCH.little]
    for phrase in heard + seen:
        cue = Cue("sign", 1.0, "", phrase, 0.9)
        assert any(wording.cue(with_cues(cue, label=emotion), "") for emotion in Emotion), phrase


def test_the_strongest_cue_is_told_and_a_usual_value_is_not() -> None:
    loud, fast = (
        Cue("energy", -9.0, "dBFS", "loud voice", 0.9),
        Cue("speech rate", 6.0, "syllables/s", "fast speech", 0.5),
    )
    assert EN.cue(with_cues(fast, loud), "") == ("you speak loudly", False)
    assert EN.cue(with_cues(Cue("energy", -30.0, "dBFS", "loud voice", 0.2)), "") is None


def test_no_feeling_is_explained_by_a_sign_of_another() -> None:
    smiling, loud = Cue("smile", 6.0, "%", "smiling", 1.0), Cue("energy", -9.0, "dBFS", "loud voice", 0.5)
    assert EN.cue(with_cues(smiling, label=Emotion.HAPPY), "") == ("you're smiling", False)
    assert EN.cue(with_cues(smiling, label=Emotion.SAD), "") is None
    assert ZH.cue(with_cues(smiling, loud, label=Emotion.ANGRY), "") == ("你说话声音挺大", False)
    assert EN.cue(with_cues(smiling, label=None), "") is None


def test_words_that_decided_are_quoted_unless_they_were_said_just_now() -> None:
    cue = Cue("words", 0.4, "", '"lonely"', 0.6, quotes=True)
    assert EN.cue(with_cues(cue), "How am I doing?") == ("you said “lonely”", True)
    assert EN.cue(with_cues(cue), "I am lonely") is None
    assert EN.cue(with_cues(Cue("words", 0.4, "", '"shit"', 0.6, quotes=True)), "") is None


def test_senses_are_joined_as_each_language_joins_them() -> None:
    thirds = tuple((sense, 1 / 3) for sense in Sense)
    state = state_of(None)
    all_three = State(0, None, state.affect, None, thirds, (), ())
    assert EN.senses_in(all_three) == "your face, your voice and your words"
    assert ZH.senses_in(all_three) == "你的表情、你的声音和你说的话"
    assert EN.senses_in(State(0, None, state.affect, None, (), (), ())) is None


def test_sureness_rises_with_confidence() -> None:
    assert [EN.sure(c) for c in (0.3, 0.6, 0.9)] == ["not very sure", "fairly sure", "quite sure"]
