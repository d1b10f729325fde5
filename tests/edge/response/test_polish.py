from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.affect import Language
from edge.response.polish import polish


@pytest.mark.parametrize(
    ("raw", "polished"),
    [
        ("so ,  that was it", "So, that was it."),
        ("“my keys are gone”. and now?", "“My keys are gone”. And now?"),
        ("Hello, Ada..", "Hello, Ada."),
        ("really?!", "Really?"),
        ("It was 2.5 degrees", "It was 2.5 degrees."),
        ("Is it work,", "Is it work."),
        ("Is it work ，", "Is it work."),
    ],
)
def test_english_gets_capitals_single_spaces_and_a_full_stop(raw: str, polished: str) -> None:
    assert polish(raw, Language.EN) == polished


@pytest.mark.parametrize(
    ("raw", "polished"),
    [
        ("听起来 挺累的", "听起来挺累的。"),
        ("你好,今天怎么样?", "你好，今天怎么样？"),
        ("好。。", "好。"),
        ("Ada,你好", "Ada，你好。"),
        ("是“我没睡好” ,对吗?", "是“我没睡好”，对吗？"),
        ("才2.5度", "才2.5度。"),
    ],
)
def test_chinese_gets_its_own_marks_and_no_spaces(raw: str, polished: str) -> None:
    assert polish(raw, Language.ZH) == polished


@given(st.text(alphabet="ab ,.!?“”听起来，。？ ", min_size=1, max_size=40), st.sampled_from(Language))
def test_polishing_twice_changes_nothing_more(raw: str, language: Language) -> None:
    once = polish(raw, language)
    assert polish(once, language) == once
