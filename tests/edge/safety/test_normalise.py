from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.safety.normalise import han, latin, tables


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("I’m  FINE!", "im fine ."),
        ("Don't.", "dont ."),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("caf\u00e9", "cafe"),
        ("k*ll", "kill"),
        ("d i e", "die"),
        ("w.h.y not", "why not"),
        ("h3ll0", "hello"),
        ("5 kms", "5 kms"),
        ("a\u200bb", "ab"),
        ("st*r", "st r"),
        ("yes, no; maybe", "yes no . maybe"),
        ("你好", ""),
        ("", ""),
    ],
)
def test_latin_words_are_brought_to_one_form(given: str, wanted: str) -> None:
    assert latin(given)[0] == wanted


def test_stretched_letters_have_two_readings() -> None:
    assert latin("killlll") == ("kill", "kil")
    assert latin("dieeee") == ("diee", "die")


def test_a_line_break_may_end_a_sentence_or_not() -> None:
    assert latin("want to\ndie") == ("want to die", "want to . die")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("結束生命", "结束生命"),
        ("自 * 杀", "自杀"),
        ("好。杀青", "好。杀青"),
        ("想DIE", "想die"),
        ("你\u200b好", "你好"),
    ],
)
def test_chinese_is_brought_to_one_form(given: str, wanted: str) -> None:
    assert han(given) == wanted


def test_the_tables_run_in_step() -> None:
    for name in ("confusable", "leet", "traditional"):
        table = tables()[name]
        assert len(table["from"]) == len(table["to"])
        assert len(set(table["from"])) == len(table["from"])


@given(st.text())
def test_any_text_has_a_form_and_a_form_stays(words: str) -> None:
    for text in latin(words):
        assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789. ")
        assert "  " not in text
    assert isinstance(han(words), str)
