from __future__ import annotations

import unicodedata
from collections import Counter
from importlib.resources import files

import pytest

from converters.challenge import KINDS, parsed, sentences
from edge.affect import Emotion, Language
from edge.errors import InputError
from edge.perception.text.language import detect_language
from edge.perception.text.normalise import normalised

LEAST = 300
LEAST_OF_A_KIND = 30


@pytest.mark.parametrize("language", list(Language))
def test_the_set_is_large_and_balanced(language: Language) -> None:
    found = sentences(language)
    assert len(found) >= LEAST
    kinds = Counter(sentence.kind for sentence in found)
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= LEAST_OF_A_KIND
    assert {label for sentence in found for label in sentence.labels} == set(Emotion)
    assert all(sentence.target for sentence in found if sentence.kind == "target")


@pytest.mark.parametrize("language", list(Language))
def test_the_halves_are_fixed_and_share_nothing(language: Language) -> None:
    dev, test = (sentences(language, half) for half in ("dev", "test"))
    assert len(dev) + len(test) == len(sentences(language))
    assert abs(len(dev) - len(test)) <= len(KINDS)
    assert not {normalised(s.text, 600) for s in dev} & {normalised(s.text, 600) for s in test}


@pytest.mark.parametrize("language", list(Language))
def test_every_sentence_is_in_its_language_once_and_well_written(language: Language) -> None:
    texts = [sentence.text for sentence in sentences(language)]
    assert {detect_language(text) for text in texts} == {language}
    assert len(set(texts)) == len(texts)
    assert [text for text in texts if text != text.strip() or unicodedata.normalize("NFC", text) != text] == []


@pytest.mark.parametrize("language", list(Language))
def test_no_sentence_is_one_of_those_that_the_model_was_trained_with(language: Language) -> None:
    corpora = files("converters.corpora")
    trained = {
        normalised(line, 600)
        for folder in (corpora / language.value, corpora / "posts" / language.value)
        if folder.is_dir()
        for file in folder.iterdir()
        if file.name.endswith(".txt")
        for line in file.read_text(encoding="utf-8").splitlines()
    }
    assert [s.text for s in sentences(language) if normalised(s.text, 600) in trained] == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "begin with the columns"),
        ("kind\tlabels\ttarget\ttext\nidiom\tsad\tno text", "line 2: 3 columns"),
        ("kind\tlabels\ttarget\ttext\nriddle\tsad\t\tWhat is it?", "the kind 'riddle'"),
        ("kind\tlabels\ttarget\ttext\nidiom\tblue\t\tI feel blue", "the label 'blue'"),
    ],
)
def test_a_broken_file_is_refused_by_line(content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parsed(content, Language.EN, "mine.tsv")
