"""What a State rests on, what would change it, and for how long it has been so, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge.affect import EMOTIONS, Affect, Cue, Emotion, Language, Reading, Sense, State
from edge.understanding.explanation import duration, explain, grounds
from edge.understanding.fusion import Evidence, heard
from edge.understanding.record import state_of, state_record
from edge.understanding.settings import UnderstandingSettings
from edge.understanding.understanding import Understanding
from edge.understanding.without import EVERY_NS, Without
from edge.understanding.wording.phrasebook import phrasebook

SECOND = 10**9


def reading(sense: Sense, emotion: Emotion, p: float, *cues: Cue, at_s: float = 0.0, quality: float = 1.0) -> Reading:
    affect = Affect.of(tuple(p if e is emotion else (1 - p) / (len(EMOTIONS) - 1) for e in EMOTIONS))
    return Reading(sense, round(at_s * SECOND), affect, quality, cues)


def sad_by_its_words() -> State:
    corners = Cue("smile", -3.24, "% of eye distance", "mouth corners down", 0.9)
    quote = Cue("words", 0.4, "", '"my secret"', 1.0, quotes=True)
    affect = Affect(tuple(0.82 if e is Emotion.SAD else 0.03 for e in EMOTIONS), -0.54, -0.2)
    shares, absent = ((Sense.TEXT, 0.75), (Sense.FACE, 0.25)), ((Sense.VOICE, "no speech"),)
    without = ((Sense.FACE, "sad"), (Sense.TEXT, "neutral"))
    return State(0, Emotion.SAD, affect, None, shares, absent, (quote, corners), without)


def test_a_state_is_explained_in_english() -> None:
    assert explain(sad_by_its_words(), quoting=True, lasted_s=75) == [
        "Probably sad (82%); valence -0.54, arousal -0.20.",
        "It has been so for 1 min.",
        "From the text 75%, the face 25%.",
        'Signs: "my secret"; mouth corners down (-3.24 % of eye distance).',
        "Without the text it would be neutral.",
        "Not used: voice (no speech).",
    ]


def test_and_in_chinese() -> None:
    assert explain(sad_by_its_words(), quoting=False, language=Language.ZH, lasted_s=75) == [
        "大概是难过（把握82%），愉悦度-0.54，激动程度-0.20。",
        "这种状态已有1分钟。",
        "依据：话语占75%、表情占25%。",
        "迹象：嘴角下垂（眼距的-3.24%）。",
        "少了话语会是平静。",
        "没有用到：声音（没有人说话）。",
    ]


def test_what_was_said_is_told_only_where_quoting_is_allowed() -> None:
    state = sad_by_its_words()
    for language in Language:
        assert "secret" in " ".join(explain(state, quoting=True, language=language))
        assert "secret" not in " ".join(explain(state, quoting=False, language=language))
        assert "secret" not in " ".join(grounds(state, language))


def test_a_sign_that_is_not_made_of_our_own_words_is_not_told_whatever_it_claims_of_itself() -> None:
    claims = tuple(Cue("x", 1.0, "", phrase, 1.0) for phrase in ('"my secret"', "my secret", 'strong words: "secret"'))
    ours = Cue("pitch", 112.0, "Hz", "low voice", 0.8)
    state = replace(sad_by_its_words(), cues=(*claims, ours))
    for language, sign in ((Language.EN, "Signs: low voice (112 Hz)."), (Language.ZH, "迹象：声音低沉（112赫兹）。")):
        told = explain(state, quoting=False, language=language)
        assert sign in told
        assert "secret" not in " ".join(told)


def test_doubt_is_explained_with_its_reason_and_what_would_end_it() -> None:
    without = ((Sense.FACE, "sad"), (Sense.TEXT, "happy"))
    doubt = replace(
        sad_by_its_words(),
        label=None,
        reason="the face says happy, the text says sad",
        cues=(),
        absent=(),
        without=without,
    )
    assert explain(doubt, quoting=False) == [
        "Unsure: the face says happy, the text says sad.",
        "From the text 75%, the face 25%.",
        "Without the text it would be happy, without the face it would be sad.",
    ]
    assert explain(doubt, quoting=False, language=Language.ZH) == [
        "不确定：表情像是开心，话语却像是难过。",
        "依据：话语占75%、表情占25%。",
        "少了话语会是开心，少了表情会是难过。",
    ]


def test_senses_that_agree_are_said_to() -> None:
    understanding = Understanding(UnderstandingSettings())
    understanding.update(reading(Sense.FACE, Emotion.HAPPY, 0.9))
    state = understanding.update(reading(Sense.TEXT, Emotion.HAPPY, 0.9))
    assert dict(state.without) == {Sense.TEXT: "happy", Sense.FACE: "happy"}
    assert "Without any one of them it would be the same." in explain(state, quoting=False)


def test_where_the_past_decides_no_sense_is_said_to() -> None:
    understanding = Understanding(UnderstandingSettings())
    for tenth in range(30):
        understanding.update(reading(Sense.FACE, Emotion.HAPPY, 0.95, at_s=tenth / 10))
    state = understanding.update(reading(Sense.FACE, Emotion.SAD, 0.95, at_s=3.0))
    assert state.name != "sad"
    assert state.without == ()
    assert "What came before decides, more than what is sensed now." in explain(state, quoting=False)


def test_nothing_is_said_of_what_would_change_where_there_is_nothing() -> None:
    state = Understanding(UnderstandingSettings()).now(0)
    assert state.without == ()
    assert [line.partition(" ")[0] for line in explain(state, quoting=False)] == ["Unsure:", "Not"]


def test_what_would_change_it_is_worked_out_at_a_bounded_rate_and_anew_when_it_must_be() -> None:
    asked: list[int] = []

    def judge(evidence: list[Evidence]) -> str:
        asked.append(len(evidence))
        return "sad"

    def evidence(*senses: Sense) -> list[Evidence]:
        return [Evidence(one, 1.0) for one in heard({s: reading(s, Emotion.SAD, 0.9) for s in senses}).values()]

    without = Without(judge)
    both = evidence(Sense.FACE, Sense.TEXT)
    for _ in range(5):
        assert dict(without.told("sad", both, 0)) == {Sense.FACE: "sad", Sense.TEXT: "sad"}
    assert len(asked) == 3
    without.told("sad", both, EVERY_NS - 1)
    assert len(asked) == 3
    without.told("sad", both, EVERY_NS)
    assert len(asked) == 6
    assert without.told("sad", evidence(Sense.FACE), EVERY_NS) == (), "of the only sense it goes without saying"
    assert len(asked) == 6
    other = evidence(Sense.FACE, Sense.VOICE)
    without.told("sad", other, EVERY_NS)
    assert len(asked) == 9
    without.told("happy", other, EVERY_NS)
    assert len(asked) == 10
    without.told("happy", other, 0)  # time of Readings may go back
    assert len(asked) == 11


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0.04, "0.0 s", "0.0秒"),
        (3.14, "3.1 s", "3.1秒"),
        (42.4, "42 s", "42秒"),
        (90, "2 min", "2分钟"),
        (3600, "1 h", "1小时"),
        (3900, "1 h 5 min", "1小时5分钟"),
        (-1, "0.0 s", "0.0秒"),
    ],
)
def test_durations(seconds: float, english: str, chinese: str) -> None:
    assert duration(seconds, phrasebook(Language.EN)) == english
    assert duration(seconds, phrasebook(Language.ZH)) == chinese


def test_a_state_survives_as_plain_data_but_for_what_was_said() -> None:
    state = sad_by_its_words()
    back = state_of(state_record(state), state.captured_ns)
    assert state_record(back) == state_record(state)
    assert (back.label, back.without, back.absent) == (state.label, state.without, state.absent)
    assert explain(back, quoting=True) == explain(state, quoting=False)
