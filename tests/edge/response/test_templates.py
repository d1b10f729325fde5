from __future__ import annotations

import re
from functools import cache
from itertools import product

import pytest

from edge.affect import EMOTIONS, UNSURE, Emotion, Language
from edge.response.contexts import MANNERS
from edge.response.library import FEWEST, SUBJECTS, Library, load_library
from edge.response.polish import polish
from edge.response.strategy import Strategy
from edge.response.template import COUNTED, SLOTS, Occasion, Template
from tests.edge.response.checklist import CERTAIN, FEELINGS, FORBIDDEN, HEDGES

FILLING: dict[Language, dict[str, str | int]] = {
    Language.EN: {
        "cue": "your voice is loud",
        "words": "my train was late",
        "topic": "work",
        "name": "Ada",
        "device": "Robin",
        "senses": "your face and your voice",
        "sureness": "fairly sure",
        "minutes": 3,
    },
    Language.ZH: {
        "cue": "你声音挺大的",
        "words": "火车又晚点了",
        "topic": "工作",
        "name": "小林",
        "device": "小石",
        "senses": "你的表情和你的声音",
        "sureness": "比较确定",
        "minutes": 3,
    },
}


@cache
def library(language: Language) -> Library:
    return load_library(language)


def every(language: Language) -> list[Template]:
    return [template for entries in library(language).templates.values() for template in entries]


def readings(template: Template, language: Language) -> list[str]:
    """Every text that a template can become, its alternatives chosen and its slots filled."""
    return list(template.parsed.said(language, FILLING[language]))


def phrase_in(phrase: str, text: str, language: Language) -> bool:
    if language is Language.ZH:
        return phrase.lower() in text
    return re.search(rf"(?<![\w']){re.escape(phrase)}", text.lower()) is not None


@pytest.mark.parametrize(("language", "subject"), list(product(Language, SUBJECTS)))
def test_each_emotion_and_unsure_has_enough_templates_over_several_strategies(language: Language, subject: str) -> None:
    templates = library(language).templates[subject]
    assert len(templates) >= max(FEWEST, 10)
    assert len({template.strategy for template in templates}) >= 3


@pytest.mark.parametrize("language", Language)
def test_no_template_holds_a_forbidden_phrase(language: Language) -> None:
    found = [
        (text, phrase, why)
        for template in every(language)
        for text in readings(template, language)
        for why, phrases in FORBIDDEN[language].items()
        for phrase in phrases
        if phrase_in(phrase, text, language)
    ]
    assert found == []


@pytest.mark.parametrize("language", Language)
def test_a_feeling_is_named_with_a_hedge_or_with_confidence(language: Language) -> None:
    blunt = [
        text
        for template in every(language)
        for text in readings(template, language)
        if template.subject in (*EMOTIONS, UNSURE)
        and template.strategy in (Strategy.REFLECT, Strategy.INFORM)
        and any(phrase_in(word, text, language) for word in FEELINGS[language])
        and not any(phrase_in(hedge, text, language) for hedge in HEDGES[language])
        and template.confidence < CERTAIN
    ]
    assert blunt == []


@pytest.mark.parametrize("language", Language)
def test_when_unsure_no_feeling_is_named(language: Language) -> None:
    named = [
        text
        for template in library(language).templates[UNSURE]
        for text in readings(template, language)
        if any(phrase_in(word, text, language) for word in FEELINGS[language])
    ]
    assert named == []


@pytest.mark.parametrize("language", Language)
def test_every_template_renders_clean_and_short(language: Language) -> None:
    longest = max(manner.longest(language) for manner in MANNERS.values())
    for template in every(language):
        texts = [polish(text, language) for text in readings(template, language)]
        assert texts, template.text
        for text in texts:
            assert not re.search(r"[{}\[\]|#]|  ", text), text
            assert len(text) <= longest, text
            assert not re.search(r"[,.;:!?，。；：！？]{2}", text), text
            assert text[-1] in ".!?。！？", text
            assert language is Language.EN or not re.search(r"[,;:!?]", text), text


@pytest.mark.parametrize("language", Language)
def test_a_template_is_written_the_way_it_is_polished(language: Language) -> None:
    for template in every(language):
        if not template.slots & {"words", "name", "topic"}:  # those may begin the sentence
            for text in readings(template, language):
                assert polish(text, language) == text


@pytest.mark.parametrize("language", Language)
def test_remarks_on_silence_do_not_speak_of_what_was_said(language: Language) -> None:
    heard = (
        ("sounds", "you said", "say that", "telling")
        if language is Language.EN
        else ("听起来", "听着", "你说“", "话里")
    )
    for template in every(language):
        if template.on is not Occasion.SPEECH:
            assert not any(word in template.text.lower() for word in heard), template.text
            assert not template.slots & {"words", "topic"}, template.text


@pytest.mark.parametrize("language", Language)
def test_every_slot_is_used_by_some_template(language: Language) -> None:
    assert frozenset().union(*(template.slots for template in every(language))) == SLOTS | COUNTED


@pytest.mark.parametrize(("context", "language", "emotion"), list(product(MANNERS, Language, Emotion)))
def test_no_context_runs_out_of_short_answers_for_an_emotion(
    context: str, language: Language, emotion: Emotion
) -> None:
    longest = MANNERS[context].longest(language)
    short = [
        template
        for template in library(language).templates[emotion]
        if not template.slots
        and template.confidence == 0
        and template.arousal is None
        and template.on is not Occasion.SIGHT
        and (not template.contexts or context in template.contexts)
        and len(template.text) <= longest
    ]
    assert len(short) >= FEWEST
