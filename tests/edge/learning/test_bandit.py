from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.affect import EMOTIONS, Emotion
from edge.learning.bandit import NOT_LEARNED, Bandit
from edge.learning.posterior import GAP, MOST, Posterior, expected
from edge.learning.situation import FEATURES, Situation, vector
from edge.response.strategy import RULES, Moment, Strategy, order, rule_for
from edge.response.talk import Talk
from edge.response.template import Part
from tests.edge.learning.support import moment, situation

MOMENTS = st.builds(
    Moment,
    talk=st.sampled_from([None, *Talk]),
    label=st.sampled_from([None, *EMOTIONS]),
    valence=st.floats(-1, 0.999),
    arousal=st.floats(-1, 1),
    confidence=st.floats(0, 1),
    turns=st.integers(0, 9),
    recent=st.lists(st.sampled_from([s for s in Strategy if s is not Strategy.SILENT]), max_size=3).map(tuple),
    minute=st.none() | st.integers(0, 1439),
    may_act=st.booleans(),
)
HEARD = st.lists(
    st.tuples(
        st.builds(Situation.of, MOMENTS, st.just("home")),
        st.sampled_from([s.value for s in Strategy]),
        st.integers(0, 3),
        st.sampled_from([1.0, -1.0]),
    ),
    max_size=20,
)


@settings(deadline=None)
@given(MOMENTS)
def test_before_any_feedback_the_order_is_the_rules(at: Moment) -> None:
    assert Bandit("home", 1).order(rule_for(at), at) == order(rule_for(at), at)


@settings(deadline=None)
@given(MOMENTS, HEARD, st.integers(0, 5))
def test_it_orders_what_the_rule_allows_and_adds_nothing(
    at: Moment, heard: list[tuple[Situation, str, int, float]], seed: int
) -> None:
    bandit, rule = Bandit("home", seed), rule_for(at)
    bandit.know(heard)
    ordered = bandit.order(rule, at)
    assert sorted(ordered) == sorted(order(rule, at)), "act is left out while nothing can be done"
    kept = rule.firm or at.talk in NOT_LEARNED
    if kept:
        assert ordered == order(rule, at)
    if len(ordered) > 1 and not kept:
        worn = [strategy for strategy in ordered if at.recent.count(strategy) == 3]
        assert worn in ([], [ordered[-1]]), "never a fourth time in a row while there is another"


def liked(strategy: str, disliked: str, label: str = "sad", times: int = 12) -> list[tuple[Situation, str, int, float]]:
    return [(situation(label), strategy, 1, 1.0), (situation(label), disliked, 0, -1.0)] * times


def test_what_helped_comes_first_where_it_helped_and_not_where_it_was_never_tried() -> None:
    bandit = Bandit("home", 1)
    bandit.know(liked("affirm", "reflect", "sad"))
    sad, angry = moment(Emotion.SAD), moment(Emotion.ANGRY)
    assert order(rule_for(sad), sad)[0] is Strategy.REFLECT
    firsts = Counter(bandit.order(rule_for(sad), sad)[0] for _ in range(50))
    assert firsts[Strategy.AFFIRM] >= 48
    posterior = bandit.posterior
    mean, _ = posterior.of(Situation.of(sad, "home"), ["affirm", "reflect"])
    elsewhere, _ = posterior.of(Situation.of(angry, "home"), ["affirm", "reflect"])
    assert mean[0] - mean[1] > elsewhere[0] - elsewhere[1], "what was said of sadness says less of anger"


def test_the_same_kind_never_comes_a_fourth_time_in_a_row_however_much_it_helped() -> None:
    bandit = Bandit("home", 1)
    bandit.know(liked("affirm", "reflect", times=40))
    at = replace(moment(Emotion.SAD), recent=(Strategy.AFFIRM,) * 2)
    assert bandit.order(rule_for(at), at)[0] is Strategy.AFFIRM
    at = replace(at, recent=(Strategy.AFFIRM,) * 3)
    assert bandit.order(rule_for(at), at)[-1] is Strategy.AFFIRM


def test_the_same_seed_and_feedback_give_the_same_orders() -> None:
    def orders(seed: int) -> list[tuple[Strategy, ...]]:
        bandit = Bandit("home", seed)
        bandit.know(liked("affirm", "reflect", times=1))
        at = moment(Emotion.SAD, turns=4)
        return [bandit.order(rule_for(at), at) for _ in range(40)]

    assert orders(3) == orders(3)
    assert any(orders(3) != orders(seed) for seed in (4, 5, 6))


def test_without_verdicts_the_posterior_is_the_prior_around_the_rules() -> None:
    mean, covariance = Posterior(()).of(situation(), ["reflect", "affirm", "question"])
    assert mean.tolist() == pytest.approx([0.0, -GAP, -2 * GAP])
    assert np.linalg.eigvalsh(covariance).min() > 0


def test_function_space_gives_what_weight_space_does() -> None:
    """The same regression the textbook way: weights with a prior, one block for all and one for each strategy."""
    from edge.learning import posterior as module

    random = np.random.default_rng(0)
    names = ["reflect", "affirm", "question"]
    told = [
        (
            situation(str(random.choice(["sad", "angry"])), round(float(random.uniform(-1, 0)), 2)),
            str(random.choice(names)),
            int(random.integers(2)),
            float(random.choice([1.0, -1.0])),
        )
        for _ in range(25)
    ]

    def wide(at: Situation, strategy: str, rank: int) -> np.ndarray:
        row = vector(at)
        row[FEATURES.index("rank")] = rank
        return np.concatenate([row, *[row if name == strategy else np.zeros(len(FEATURES)) for name in names]])

    design = np.array([wide(at, strategy, rank) for at, strategy, rank, _ in told])
    prior = np.concatenate([module.SHARED, *[module.OWN] * len(names)])
    noise = module.NOISE**2 * 2.0 ** (np.arange(len(told))[::-1] / module.HALF_LIFE)
    precision = np.diag(1 / np.maximum(prior, 1e-9)) + design.T @ (design / noise[:, None])
    missed = np.array([verdict - expected(place) for _, _, place, verdict in told])
    weights = np.linalg.solve(precision, design.T @ (missed / noise))
    rows = np.array([wide(situation(), name, 0) for name in names])
    mean, covariance = Posterior(told).of(situation(), names, places=[0, 0, 0])
    assert mean == pytest.approx(rows @ weights, abs=1e-6)
    assert covariance == pytest.approx(rows @ np.linalg.inv(precision) @ rows.T, abs=1e-6)


def test_old_verdicts_count_less_and_only_the_newest_are_looked_at() -> None:
    before, after = liked("affirm", "reflect", times=100), liked("reflect", "affirm", times=100)
    mean, _ = Posterior([*before, *after]).of(situation(), ["affirm", "reflect"], places=[0, 0])
    assert mean[1] > mean[0], "a person who changed is believed"
    assert Posterior([*before, *after, *before]).count == MOST


def test_every_rule_that_lets_choose_is_within_what_is_known() -> None:
    names = {name.partition(" ")[2] for name in FEATURES if name.startswith("after ")}
    assert {strategy.value for rule in RULES for strategy in rule.then} <= names


@settings(deadline=None)
@given(MOMENTS)
def test_a_situation_is_coarse_and_its_numbers_are_bounded(at: Moment) -> None:
    found = Situation.of(at, "home")
    assert np.abs(vector(found)).max() <= 1
    assert found.part in {None, *Part}
    assert not hasattr(found, "minute")


def test_what_a_later_version_calls_by_another_name_says_nothing() -> None:
    strange = replace(situation(), label="bored", place="moon", part="teatime", recent=("dance",))
    assert vector(strange)[FEATURES.index("always")] == 1
    assert vector(strange).sum() == pytest.approx(1 + 1 - 0.5 - 0.2 + 0.8)
