from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.corpora import grammar
from converters.datasets import text as sets
from edge.affect import EMOTIONS, Emotion, Language
from edge.errors import InputError
from edge.perception.text.language import detect_language

if TYPE_CHECKING:
    from pathlib import Path


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def test_goemotions_rows_share_their_weight_among_their_labels(tmp_path: Path) -> None:
    _write(tmp_path / "text/goemotions/ekman/dev.tsv", "so [NAME] left\t0,5\tid1\nfine\t4\tid2\n")
    every = sets.goemotions(tmp_path, "dev")
    assert every.words == ("so Alex left", "fine")
    assert every.targets[0].tolist() == [0.5, 0, 0, 0, 0.5, 0, 0]
    assert sets.goemotions(tmp_path, "dev", single=True).words == ("fine",)
    assert EMOTIONS[every.labels[1]] is Emotion.NEUTRAL


def test_xed_lines_lose_their_tokenisation_and_unknown_emotions(tmp_path: Path) -> None:
    _write(tmp_path / "text/xed/en-annotated.tsv", "Do n't go , [PERSON] !\t4, 8\nTrust me .\t8\n...\t1\n")
    _write(tmp_path / "text/xed/neu_en.txt", "9\tOne moment please.\n")
    found = sets.xed_english(tmp_path)
    assert found.words == ("Don't go, Alex!", "One moment please.")
    assert [EMOTIONS[i] for i in found.labels] == [Emotion.FEAR, Emotion.NEUTRAL]


def test_cped_leaves_out_what_does_not_say_which_feeling(tmp_path: Path) -> None:
    content = "\ufeffEmotion,Utterance\nworried,怎么办\nnegative-other,哼\n"
    for name in ("test_split.csv", "valid_split.csv"):
        _write(tmp_path / "text/cped" / name, content)
    assert sets.cped(tmp_path).words == ("怎么办", "怎么办")


def test_lines_of_crisis_are_not_learned_from(tmp_path: Path) -> None:
    path = tmp_path / "text/smilechat_short/pairs.jsonl.gz"
    path.parent.mkdir(parents=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for line in ("我很难过", "我想自杀", "我很难过"):
            file.write(json.dumps({"person": line, "reply": ""}) + "\n")
    assert sets.smilechat(tmp_path).words == ("我很难过",)


def test_a_missing_set_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"train\.tsv.*--data"):
        sets.goemotions(tmp_path, "train")


@pytest.mark.parametrize(("language", "least"), [("zh", 700), ("en", 200)])
def test_the_written_sentences_are_many_and_none_stands_twice(language: str, least: int) -> None:
    found = sets.corpus(language)
    assert len(found) >= least
    assert len(set(found.words)) == len(found.words)
    assert set(found.labels.tolist()) == set(range(len(EMOTIONS)))
    assert {detect_language(words) for words in found.words} == {Language(language)}


def test_the_written_posts_are_new_chinese_and_of_every_emotion() -> None:
    posts = sets.corpus("zh", sets.CORPORA / "posts")
    assert len(posts) >= 500
    assert len(set(posts.words)) == len(posts.words)
    assert not set(posts.words) & set(sets.corpus("zh").words)
    assert set(posts.labels.tolist()) == set(range(len(EMOTIONS)))
    assert {detect_language(words) for words in posts.words} == {Language.ZH}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_grammar_gives_the_same_different_sentences_each_time(language: str) -> None:
    rows = grammar.sentences(language, 40)
    assert rows == grammar.sentences(language, 40)
    assert rows != grammar.sentences(language, 40, seed=1)
    assert len({words for words, _ in rows}) == len(rows)
    assert {emotion for _, emotion in rows} == set(EMOTIONS)
    assert not any("{" in words for words, _ in rows)


def test_parts_keep_words_and_targets_together() -> None:
    whole = sets.corpus("en")
    part = whole.part(np.array([3, 0]))
    assert part.words == (whole.words[3], whole.words[0])
    assert len(sets.joined(part, part)) == 4
