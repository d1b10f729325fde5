from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.bandit_policies import Chance, Learning, Ranked, Rules
from converters.evaluate_bandit import POLICIES, Talk, curves, evaluate, regret, table
from converters.household import CHOSEN_FROM, DEPENDING, STEADY, Course, Person
from edge.response.strategy import Strategy, order

if TYPE_CHECKING:
    from collections.abc import Callable

    from converters.bandit_policies import Policy

PEOPLE = (*DEPENDING, *STEADY)


@pytest.mark.parametrize("kind", PEOPLE)
def test_a_person_is_the_same_whatever_is_asked_of_them_first(kind: str) -> None:
    one, other = (Person(kind, np.random.default_rng(3)) for _ in range(2))
    moments = []
    for moment, _, taken in Course(3).run(20):
        taken.append(Strategy.REFLECT)
        moments.append(moment)
    forth = [one.helped(moment, strategy) for moment in moments for strategy in CHOSEN_FROM]
    back = [other.helped(moment, strategy) for moment in reversed(moments) for strategy in reversed(CHOSEN_FROM)]
    assert forth == back[::-1]
    assert 0 < min(forth) <= max(forth) < 1


@pytest.mark.parametrize("kind", PEOPLE)
def test_without_feedback_the_bandit_is_the_rules(kind: str) -> None:
    mute = Talk(0.0, 0.0)
    assert regret(kind, 1, Learning(1), 100, mute).tolist() == regret(kind, 1, Rules(), 100, mute).tolist()


def test_it_learns_what_the_rules_do_not_know() -> None:
    loud = Talk(1.0, 1.0)
    late = {
        name: sum(regret("quiet", seed, made(seed), 200, loud)[-100:].sum() for seed in range(3))
        for name, made in (("bandit", Learning), ("rules", lambda _: Rules()))
    }
    assert late["bandit"] < 0.6 * late["rules"]


@pytest.mark.parametrize("made", [Rules, lambda: Ranked((Strategy.SUGGEST,)), lambda: Chance(1), lambda: Learning(1)])
def test_every_policy_takes_what_the_rule_allows(made: Callable[[], Policy]) -> None:
    policy = made()
    for moment, rule, taken in Course(5).run(60):
        ordered = policy.order(rule, moment)
        assert sorted(ordered) == sorted(order(rule, moment))
        taken.append(ordered[0])


def test_regret_is_never_negative_and_the_ranking_in_hindsight_is_of_this_person() -> None:
    told = curves("anybody", 4, 60, Talk())
    assert set(told) == set(POLICIES)
    for curve in told.values():
        assert np.diff(curve, prepend=0.0).min() >= 0


def test_all_that_a_rule_lets_choose_from_is_in_the_tables() -> None:
    choices: set[Strategy] = set()
    for seed in range(20):
        for moment, rule, taken in Course(seed).run(60):
            usual = order(rule, moment)
            taken.append(usual[0])
            if len(usual) > 1 and not rule.firm:
                choices |= set(usual)
    assert choices == set(CHOSEN_FROM)


def test_the_figures_are_plain_data_and_are_told() -> None:
    found = evaluate(2, replies=30, few=2, long=40)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    told = table(found)
    assert all(name in told for name in (*PEOPLE, *POLICIES))
