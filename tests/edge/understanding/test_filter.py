from __future__ import annotations

from itertools import pairwise
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.affect import EMOTIONS, Affect, Emotion
from edge.understanding.filter import STEP_S, Belief, FilterSettings


def affect(emotion: Emotion, confidence: float = 0.8) -> Affect:
    rest = (1 - confidence) / (len(EMOTIONS) - 1)
    return Affect.of(tuple(confidence if each is emotion else rest for each in EMOTIONS))


def believing(seconds: float, *seen: Affect, **settings: float) -> Belief:
    """What is believed when each of ``seen`` was seen for so many seconds, ten times a second."""
    belief = Belief(FilterSettings(**settings))
    for each in seen:
        for _ in range(round(seconds * 10)):
            belief.see(each, 0.1, 1.0)
    return belief


def share(belief: Belief, emotion: Emotion) -> float:
    return belief.affect.probabilities[EMOTIONS.index(emotion)]


def test_the_first_look_is_taken_as_it_is() -> None:
    belief = Belief(FilterSettings(looks=1.0, dwell_s=3600))
    belief.see(affect(Emotion.SAD), 0.5, 1.0)
    assert belief.affect.probabilities == pytest.approx(affect(Emotion.SAD).probabilities, abs=0.001)
    assert belief.affect.valence == pytest.approx(affect(Emotion.SAD).valence, abs=0.001)


@pytest.mark.parametrize("fps", [3, 4, 7, 10, 15, 25, 30, 60])
def test_the_same_seconds_give_the_same_belief_at_any_rate(fps: int) -> None:
    """Two seconds of one emotion and one of another; 600 pictures a second are the continuous limit."""

    def after(rate: int) -> Belief:
        belief = Belief(FilterSettings())
        for each, seconds in ((Emotion.HAPPY, 2), (Emotion.ANGRY, 1)):
            for _ in range(rate * seconds):
                belief.see(affect(each), 1 / rate, 0.7)
        return belief

    found, limit = after(fps), after(600)
    assert found.affect.probabilities == pytest.approx(limit.affect.probabilities, abs=1e-4)
    assert found.affect.valence == pytest.approx(limit.affect.valence, abs=1e-9)
    assert found.deviation == pytest.approx(limit.deviation, abs=1e-9)


def test_however_long_one_looks_frames_that_say_the_same_make_it_no_surer_than_so_many_looks() -> None:
    once = affect(Emotion.FEAR, 0.5)
    assert share(believing(60, once, looks=1.0, dwell_s=3600), Emotion.FEAR) == pytest.approx(0.5, abs=0.005)
    squared = 0.5**2 / (0.5**2 + 6 * (0.5 / 6) ** 2)
    assert share(believing(60, once, looks=2.0, dwell_s=3600), Emotion.FEAR) == pytest.approx(squared, abs=0.005)


def test_a_short_dwell_never_lets_belief_become_so_sure_that_it_is_late() -> None:
    long, short = (believing(20, affect(Emotion.HAPPY), dwell_s=dwell_s) for dwell_s in (3600, 1))
    assert share(short, Emotion.SAD) > 2 * share(long, Emotion.SAD)


def test_more_smoothing_follows_later() -> None:
    followed = [
        share(believing(1.0, affect(Emotion.HAPPY), affect(Emotion.SAD), smoothing_s=s), Emotion.SAD)
        for s in (0.3, 1, 3)
    ]
    assert all(sooner > later for sooner, later in pairwise(followed))


def test_one_wild_frame_moves_no_further_than_a_sure_one() -> None:
    wild = Affect.of(tuple(1.0 if each is Emotion.ANGRY else 0.0 for each in EMOTIONS))
    moved = believing(5, affect(Emotion.NEUTRAL))
    moved.see(wild, STEP_S, 1.0)
    assert moved.affect.label is Emotion.NEUTRAL
    assert share(moved, Emotion.NEUTRAL) > 0.8


def test_what_is_no_longer_seen_fades_at_the_rate_of_the_dwell_and_grows_uncertain() -> None:
    belief = believing(5, affect(Emotion.ANGRY), dwell_s=10)
    before, deviation = belief.affect, belief.deviation
    belief.rest(10)
    stayed = exp(-1)
    assert share(belief, Emotion.ANGRY) - 1 / 7 == pytest.approx((before.probabilities[0] - 1 / 7) * stayed)
    assert belief.affect.valence == pytest.approx(before.valence * stayed)
    assert belief.deviation > deviation
    belief.rest(1e7)
    assert belief.affect.probabilities == pytest.approx((1 / 7,) * 7)
    assert belief.affect.valence == pytest.approx(0)
    assert belief.deviation == 1
    belief.see(affect(Emotion.SAD), 0.1, 1.0)
    assert belief.affect.label is Emotion.SAD


def test_a_silence_in_parts_is_as_one() -> None:
    one, parts = (believing(5, affect(Emotion.HAPPY)) for _ in range(2))
    one.rest(6)
    for _ in range(60):
        parts.rest(0.1)
    assert parts.affect.probabilities == pytest.approx(one.affect.probabilities)
    assert parts.deviation == pytest.approx(one.deviation)


def test_the_deviation_of_valence_settles_where_the_equation_says() -> None:
    """Kalman-Bucy: the variance tends to drift times noise."""
    assert believing(30, affect(Emotion.SAD), drift=0.2, noise=0.4).deviation ** 2 == pytest.approx(0.08)
    poor = Belief(FilterSettings(drift=0.2, noise=0.4))
    for _ in range(300):
        poor.see(affect(Emotion.SAD), 0.1, 0.25)
    assert poor.deviation**2 == pytest.approx(0.16)


def test_valence_is_a_weighted_mean_of_before_and_now() -> None:
    """A discrete event of 3 s against a known variance: the textbook gain P / (P + R)."""
    belief = believing(30, affect(Emotion.SAD), drift=0.3, noise=0.3)
    before, variance = belief.affect.valence, belief.deviation**2
    said = affect(Emotion.HAPPY)
    belief.see(said, 3.0, 0.9, lasted=False)
    gain = variance / (variance + 0.3**2 / 0.9 / 3)
    assert belief.affect.valence == pytest.approx(before + gain * (said.valence - before))
    assert belief.deviation**2 == pytest.approx((1 - gain) * variance)


def test_belief_that_is_cleared_is_as_new() -> None:
    belief = believing(5, affect(Emotion.HAPPY))
    belief.clear()
    assert belief.empty
    assert belief.affect == Belief(FilterSettings()).affect
    assert believing(5, affect(Emotion.HAPPY)).empty is False


@given(
    st.lists(
        st.tuples(st.floats(0, 1e6), st.lists(st.floats(1e-9, 1), min_size=7, max_size=7), st.floats(1e-3, 3)),
        max_size=40,
    )
)
def test_belief_is_always_a_distribution(steps: list[tuple[float, list[float], float]]) -> None:
    belief = Belief(FilterSettings())
    for seconds, scores, weight in steps:
        belief.rest(seconds)
        belief.see(Affect.of(tuple(score / sum(scores) for score in scores)), min(seconds, 0.5) + 1e-6, weight)
        found = belief.affect
        assert sum(found.probabilities) == pytest.approx(1)
        assert all(p > 0 for p in found.probabilities)
        assert -1 <= found.valence <= 1
        assert 0 <= belief.deviation <= 1
