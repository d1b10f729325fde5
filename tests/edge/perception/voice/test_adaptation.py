from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.perception.voice.adaptation import Adaptation
from edge.perception.voice.settings import AdaptationSettings

EVERYONE = (0.5, -0.5, 0.0)
FLAT = np.array([-1.0, 2.0, 0.0], np.float32)
"""What the model says of a voice that always sounds a little sad to it."""


def used_to(said: np.ndarray, seconds: float, *, times: int = 1, **settings: float) -> Adaptation:
    own = Adaptation(EVERYONE, AdaptationSettings.model_validate(settings))
    for _ in range(times):
        own.hear(said, seconds)
    return own


def test_a_new_speaker_is_told_as_a_stranger() -> None:
    assert Adaptation(EVERYONE, AdaptationSettings()).adapted(FLAT) is FLAT


def test_after_as_much_speech_as_the_prior_half_of_a_voices_own_is_gone() -> None:
    own = used_to(FLAT, 8.0, prior_s=8, half_life_s=36_000)
    np.testing.assert_allclose(own.adapted(FLAT), (FLAT + np.array(EVERYONE)) / 2, atol=1e-3)


def test_a_voice_long_known_is_told_as_an_average_one_and_its_departures_stay() -> None:
    own = used_to(FLAT, 2.0, times=3000)
    np.testing.assert_allclose(own.adapted(FLAT), EVERYONE, atol=0.05)
    excited = FLAT + np.array([3, 0, 0], np.float32)
    np.testing.assert_allclose(own.adapted(excited) - own.adapted(FLAT), [3, 0, 0], atol=1e-4)


def test_what_was_heard_long_ago_counts_less() -> None:
    own = used_to(FLAT, 2.0, times=500, half_life_s=10)
    for _ in range(60):
        own.hear(-FLAT, 2.0)
    assert own.adapted(FLAT)[1] > FLAT[1]
    assert own.heard_s == pytest.approx(10 / np.log(2), rel=0.1)


def test_forgetting_makes_a_stranger_again() -> None:
    own = used_to(FLAT, 20.0)
    own.forget()
    assert own.heard_s == 0
    assert own.adapted(FLAT) is FLAT


def test_switched_off_or_without_means_in_the_card_nothing_changes() -> None:
    off = Adaptation(EVERYONE, AdaptationSettings(enabled=False))
    bare = Adaptation((), AdaptationSettings())
    for own in (off, bare):
        own.hear(FLAT, 100.0)
        assert own.adapted(FLAT) is FLAT


@given(
    st.lists(
        st.tuples(st.lists(st.floats(-30, 30, width=32), min_size=3, max_size=3), st.floats(0.001, 3)), max_size=30
    )
)
def test_whatever_is_heard_the_mean_stays_within_what_was_said(heard: list[tuple[list[float], float]]) -> None:
    own = Adaptation(EVERYONE, AdaptationSettings())
    for said, seconds in heard:
        own.hear(np.array(said, np.float32), seconds)
    moved = FLAT - own.adapted(FLAT)
    rows = np.array([EVERYONE, *(said for said, _ in heard)])
    assert (moved <= rows.max(axis=0) - EVERYONE + 1e-2).all()
    assert (moved >= rows.min(axis=0) - EVERYONE - 1e-2).all()
