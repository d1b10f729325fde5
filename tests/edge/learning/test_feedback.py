from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.affect import Emotion
from edge.learning.feedback import LONGEST, Feedback, Refused, Source, Verdict, read


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        (b"helped", Feedback(Verdict.HELPED, Source.HOME)),
        (b" not-now\n", Feedback(Verdict.NOT_NOW, Source.HOME)),
        (b"wrong sad", Feedback(Verdict.WRONG, Source.HOME, Emotion.SAD)),
        (b'{"feedback": "helped"}', Feedback(Verdict.HELPED, Source.HOME)),
        (b'{"feedback": "wrong", "emotion": "angry"}', Feedback(Verdict.WRONG, Source.HOME, Emotion.ANGRY)),
    ],
)
def test_the_home_may_say_it_plainly_or_as_json(payload: bytes, wanted: Feedback) -> None:
    assert read(payload, Source.HOME) == wanted


ABSURD = [
    b"",
    b"HELPED",
    b"helped sad",
    b"wrong",
    b"wrong unsure",
    b"wrong sad angry",
    b"\xff\xfe",
    "有帮助".encode(),
    "\u202ehelped".encode(),
    b"helped\x00",
    b"null",
    b"[]",
    b'{"feedback": "helped", "device": "another"}',
    b'{"feedback": "helped", "emotion": "sad"}',
    b'{"feedback": "wrong"}',
    b'{"feedback": ["helped"]}',
    b'{"feedback": "helped"',
    b"{" * 100,
    b'{"a":' * 30,
    b"helped" + b" " * LONGEST,
]


@pytest.mark.parametrize("payload", ABSURD)
def test_what_is_no_feedback_is_refused_without_repeating_it(payload: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read(payload, Source.HOME)
    assert "another" not in str(refused.value)
    assert "有帮助" not in str(refused.value)


@given(st.binary(max_size=300) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_feedback_or_refused(payload: bytes) -> None:
    try:
        feedback = read(payload, Source.HOME)
    except Refused:
        return
    assert (feedback.emotion is not None) is (feedback.verdict is Verdict.WRONG)


@given(
    st.dictionaries(
        st.sampled_from(["feedback", "emotion", "device", "x"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from(["helped", "wrong", "sad"]),
    )
)
def test_any_object_is_feedback_or_refused(content: dict[str, object]) -> None:
    try:
        read(json.dumps(content).encode(), Source.HOME)
    except Refused:
        return
    assert set(content) <= {"feedback", "emotion"}
