from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from edge.affect import EMOTIONS, Affect, Emotion, Episode, Sense, State
from edge.settings import load
from edge.understanding.episodes import Episodes, EpisodeSettings
from edge.understanding.settings import UnderstandingSettings
from edge.understanding.views import views

SECOND = 10**9
SETTINGS = EpisodeSettings(onset=0.6, offset=0.4, least_s=2, bridge_s=3)
Part = tuple[Emotion | None, float, float]
"""What is told, with which confidence, for how many seconds."""


def state(emotion: Emotion | None, confidence: float, at_s: float) -> State:
    rest = (1 - confidence) / (len(EMOTIONS) - 1)
    leader = emotion or Emotion.NEUTRAL
    affect = Affect.of(tuple(confidence if each is leader else rest for each in EMOTIONS))
    reason = None if emotion else "no feeling stands out"
    return State(int(at_s * SECOND), emotion, affect, reason, (), (), ())


def happened(*parts: Part, view: Episodes | None = None, start_s: float = 10, **settings: Any) -> list[Episode]:  # noqa: ANN401
    """The episodes that are told in a row of parts, ten States a second."""
    view = view or Episodes(SETTINGS.model_copy(update=settings))
    found: list[Episode] = []
    tenths = round(start_s * 10)
    for emotion, confidence, seconds in parts:
        for _ in range(round(seconds * 10)):
            found += view.see(state(emotion, confidence, tenths / 10), None)
            tenths += 1
    return found


def test_an_episode_is_told_when_it_has_lasted_and_when_it_is_over() -> None:
    parts = ((Emotion.SAD, 0.7, 3), (Emotion.SAD, 0.9, 1), (Emotion.SAD, 0.6, 2), (Emotion.NEUTRAL, 0.8, 10))
    begins, ends = happened(*parts)
    assert begins == Episode(Emotion.SAD, 10 * SECOND, 10 * SECOND, 0.7)
    assert ends.onset_ns == 10 * SECOND
    assert ends.peak_ns == 13 * SECOND
    assert ends.peak == pytest.approx(0.9)
    assert ends.end_ns == 15.9 * SECOND


def test_what_is_shorter_than_the_least_length_is_none() -> None:
    assert happened((Emotion.HAPPY, 0.9, 1.9), (Emotion.NEUTRAL, 0.9, 10)) == []


def test_a_gap_of_unsure_or_neutral_is_bridged_and_a_longer_one_is_not() -> None:
    for gap in (None, Emotion.NEUTRAL):
        assert len(happened((Emotion.SAD, 0.8, 4), (gap, 0.3, 2.8), (Emotion.SAD, 0.8, 4))) == 1
        told = happened((Emotion.SAD, 0.8, 4), (gap, 0.3, 3.5), (Emotion.SAD, 0.8, 4))
        assert [episode.end_ns is None for episode in told] == [True, False, True]


def test_a_gap_before_it_has_lasted_is_bridged_as_well() -> None:
    (begins,) = happened((Emotion.SAD, 0.8, 1), (None, 0.3, 1), (Emotion.SAD, 0.8, 0.5))
    assert begins.onset_ns == 10 * SECOND
    assert happened((Emotion.SAD, 0.8, 1), (None, 0.3, 3.5), (Emotion.SAD, 0.8, 1)) == []


def test_it_needs_more_to_begin_than_to_go_on() -> None:
    assert happened((Emotion.SAD, 0.5, 10)) == []
    assert len(happened((Emotion.SAD, 0.7, 3), (Emotion.SAD, 0.45, 60))) == 1
    assert len(happened((Emotion.SAD, 0.7, 3), (Emotion.SAD, 0.35, 60))) == 2


def test_another_emotion_that_lasts_ends_the_one_before() -> None:
    sad, over, happy = happened((Emotion.SAD, 0.8, 4), (Emotion.HAPPY, 0.8, 2.5))
    assert (sad.emotion, over.emotion, happy.emotion) == (Emotion.SAD, Emotion.SAD, Emotion.HAPPY)
    assert over.end_ns == 13.9 * SECOND
    assert happy.onset_ns == 14 * SECOND


def test_neutral_is_an_episode_only_where_that_is_asked_for() -> None:
    assert happened((Emotion.NEUTRAL, 0.9, 10)) == []
    assert len(happened((Emotion.NEUTRAL, 0.9, 10), neutral=True)) == 1


def test_what_lasts_is_dropped_with_the_consent() -> None:
    view = Episodes(SETTINGS)
    happened((Emotion.SAD, 0.8, 4), view=view)
    view.forget(Sense.FACE)
    assert happened((None, 0.3, 10), view=view, start_s=14) == []
    happened((Emotion.SAD, 0.8, 1.5), view=view, start_s=30)
    view.forget(Sense.FACE)
    assert happened((Emotion.SAD, 0.8, 1.5), view=view, start_s=31.5) == []


def test_no_length_is_told_across_a_jump_of_time() -> None:
    view = Episodes(SETTINGS)
    happened((Emotion.SAD, 0.8, 4), view=view, start_s=1000)
    assert happened((Emotion.SAD, 0.8, 1.5), view=view, start_s=10) == []
    (begins,) = happened((Emotion.SAD, 0.8, 1), view=view, start_s=11.5)
    assert begins.onset_ns == 10 * SECOND
    ends, again = happened((Emotion.SAD, 0.8, 3), view=view, start_s=500)
    assert ends.end_ns == 12.4 * SECOND
    assert again.onset_ns == 500 * SECOND


def test_the_settings_say_whether_there_is_one() -> None:
    assert any(isinstance(view, Episodes) for view in views(UnderstandingSettings()))
    none = load(None, {"RAPPORT_UNDERSTANDING__EPISODES__ENABLED": "false"}).understanding
    assert not any(isinstance(view, Episodes) for view in views(none))


def test_an_offset_above_the_onset_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"offset is 0.9, which is above onset \(0.5\); set it to at most that"):
        EpisodeSettings(onset=0.5, offset=0.9)
