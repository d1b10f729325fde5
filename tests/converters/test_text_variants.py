from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converters.datasets import text_variants as variants
from converters.datasets.text import corpus
from edge.affect import Language
from edge.perception.text.lexicon.lookup import Kind, lexicon

SENTENCES = {language: corpus(language.value).words for language in Language}
CHANGES = [variants.typos, variants.homophones, variants.synonyms, variants.repeats, variants.fillers]
EVERYTHING = variants.Rates(typo=1, homophone=1, synonym=1, filler=1, repeat=1, spoken=0.5)
LONG = {
    Language.EN: "the children bought pictures there before the store closed behind their house near town ",
    Language.ZH: "他在家里做饭的时候听到了门外有人说话，",
}


def random(seed: int = 7) -> np.random.Generator:
    return np.random.default_rng(seed)


@st.composite
def sentences(draw: st.DrawFn) -> tuple[str, Language]:
    language = draw(st.sampled_from(list(Language)))
    return draw(st.sampled_from(SENTENCES[language])), language


@settings(max_examples=150, deadline=None)
@given(case=sentences(), seed=st.integers(0, 2**32 - 1))
def test_no_variant_says_another_feeling_or_denies_what_was_not_denied(case: tuple[str, Language], seed: int) -> None:
    words, language = case
    before = variants.meaning(words, language)
    after = variants.meaning(variants.variant(words, language, random(seed), EVERYTHING), language)
    assert [kind for kind, _ in after if kind is not Kind.EMOTION] == [
        kind for kind, _ in before if kind is not Kind.EMOTION
    ]
    assert {emotion for _, emotion in after} <= {emotion for _, emotion in before}


@settings(max_examples=150, deadline=None)
@given(case=sentences(), seed=st.integers(0, 2**32 - 1))
def test_only_typos_touch_words_of_feeling(case: tuple[str, Language], seed: int) -> None:
    words, language = case
    for change in CHANGES[1:]:
        assert variants.meaning(change(words, language, random(seed), 1.0), language) == variants.meaning(
            words, language
        )
    assert variants.meaning(variants.unpunctuated(words, language), language) == variants.meaning(words, language)


@settings(max_examples=100, deadline=None)
@given(words=st.text(max_size=60), language=st.sampled_from(list(Language)), seed=st.integers(0, 99))
def test_any_text_at_all_can_be_varied(words: str, language: Language, seed: int) -> None:
    changed = variants.variant(words, language, random(seed), EVERYTHING)
    assert bool(changed.strip()) == bool(words.strip())


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("language", list(Language))
def test_a_rate_of_zero_changes_nothing(change: variants.Change, language: Language) -> None:
    for words in SENTENCES[language][:100]:
        assert change(words, language, random(), 0.0) == words


@pytest.mark.parametrize("language", list(Language))
def test_the_same_seed_gives_the_same_variants(language: Language) -> None:
    one, two, other = random(1), random(1), random(2)
    first = [variants.variant(words, language, one) for words in SENTENCES[language][:200]]
    assert first == [variants.variant(words, language, two) for words in SENTENCES[language][:200]]
    assert first != [variants.variant(words, language, other) for words in SENTENCES[language][:200]]


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_typos_come_at_their_rate_one_a_word_and_within_a_letter(rate: float) -> None:
    words = LONG[Language.EN] * 60
    pairs = list(zip(words.split(), variants.typos(words, Language.EN, random(), rate).split(), strict=True))
    changed = [(before, after) for before, after in pairs if before != after]
    able = sum(len(before) >= variants.SHORTEST for before, _ in pairs)
    assert abs(len(changed) / able - rate) < 0.06  # four deviations of 900 words, and doubled letters swap unseen
    for before, after in changed:
        assert len(before) >= variants.SHORTEST
        assert before[0] == after[0]
        assert abs(len(before) - len(after)) <= 1


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_homophones_come_at_their_rate(rate: float) -> None:
    words = LONG[Language.ZH] * 60
    able = {word for group in _table(Language.ZH)["homophones"] for word in group}
    spared = {place for a, b in variants._entries(words, Language.ZH, variants.MEANING) for place in range(a, b)}
    changed = variants.homophones(words, Language.ZH, random(), rate)
    assert len(changed) == len(words)
    places = [place for place, letter in enumerate(words) if letter in able and place not in spared]
    assert abs(sum(words[place] != changed[place] for place in places) / len(places) - rate) < 0.08


def test_synonyms_keep_a_capital_and_the_rest_of_the_text() -> None:
    assert variants.synonyms("Maybe, tonight.", Language.EN, random(), 1.0) == "Perhaps, this evening."
    assert variants.synonyms("明天见医生", Language.ZH, random(), 1.0) == "明日见大夫"


def test_speech_has_no_case_and_no_marks_but_keeps_emoticons_and_numbers() -> None:
    assert variants.unpunctuated("Well, THAT cost 3.50! :) Really?", Language.EN) == "well that cost 3.50 :) really"
    assert variants.unpunctuated("今天，下雨。真的？", Language.ZH) == "今天 下雨 真的"


def test_fillers_stand_between_words_and_repeats_say_a_word_twice() -> None:
    assert re.fullmatch(
        r"we \w+( \w+)? live \w+( \w+)? here", variants.fillers("we live here", Language.EN, random(), 1.0)
    )
    assert variants.repeats("we live here", Language.EN, random(), 1.0) == "we we live live here here"
    assert variants.repeats("不去", Language.ZH, random(), 1.0) == "不去去"


@pytest.mark.parametrize("language", list(Language))
def test_no_table_holds_a_word_of_feeling_of_denial_or_of_degree(language: Language) -> None:
    table = _table(language)
    book = lexicon(language)
    for word in {word for key in ("synonyms", "homophones") for group in table[key] for word in group}:
        found = [match.entry.kind for match in book.find(book.units(word)) if match.entry.kind is not Kind.END]
        assert not found, (word, found)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("key", ["synonyms", "homophones"])
def test_every_word_of_a_table_stands_in_one_group_with_others(language: Language, key: str) -> None:
    groups = _table(language)[key]
    words = [word for group in groups for word in group]
    assert len(words) == len(set(words)), sorted(word for word in set(words) if words.count(word) > 1)
    assert all(len(group) > 1 for group in groups)


def _table(language: Language) -> dict[str, list[list[str]]]:
    path = Path(variants.__file__).with_name(f"text_variants_{language.value}.toml")
    content: dict[str, list[list[str]]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return content
