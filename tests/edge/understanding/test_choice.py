from __future__ import annotations

from itertools import pairwise

import pytest

from edge.affect import EMOTIONS, Affect, Emotion
from edge.understanding.choice import FIRST_WAIT_NS, LONGEST_NS, UNHURRIED, Choice

SECOND = 10**9
TICK = SECOND // 10
HAPPY, SAD, NEUTRAL = Emotion.HAPPY, Emotion.SAD, Emotion.NEUTRAL


def affect(first: Emotion, confidence: float, second: Emotion = NEUTRAL, other: float = 0.1) -> Affect:
    rest = (1 - confidence - other) / (len(EMOTIONS) - 2)
    return Affect.of(tuple(confidence if e is first else other if e is second else rest for e in EMOTIONS))


class Told:
    """Tenth by tenth of a second, what is told; None in place of an affect is doubt."""

    def __init__(self) -> None:
        self.choice = Choice()
        self.now_ns = 0
        self.names: list[str] = []

    def after(self, believed: Affect | None, seconds: float = 0.1, *, news: bool = False) -> Emotion | None:
        told = None
        for _ in range(round(seconds * 10)):
            self.now_ns += TICK
            if believed is None:
                self.choice.doubt(self.now_ns)
            else:
                told = self.choice.tell(believed, self.now_ns, threshold=0.45, margin=0.1, news=news)
            self.names.append(told or "unsure")
        return told

    @property
    def changes(self) -> int:
        return sum(one != other for one, other in pairwise(self.names))


@pytest.fixture
def told() -> Told:
    return Told()


def test_what_was_not_told_lately_is_told_at_once(told: Told) -> None:
    assert told.after(affect(HAPPY, 0.5)) is HAPPY
    assert told.after(affect(SAD, 0.6)) is SAD


def test_another_emotion_needs_the_margin(told: Told) -> None:
    told.after(affect(HAPPY, 0.5))
    assert told.after(affect(SAD, 0.46, HAPPY, 0.4)) is HAPPY
    assert told.after(affect(SAD, 0.5, HAPPY, 0.39)) is SAD


def test_a_label_that_was_lost_to_doubt_comes_back_after_a_wait(told: Told) -> None:
    told.after(affect(HAPPY, 0.7), 2)
    told.after(None)
    assert told.after(affect(HAPPY, 0.7), FIRST_WAIT_NS / SECOND) is None
    assert told.after(affect(HAPPY, 0.7)) is HAPPY


def test_and_later_where_it_is_only_just_past_the_threshold(told: Told) -> None:
    told.after(affect(HAPPY, 0.5), 2)
    told.after(None)
    assert told.after(affect(HAPPY, 0.5), UNHURRIED * FIRST_WAIT_NS / SECOND) is None
    assert told.after(affect(HAPPY, 0.5)) is HAPPY


def test_doubt_in_between_begins_the_wait_anew(told: Told) -> None:
    told.after(affect(HAPPY, 0.7), 2)
    for _ in range(20):
        told.after(None)
        assert told.after(affect(HAPPY, 0.7), 0.4) is None


def test_words_and_another_emotion_need_not_wait(told: Told) -> None:
    told.after(affect(HAPPY, 0.7), 2)
    told.after(None)
    assert told.after(affect(HAPPY, 0.7), news=True) is HAPPY
    told.after(None)
    assert told.after(affect(SAD, 0.5)) is SAD


def test_a_clear_emotion_that_comes_back_waits_only_the_first_wait(told: Told) -> None:
    for _ in range(5):
        told.after(affect(HAPPY, 0.8), 3)
        told.after(affect(SAD, 0.8), 3)
    assert told.after(affect(HAPPY, 0.8), FIRST_WAIT_NS / SECOND) is SAD
    assert told.after(affect(HAPPY, 0.8)) is HAPPY


def test_what_comes_and_goes_is_told_ever_more_seldom(told: Told) -> None:
    """Half a minute on the edge between a label and doubt, and between two labels, each lost after a second."""
    for _ in range(30):
        told.after(affect(HAPPY, 0.6), 0.9)
        told.after(None)
    assert told.changes <= 8
    other = Told()
    for _ in range(30):
        other.after(affect(HAPPY, 0.5, SAD, 0.3), 1)
        other.after(affect(SAD, 0.5, HAPPY, 0.3), 1)
    assert other.changes <= 8


def test_after_a_calm_minute_the_wait_is_the_first_again(told: Told) -> None:
    for _ in range(30):
        told.after(affect(HAPPY, 0.7), 0.9)
        told.after(None)
    told.after(affect(HAPPY, 0.7), LONGEST_NS / SECOND + 1)
    assert told.after(affect(HAPPY, 0.7), 60) is HAPPY
    told.after(None)
    assert told.after(affect(HAPPY, 0.7), FIRST_WAIT_NS / SECOND + 0.1) is HAPPY


def test_what_was_cleared_is_forgotten(told: Told) -> None:
    told.after(affect(HAPPY, 0.7), 2)
    told.after(None)
    told.choice.clear()
    assert told.after(affect(HAPPY, 0.5)) is HAPPY
