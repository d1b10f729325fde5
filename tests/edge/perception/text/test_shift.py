from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.affect import EMOTIONS, Affect, Emotion, Language
from edge.perception.text.rules import TOWARDS, Rule, fired
from edge.perception.text.shift import distribution, pooled, shift, weights
from tests.edge.perception.text.test_context import context

HAPPY, SAD, NEUTRAL = (EMOTIONS.index(e) for e in (Emotion.HAPPY, Emotion.SAD, Emotion.NEUTRAL))
raw = st.lists(st.floats(0.0, 1.0), min_size=7, max_size=7).map(
    lambda v: tuple((x + 1e-3) / (sum(v) + 7e-3) for x in v)
)
rules = st.lists(st.tuples(st.sampled_from(list(Rule)), st.sampled_from(list(TOWARDS.values()))), max_size=8)


@given(raw, st.lists(raw, max_size=4), rules, st.sampled_from(list(Language)), st.booleans())
def test_whatever_applies_the_result_is_a_distribution(
    whole: tuple[float, ...],
    parts: list[tuple[float, ...]],
    applied: list[tuple[Rule, tuple[float, ...]]],
    language: Language,
    contrasted: bool,  # noqa: FBT001 - hypothesis gives it by place
) -> None:
    by = weights(language)
    found = distribution(pooled(whole, parts, by, contrasted=contrasted), shift(applied, by))
    assert Affect.of(found)
    assert sum(found) == pytest.approx(1.0)


@given(raw, st.sampled_from(list(Language)))
def test_without_a_rule_and_in_one_part_nothing_changes(whole: tuple[float, ...], language: Language) -> None:
    by = weights(language)
    assert distribution(pooled(whole, [], by, contrasted=False), shift([], by)) == pytest.approx(whole, abs=1e-5)


@given(rules, st.sampled_from(list(Language)))
def test_rules_are_bounded(applied: list[tuple[Rule, tuple[float, ...]]], language: Language) -> None:
    by = weights(language)
    assert all(abs(value) <= by.limit for value in shift(applied * 5, by))


def test_the_rules_do_not_overturn_a_model_that_is_very_sure() -> None:
    by = weights(Language.EN)
    sure = [0.0005] * 7
    sure[HAPPY] = 1 - 6 * 0.0005
    every = [(rule, TOWARDS[Emotion.SAD]) for rule in Rule]
    assert max(distribution(pooled(sure, [], by, contrasted=False), shift(every, by))) == pytest.approx(
        distribution(pooled(sure, [], by, contrasted=False), shift(every, by))[HAPPY]
    )


def test_a_later_part_with_feeling_weighs_more() -> None:
    by = weights(Language.ZH)
    calm, glad, sorry = ([0.02] * 7 for _ in range(3))
    calm[NEUTRAL] = glad[HAPPY] = sorry[SAD] = 0.88
    last = distribution(pooled([1 / 7] * 7, [glad, sorry], by, contrasted=False), [0.0] * 7)
    assert last[SAD] > last[HAPPY]
    felt = distribution(pooled([1 / 7] * 7, [calm, sorry], by, contrasted=False), [0.0] * 7)
    assert felt[SAD] > felt[NEUTRAL]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("the bus stops here", set()),
        ("I am happy", {Rule.WORD}),
        ("I am so happy", {Rule.WORD, Rule.STRONG}),
        ("I am a bit sad", {Rule.WORD, Rule.WEAK}),
        ("I am down", {Rule.MILD}),
        ("over the moon", {Rule.IDIOM}),
        ("it was alright", {Rule.CALM}),
        ("bus 😊", {Rule.SIGN}),
        ("not happy", {Rule.DENIED_JOY}),
        ("not scared", {Rule.DENIED}),
        ("neither happy nor sad", {Rule.DENIED}),
        ("my sister is furious", {Rule.OTHERS}),
        ("are you furious?", {Rule.ASKED, Rule.QUESTION}),
        ("did they arrive?", {Rule.QUESTION}),
        ("if it rains I'll be sad", {Rule.IMAGINED, Rule.SUPPOSED}),
        ("I should be happy", {Rule.MISSED}),
        ("I wish I were happy", {Rule.WISH, Rule.WORD}),
        ("I wish you would go", {Rule.REPROACH}),
        ("according to the paper it rains", {Rule.REPORTED}),
        ("yeah right", {Rule.IRONY}),
        ("lovely, but I am sad", {Rule.YIELDING, Rule.WORD}),
        ("I was sad. I am happy.", {Rule.EARLIER, Rule.WORD}),
    ],
)
def test_which_rules_apply(words: str, wanted: set[Rule]) -> None:
    assert {rule for rule, _ in fired(context(words), loud=False)} == wanted


def test_shouting_is_a_rule_of_its_own() -> None:
    assert [rule for rule, _ in fired(context("the bus"), loud=True)] == [Rule.LOUD]


@pytest.mark.parametrize("language", list(Language))
def test_every_rule_has_a_weight_that_does_not_turn_it_round(language: Language) -> None:
    by = weights(language)
    assert set(by.rules) == set(Rule)
    assert min(by.rules.values()) >= 0.0
