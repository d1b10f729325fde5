"""The whole way of an answer with its nets: what is told back, found and ranked, and what never reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Model, Models, default_directory
from edge.affect import Emotion, Language
from edge.answering import Answering
from edge.errors import ModelError
from edge.perception.text.settings import TextSettings
from edge.response import generate
from edge.response.candidates import Candidate, Source
from edge.response.compose import Composer, Wanted
from edge.response.rank import Weighing
from edge.response.strategy import Strategy
from edge.safety.context import context
from edge.settings import load
from tests.edge.response.support import SECOND, said, state_of

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

EN, ZH = Language.EN, Language.ZH
STAY = {"RAPPORT_RESPONSE__MIN_GAP_S": "0", "RAPPORT_RESPONSE__PER_HOUR": "3600", "RAPPORT_RESPONSE__SEED": "1"}
SHOUTED = "My boss shouted at me in front of everyone."


def answering(models: Models | None = None, place: str = "home", **changes: str) -> Answering:
    settings = load(None, {**STAY, "RAPPORT_SAFETY__CONTEXT": place, **changes})
    return Answering(settings, context(settings.safety), models=models)


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(default_directory(), Cpu())


def wanted(words: str, label: Emotion | None, strategy: Strategy, language: Language = EN, **changes: object) -> Wanted:
    weighing = Weighing(words, language, label, -0.5, 0.5, 0.9, 0, 140 if language is EN else 46)
    given = {"context": "home", "tells": True, "finish": str, "fresh": lambda _: True, **changes}
    return Wanted(strategy, weighing, **given)  # type: ignore[arg-type]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the generator, which is the real one."""
    asked: list[str] = []
    real = generate.clause

    def spied(net: generate.Net, words: str, *rest: object, **named: object) -> generate.Clause | None:
        asked.append(words)
        return real(net, words, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(generate, "clause", spied)
    return asked


def test_what_happened_is_told_back_and_marked_as_the_persons_words(models: Models) -> None:
    talk = answering(models, RAPPORT_RESPONSE__SOURCES='["model"]')
    reply = talk.answer(state_of(Emotion.ANGRY, 0.9), said(SHOUTED, emotion=Emotion.ANGRY), 10 * SECOND)
    assert reply is not None
    assert "your boss shouted at you in front of everyone" in reply.text.lower()
    assert reply.quotes


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("I want to kill myself. My boss shouted at me.", EN),
        ("My boss shouted at me and I don't want to live anymore", EN),
        ("我不想活了，领导又骂了我", ZH),
        ("我想自杀", ZH),
    ],
)
def test_crisis_talk_never_reaches_the_generator(
    models: Models, calls: list[str], words: str, language: Language
) -> None:
    talk = answering(models)
    reply = talk.answer(state_of(Emotion.SAD, 0.9), said(words, language, emotion=Emotion.SAD), 10 * SECOND)
    assert reply is not None
    assert reply.crisis
    assert calls == []


def test_the_spy_sees_other_talk(models: Models, calls: list[str]) -> None:
    answering(models).answer(state_of(Emotion.ANGRY, 0.9), said(SHOUTED, emotion=Emotion.ANGRY), 10 * SECOND)
    assert SHOUTED in calls


def test_words_are_not_told_back_twice_in_a_row(models: Models) -> None:
    composer = Composer(TextSettings(), models)
    first = composer.further(wanted(SHOUTED, Emotion.ANGRY, Strategy.RESTATE), [])
    assert any(one.source is Source.MODEL for one in first)
    after = wanted(SHOUTED, Emotion.ANGRY, Strategy.RESTATE)
    weighing = Weighing(SHOUTED, EN, Emotion.ANGRY, -0.5, 0.5, 0.9, 1, 140, first[-1].text, parroted=True)
    again = Wanted(after.strategy, weighing, after.context, after.tells, after.finish, after.fresh)
    assert not any(one.source is Source.MODEL for one in composer.further(again, []))


@pytest.mark.parametrize(
    ("words", "label", "never"),
    [
        ("My boss shouted at me, but my daughter won the race.", Emotion.ANGRY, "daughter"),
        ("My boss shouted at me, but my daughter won the race.", Emotion.HAPPY, "shouted"),
        ("I got the job, but my dog ran away last night.", Emotion.HAPPY, "dog"),
        ("I won the first prize at my school today", Emotion.ANGRY, "prize"),
    ],
)
def test_nothing_of_another_feeling_is_told_back(models: Models, words: str, label: Emotion, never: str) -> None:
    composer = Composer(TextSettings(), models)
    assert not any(never in one.text for one in composer.further(wanted(words, label, Strategy.RESTATE), []))


def test_what_is_found_is_of_the_feeling_that_is_answered() -> None:
    composer = Composer(TextSettings(), None)
    words = "I have an interview tomorrow and I'm so nervous"
    found = composer.further(wanted(words, Emotion.FEAR, Strategy.QUESTION), [])
    assert found
    assert all(one.source is Source.RETRIEVAL and one.quotes for one in found)
    assert composer.further(wanted(words, Emotion.HAPPY, Strategy.QUESTION), []) == []
    assert composer.further(wanted(words, None, Strategy.QUESTION), []) == []


def test_in_a_car_nothing_is_suggested_but_what_is_for_the_road() -> None:
    composer = Composer(TextSettings(), None)
    words = "I can't pay the rent this month"
    assert composer.further(wanted(words, Emotion.FEAR, Strategy.SUGGEST), [])
    assert composer.further(wanted(words, Emotion.FEAR, Strategy.SUGGEST, context="car"), []) == []


def test_talk_of_another_kind_and_what_may_not_be_told_back_get_templates_alone(models: Models) -> None:
    composer = Composer(TextSettings(), models)
    assert composer.further(wanted(SHOUTED, Emotion.ANGRY, Strategy.RESTATE, tells=False), []) == []
    assert composer.further(wanted("I took all my pills at work", Emotion.SAD, Strategy.RESTATE), []) == []


def test_only_the_sources_that_are_switched_on_are_used_but_nobody_is_left_unanswered() -> None:
    template = Candidate("That stings.", Strategy.REFLECT, Source.TEMPLATES)
    told = Candidate("So you lost.", Strategy.REFLECT, Source.MODEL)
    composer = Composer(TextSettings(), None, frozenset({Source.MODEL}))
    assert composer.only([template, told]) == [told]
    assert composer.only([template]) == [template]


def test_without_the_nets_templates_answer_and_it_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    talk = answering(Models(tmp_path, Cpu()))
    for turn in range(1, 4):
        reply = talk.answer(state_of(Emotion.ANGRY, 0.9), said(SHOUTED, emotion=Emotion.ANGRY), turn * 60 * SECOND)
        assert reply is not None
    assert caplog.text.count("templates stand in") == 1


def test_no_net_is_loaded_before_the_first_reply_is_wanted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    talk = answering(Models(tmp_path, Cpu()), RAPPORT_RESPONSE__QUIET="true")
    assert talk.answer(state_of(Emotion.ANGRY, 0.9), said(SHOUTED, emotion=Emotion.ANGRY), 10 * SECOND) is None
    assert "replies" not in caplog.text.replace("face of replies", "")


@pytest.mark.parametrize("place", ["home", "car", "wellbeing", "service"])
def test_every_reply_keeps_to_the_length_of_its_place(models: Models, place: str) -> None:
    from edge.response.contexts import manner

    talk = answering(models, place)
    for turn, (words, language) in enumerate(
        [(SHOUTED, EN), ("我妈又催我结婚了，我真的受不了", ZH), ("They had the whole meeting without me again", EN)]
        * 4,
        1,
    ):
        reply = talk.answer(
            state_of(Emotion.ANGRY, 0.9), said(words, language, emotion=Emotion.ANGRY), turn * 60 * SECOND
        )
        if reply is not None:
            assert len(reply.text) <= manner(place).longest(language)
            assert reply.language is language


def test_a_net_that_fails_while_the_device_runs_leaves_templates_and_nobody_unanswered(
    models: Models, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    talk = answering(models)
    failing = False
    run = Model.run

    def lost(self: Model, *inputs: np.ndarray[Any, Any]) -> object:
        if failing:
            problem = "inference failed: the accelerator is gone"
            raise ModelError(problem, "Plug it in")
        return run(self, *inputs)

    monkeypatch.setattr(Model, "run", lost)
    for turn in range(1, 5):
        failing = turn > 1
        reply = talk.answer(state_of(Emotion.ANGRY, 0.9), said(SHOUTED, emotion=Emotion.ANGRY), turn * 60 * SECOND)
        assert reply is not None
    assert caplog.text.count("templates from now on") == 1
