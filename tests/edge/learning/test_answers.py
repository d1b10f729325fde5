from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from edge.affect import Emotion
from edge.learning import answers as module
from edge.learning.answers import MOST, MOST_SILENCES, Answer, AnswerRecord, Answers
from edge.learning.feedback import Source, Verdict
from tests.edge.learning.support import DAY, answer, situation

ANSWERS = st.builds(
    Answer,
    day=st.dates(),
    strategy=st.sampled_from(["question", "reflect", "silent"]),
    rank=st.integers(0, 5),
    situation=st.builds(
        situation,
        st.sampled_from(["sad", "unsure"]),
        st.floats(-1, 1),
        talk=st.sampled_from([None, "short"]),
        recent=st.lists(st.sampled_from(["affirm", "question"]), max_size=3).map(tuple),
        part=st.sampled_from([None, "night"]),
    ),
    after=st.none() | st.floats(-1, 1),
    verdict=st.none() | st.sampled_from(Verdict),
    emotion=st.none() | st.sampled_from(Emotion),
    by=st.none() | st.sampled_from(Source),
)


@given(ANSWERS)
def test_what_is_written_is_read_again(given: Answer) -> None:
    assert AnswerRecord.model_validate_json(AnswerRecord.of(given).model_dump_json()).answer() == given


def test_nothing_else_can_be_kept_of_an_answer() -> None:
    plain = AnswerRecord.of(answer()).model_dump()
    assert set(plain) == {"day", "strategy", "rank", "situation", "after", "verdict", "emotion", "by"}
    with pytest.raises(ValidationError):
        AnswerRecord.model_validate(plain | {"words": "I am sad"})
    with pytest.raises(ValidationError):
        AnswerRecord.model_validate(plain | {"strategy": "I am sad"})


def test_of_too_many_the_oldest_without_a_verdict_go() -> None:
    held = Answers()
    for count in range(MOST + 50):
        held.add(answer(verdict=Verdict.HELPED if count < 100 else None))
    assert len(held) == MOST
    assert sum(one.verdict is Verdict.HELPED for one in held) == 100


def test_of_too_many_verdicts_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    held = Answers()
    numbers = [held.add(answer(verdict=Verdict.HELPED, rank=place)) for place in range(5)]
    assert [one.rank for one in held] == [2, 3, 4]
    assert held.find(numbers[0]) is None
    held.change(numbers[0], after=0.5)
    assert len(held) == 3


def test_silences_do_not_push_answers_out() -> None:
    held = Answers()
    for _ in range(600):
        held.add(answer())
    for _ in range(2 * MOST_SILENCES):
        held.add(answer("silent"))
    assert sum(one.strategy == "silent" for one in held) == MOST_SILENCES
    assert len(held) == 600 + MOST_SILENCES


def test_wrong_teaches_nothing_of_the_kind_of_answer() -> None:
    held = Answers(
        (answer(verdict=Verdict.WRONG, emotion=Emotion.ANGRY), answer("affirm", rank=1, verdict=Verdict.NOT_NOW))
    )
    assert held.verdicts() == [(situation(), "affirm", 1, -1.0)]


def test_what_is_too_old_goes() -> None:
    held = Answers((answer(day=DAY - timedelta(days=91)), answer(day=DAY)))
    assert held.expire(DAY - timedelta(days=90))
    assert [one.day for one in held] == [DAY]
    assert not held.expire(date.min)
