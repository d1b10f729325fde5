from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from edge.affect import CIRCUMPLEX, UNSURE, Emotion, Language
from edge.response.leaning import Leaning
from edge.response.library import load_library
from edge.response.strategy import RECENT, RULES, Moment, Strategy, order, rule_for, subject_of
from edge.response.talk import Talk

S, T, E = Strategy, Talk, Emotion


def moment(
    talk: Talk | None,
    label: Emotion | None,
    confidence: float = 0.8,
    turns: int = 0,
    recent: tuple[Strategy, ...] = (),
    *,
    valence: float | None = None,
    arousal: float | None = None,
) -> Moment:
    mean = CIRCUMPLEX[label or E.NEUTRAL]
    return Moment(
        talk,
        label,
        mean[0] if valence is None else valence,
        mean[1] if arousal is None else arousal,
        confidence,
        turns,
        recent,
    )


def first(asked: Moment) -> Strategy:
    return order(rule_for(asked), asked)[0]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (moment(T.STATEMENT, E.SAD), S.REFLECT),
        (moment(T.STATEMENT, E.SAD, turns=1, recent=(S.REFLECT,)), S.QUESTION),
        (moment(T.STATEMENT, E.SAD, turns=2, recent=(S.QUESTION,)), S.AFFIRM),
        (moment(T.STATEMENT, E.SAD, turns=3, recent=(S.AFFIRM,)), S.SUGGEST),
        (moment(T.STATEMENT, E.ANGRY), S.REFLECT),
        (moment(T.STATEMENT, E.FEAR), S.REFLECT),
        (moment(T.STATEMENT, E.FEAR, turns=1, recent=(S.REFLECT,)), S.QUESTION),
        (moment(T.STATEMENT, E.FEAR, turns=2, recent=(S.QUESTION,)), S.SUGGEST),
        (moment(T.STATEMENT, E.FEAR, turns=2, recent=(S.QUESTION,), arousal=0.1), S.AFFIRM),
        (moment(T.STATEMENT, E.DISGUST), S.REFLECT),
        (moment(T.STATEMENT, E.SURPRISE), S.REFLECT),
        (moment(T.STATEMENT, E.SURPRISE, valence=-0.2), S.REASSURE),
        (moment(T.STATEMENT, E.HAPPY), S.AFFIRM),
        (moment(T.STATEMENT, E.HAPPY, turns=1, recent=(S.AFFIRM,)), S.QUESTION),
        (moment(T.STATEMENT, E.NEUTRAL), S.AFFIRM),
        (moment(T.STATEMENT, None), S.QUESTION),
        (moment(T.STATEMENT, None, recent=(S.QUESTION,)), S.RESTATE),
        (moment(T.STATEMENT, E.SAD, confidence=0.4), S.QUESTION),
        (moment(T.SHORT, E.SAD), S.REFLECT),
        (moment(T.SHORT, E.ANGRY), S.REASSURE),
        (moment(T.SHORT, None), S.QUESTION),
        (moment(T.QUESTION, E.ANGRY), S.REFLECT),
        (moment(T.QUESTION, E.NEUTRAL), S.INFORM),
        (moment(T.ASKS_STATE, E.SAD), S.INFORM),
        (moment(T.ASKS_STATE, None), S.INFORM),
        (moment(T.ASKS_ADVICE, E.FEAR, recent=(S.SUGGEST,)), S.SUGGEST),
        (moment(T.ASKS_ADVICE, None), S.QUESTION),
        (moment(T.THANKS, E.HAPPY), S.AFFIRM),
        (moment(T.THANKS, E.ANGRY), S.REFLECT),
        (moment(T.LOSS, E.SAD), S.REFLECT),
        (moment(T.ACKNOWLEDGEMENT, E.SAD), S.SILENT),
        (moment(T.DISMISSAL, E.ANGRY), S.AFFIRM),
        (moment(None, None), S.SILENT),
        (moment(None, E.NEUTRAL), S.SILENT),
        (moment(None, E.SAD), S.REFLECT),
        (moment(None, E.FEAR), S.REFLECT),
        (moment(None, E.HAPPY), S.AFFIRM),
    ],
)
def test_the_table_chooses(asked: Moment, wanted: Strategy) -> None:
    assert first(asked) is wanted


@pytest.mark.parametrize(("talk", "label"), list(product((None, *Talk), (None, *Emotion))))
def test_every_moment_has_a_rule(talk: Talk | None, label: Emotion | None) -> None:
    for confidence, turns in product((0.2, 0.5, 1.0), range(7)):
        assert rule_for(moment(talk, label, confidence, turns)).then


def test_every_rule_decides_some_moment() -> None:
    decided = set()
    for context, leans in product(("home", "wellbeing"), (None, *Leaning)):
        for talk, label, confidence, turns, valence, arousal in product(
            (None, *Talk), (None, *Emotion), (0.3, 0.9), range(6), (-0.6, 0.6), (-0.3, 0.6)
        ):
            asked = moment(talk, label, confidence, turns, valence=valence, arousal=arousal)
            asked = replace(asked, context=context, replies=2 * turns, leaning=leans)
            decided.add(rule_for(asked).why)
    assert decided == {rule.why for rule in RULES}


def test_without_words_and_without_a_clear_feeling_there_is_only_silence() -> None:
    assert rule_for(moment(None, None, confidence=1.0)).then == (Strategy.SILENT,)


def test_the_strategy_used_last_is_tried_last() -> None:
    asked = moment(T.STATEMENT, E.SAD, recent=(S.REFLECT,))
    assert order(rule_for(asked), asked) == (S.AFFIRM, S.REFLECT)


def test_a_long_talk_goes_round_through_all_strategies_that_fit() -> None:
    recent: tuple[Strategy, ...] = (S.QUESTION, S.AFFIRM, S.SUGGEST)
    used = []
    for turn in range(4, 12):
        asked = moment(T.STATEMENT, E.ANGRY, turns=turn, recent=recent)
        used.append(first(asked))
        recent = (*recent, used[-1])[-RECENT:]
    assert used[:4] == used[4:]
    assert set(used) == {S.RESTATE, S.REFLECT, S.QUESTION, S.AFFIRM}


def test_every_template_belongs_to_a_strategy_that_some_rule_uses() -> None:
    for language in Language:
        for subject, templates in load_library(language).templates.items():
            reachable = {
                strategy
                for rule in RULES
                for strategy in (*rule.then, *rule.otherwise, *([] if rule.lead is None else [rule.lead]))
                if (rule.by_talk and subject in rule.talk)
                or (not rule.by_talk and (subject in rule.labels or (subject == UNSURE and None in rule.labels)))
                or (rule.leaning == subject or (rule.by_mood and subject in tuple(Leaning)))
            }
            assert {template.strategy for template in templates} <= reachable, subject


def test_of_strategies_that_fit_alike_the_one_that_the_event_asks_for_comes_first() -> None:
    asked = replace(moment(T.STATEMENT, E.FEAR), asked=(S.REASSURE, S.SUGGEST))
    assert order(rule_for(asked), asked) == (S.REASSURE, S.REFLECT)
    used = replace(asked, recent=(S.REASSURE,))
    assert order(rule_for(used), used) == (S.REFLECT, S.REASSURE)


def test_an_event_adds_no_strategy_and_does_not_move_a_firm_rule() -> None:
    sad = replace(moment(T.STATEMENT, E.SAD), asked=(S.SUGGEST, S.AFFIRM))
    assert order(rule_for(sad), sad) == (S.AFFIRM, S.REFLECT)
    loss = replace(moment(T.LOSS, E.SAD), asked=(S.AFFIRM,))
    assert order(rule_for(loss), loss) == (S.REFLECT, S.AFFIRM)


@pytest.mark.parametrize(
    ("replies", "wanted"),
    [(0, S.QUESTION), (1, S.QUESTION), (2, S.AFFIRM), (4, S.AFFIRM), (5, S.SUGGEST), (30, S.SUGGEST)],
)
def test_where_people_come_to_talk_it_is_asked_then_comforted_then_suggested(replies: int, wanted: Strategy) -> None:
    talk = replace(moment(T.STATEMENT, E.SAD), context="wellbeing", replies=replies)
    assert first(talk) is wanted
    assert first(replace(talk, context="home")) is S.REFLECT


def test_where_people_come_to_talk_the_strategies_go_round_whatever_is_felt_meanwhile() -> None:
    lately: tuple[Strategy, ...] = ()
    used = []
    for label in (E.SAD, E.ANGRY, E.FEAR, E.SAD, E.ANGRY, E.FEAR):
        asked = replace(moment(T.STATEMENT, label), context="wellbeing", replies=8, lately=lately)
        used.append(first(asked))
        lately = (*lately, used[-1])[-RECENT:]
    assert used == [S.SUGGEST, S.AFFIRM, S.REASSURE] * 2


def test_the_mood_of_a_talk_is_spoken_to_where_the_words_carry_no_feeling() -> None:
    calm = replace(moment(T.STATEMENT, None), context="wellbeing", mood=E.SAD)
    assert subject_of(rule_for(calm), calm) == "sad"
    assert subject_of(rule_for(replace(calm, mood=None)), replace(calm, mood=None)) == "unsure"
    at_home = replace(calm, context="home")
    assert subject_of(rule_for(at_home), at_home) == "unsure"
