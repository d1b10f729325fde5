from __future__ import annotations

from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st

from edge.perception.text.normalise import normalised


def test_full_width_letters_and_signs_become_plain_ones() -> None:
    assert normalised("ＨＥＬＬＯ！　ｗｏｒｌｄ", 100) == "hello! world"


def test_a_letter_repeated_three_times_or_more_stands_twice() -> None:
    assert normalised("sooooooo goood!!!!!", 100) == "soo good!!"


def test_digits_keep_their_number() -> None:
    assert normalised("it costs 10000", 100) == "it costs 10000"


def test_traditional_characters_become_simplified() -> None:
    assert normalised("我覺得很難過，謝謝你們", 100) == "我觉得很难过,谢谢你们"


def test_invisible_marks_do_not_split_words() -> None:
    assert normalised("ha\u200bpp\u2060y \u202egirl\u202c", 100) == "happy girl"


def test_emoji_stay() -> None:
    assert normalised("good 😀", 100) == "good 😀"


def test_curly_apostrophes_become_straight() -> None:
    assert normalised("don’t", 100) == "don't"


def test_links_are_left_out() -> None:
    assert normalised("look https://example.org/a?b=c now", 100) == "look now"


def test_every_line_of_the_character_table_holds_pairs_of_different_characters() -> None:
    content = files("edge.perception.text").joinpath("lexicon", "traditional.txt").read_text(encoding="utf-8")
    pairs = [pair for line in content.splitlines() if not line.startswith("#") for pair in line.split()]
    assert [pair for pair in pairs if len(pair) != 2 or pair[0] == pair[1]] == []


@given(st.text(max_size=300), st.integers(min_value=1, max_value=200))
def test_no_text_becomes_longer_than_the_limit_or_keeps_a_control_sign(text: str, limit: int) -> None:
    clean = normalised(text, limit)
    assert len(clean) <= limit * 3  # lower case of one letter (İ) can be two
    assert not any(ord(c) < 32 for c in clean)
