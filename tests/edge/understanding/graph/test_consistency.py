"""The graph's files against each other, and against sentences."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from edge.affect import Language
from edge.response.strategy import RULES, Strategy
from edge.safety.crisis import Crisis
from edge.safety.settings import SafetySettings
from edge.understanding.graph.graph import find, graph
from edge.understanding.graph.load import AREAS, STRATEGIES, load_events, load_needs

SENTENCES: dict[Language, dict[str, Any]] = {
    language: tomllib.loads(Path(__file__).with_name(f"{language.value}.toml").read_text(encoding="utf-8"))
    for language in Language
}
FEWEST_EVENTS = 120
DIAGNOSES = re.compile(
    r"depress|anxiety|bipolar|schizo|psychosis|psychotic|disorder|adhd|autis|ptsd|ocd|dementia|alzheimer|diabet|cancer|tumou?r|therap"
    r"|抑郁|焦虑症|双相|精神病|精神分裂|强迫症|多动症|自闭|痴呆|糖尿病|癌|肿瘤|心理疾病"
)
EVENTS = [(language, name) for language in Language for name in graph(language).events]


@pytest.mark.parametrize("language", Language)
def test_there_are_enough_events_and_every_area_has_some(language: Language) -> None:
    events = [found.event for found in graph(language).events.values()]
    assert len(events) >= FEWEST_EVENTS
    assert {event.area for event in events} == set(AREAS)


def test_no_event_is_without_a_language_and_no_need_without_an_event() -> None:
    events = load_events()
    assert events.keys() == {name for _, name in EVENTS}
    assert {event.need for event in events.values()} == load_needs().keys()


def test_most_events_are_shared_and_each_language_has_some_of_its_own() -> None:
    english, chinese = (graph(language).events.keys() for language in Language)
    assert len(english & chinese) >= FEWEST_EVENTS
    assert chinese - english


def test_the_strategies_are_those_of_the_response_room() -> None:
    assert set(STRATEGIES) == {strategy.value for strategy in Strategy} - {"inform", "act", "silent"}


def test_every_event_asks_for_some_strategy_that_the_rules_of_its_emotion_know() -> None:
    for event in load_events().values():
        known = {strategy.value for rule in RULES if event.emotion in rule.labels for strategy in rule.then}
        assert known & set(event.then), event.id


def test_opposites_are_felt_otherwise() -> None:
    events = load_events()
    for event in events.values():
        if event.opposite is not None:
            assert event.emotion is not events[event.opposite].emotion, event.id


@pytest.mark.parametrize("language", Language)
def test_every_event_has_sentences_of_its_own(language: Language) -> None:
    sentences = SENTENCES[language]
    assert sentences.keys() == graph(language).events.keys()
    for name, group in sentences.items():
        assert len(group["yes"]) >= 2, name
        assert len(group["no"]) >= 1, name
    said = [sentence for group in sentences.values() for sentence in group["yes"]]
    assert len(said) == len(set(said))


@pytest.mark.parametrize(("language", "name"), EVENTS)
def test_its_sentences_tell_of_it_and_of_nothing_else(language: Language, name: str) -> None:
    for sentence in SENTENCES[language][name]["yes"]:
        assert [found.event.id for found in find(sentence, language)] == [name], sentence


@pytest.mark.parametrize(("language", "name"), EVENTS)
def test_near_misses_do_not_tell_of_it(language: Language, name: str) -> None:
    for sentence in SENTENCES[language][name]["no"]:
        assert name not in [found.event.id for found in find(sentence, language)], sentence


def test_what_is_crisis_talk_is_safetys_and_no_event() -> None:
    crisis = Crisis(SafetySettings())
    for language in Language:
        for group in SENTENCES[language].values():
            for sentence in (*group["yes"], *group["no"]):
                assert not crisis.detect(sentence), sentence


def test_nothing_in_the_files_is_a_diagnosis() -> None:
    folder = Path(__file__).parents[4] / "edge" / "understanding" / "graph"
    texts = [file.read_text(encoding="utf-8") for file in folder.rglob("*.toml")]
    assert len(texts) == len(AREAS) * 3 + 3
    assert not [found.group() for text in texts for found in DIAGNOSES.finditer(text.lower())]
