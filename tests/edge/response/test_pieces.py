"""What was said in pieces: person shifted, what may be left out, where a clause begins and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.affect import Language
from edge.errors import SettingsError
from edge.response.pieces import MOST, joined, pieces
from edge.response.telling import load_telling

if TYPE_CHECKING:
    from pathlib import Path

EN, ZH = Language.EN, Language.ZH


def told(words: str, language: Language) -> str:
    return joined([piece.told for piece in pieces(words, language) if not piece.stop], language)


@pytest.mark.parametrize(
    ("words", "back"),
    [
        ("I lost my keys", "you lost your keys"),
        ("I'm sure it's mine", "you're sure it's yours"),
        ("My boss told me off", "your boss told you off"),
        ("I was late", "you were late"),
        ("I really wasn't ready", "you really weren't ready"),
        ("I unfortunately was late", "you unfortunately were late"),
        ("My sister was late", "your sister was late"),
        ("My sister and I was late", "your sister and you was late"),
        ("We did it ourselves", "you did it yourselves"),
        ("I’ve had enough", "you've had enough"),
        ("Mom called me", "your mom called you"),
        ("My mum and dad came", "your mum and dad came"),
        ("Her mum called me", "Her mum called you".replace("Her", "her")),
        ("Tom left me", "Tom left you"),
        ("Nobody asked us", "nobody asked you"),
    ],
)
def test_what_is_said_of_oneself_is_said_to_the_person(words: str, back: str) -> None:
    assert told(words, EN) == back


@pytest.mark.parametrize(
    ("words", "back"),
    [
        ("我丢了钥匙", "你丢了钥匙"),
        ("我妈又催我了", "你妈妈又催你了"),
        ("我们分手了", "你们分手了"),
        ("咱们输了", "你们输了"),
        ("我自我怀疑", "你自我怀疑"),
        ("我妹结婚了", "你妹妹结婚了"),
    ],
)
def test_chinese_never_says_a_name_of_kin_that_is_an_insult(words: str, back: str) -> None:
    assert told(words, ZH) == back


def test_what_carries_no_fact_may_be_left_out_but_not_beside_a_denial() -> None:
    dropped = {piece.plain for piece in pieces("I am really very tired today", EN) if piece.dropped}
    assert dropped == {"really", "very", "today"}
    assert not any(piece.dropped for piece in pieces("I am not very happy", EN))
    assert not any(piece.dropped for piece in pieces("I was so tired that I slept", EN) if piece.plain == "so")
    assert not any(piece.dropped for piece in pieces("it hasn't rained since yesterday", EN))


def test_a_particle_within_a_chinese_word_is_no_particle() -> None:
    assert [piece.plain for piece in pieces("他在酒吧等我呢。", ZH) if piece.dropped] == ["呢"]


def test_clauses_begin_after_marks_and_conjunctions_and_end_before_them() -> None:
    said = pieces("Well, my boss shouted at me and I just sat there.", EN)
    assert [piece.plain for piece in said if piece.starts] == ["my", "i"]
    assert {"me", "there"} <= {piece.plain for piece in said if piece.ends}
    assert "at" not in {piece.plain for piece in said if piece.ends}


def test_of_a_long_speech_the_last_sentences_are_looked_at() -> None:
    said = pieces("I got up early and made tea for everyone. " * 9 + "My sister called.", EN)
    assert len(said) <= MOST
    assert said[0].plain == "i"
    assert said[-2].plain == "called"


def test_no_more_than_the_window_holds_is_looked_at_in_one_endless_sentence() -> None:
    assert len(pieces("and then " * 60, EN)) <= MOST


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "en.toml"
    file.write_text('drop = "so"\n')
    with pytest.raises(SettingsError, match=r"en\.toml"):
        load_telling(file, EN)
