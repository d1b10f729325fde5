from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.affect import Language
from edge.outlets.speech.sentences import LONGEST, sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ("Dr. Lee saw Mrs. Wu at 5 p.m. on Monday.", ["Dr. Lee saw Mrs. Wu at 5 p.m. on Monday."]),
        ("We met at 5 p.m. Then we left.", ["We met at 5 p.m.", "Then we left."]),
        ("It costs 3.50 or 1,200.75 euros. Fine.", ["It costs 3.50 or 1,200.75 euros.", "Fine."]),
        ("J. K. Rowling wrote it. So did I. You know.", ["J. K. Rowling wrote it.", "So did I.", "You know."]),
        ("“Really?” she said. “Yes.” He left.", ["“Really?” she said.", "“Yes.”", "He left."]),
        ("Fruit, e.g. apples, i.e. not meat. Good.", ["Fruit, e.g. apples, i.e. not meat.", "Good."]),
        ("Wait... what? Look at example.org/a.b now.", ["Wait... what?", "Look at example.org/a.b now."]),
        ("Hm... That is new.", ["Hm...", "That is new."]),
        ("No way?! Yes way.", ["No way?!", "Yes way."]),
        ("First line\nsecond line", ["First line", "second line"]),
        ("(It rained.) We stayed.", ["(It rained.)", "We stayed."]),
        ("...", []),
        ("  ", []),
        ("—! Hello.", ["—! Hello."]),
        ("No full stop", ["No full stop"]),
    ],
)
def test_english(text: str, parts: list[str]) -> None:
    assert sentences(text, Language.EN) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("今天累吗？早点休息。晚安！", ["今天累吗？", "早点休息。", "晚安！"]),
        ("他说：“好吗？”然后走了。", ["他说：“好吗？”然后走了。"]),
        ("他说：“走吧。”我们走了。", ["他说：“走吧。”", "我们走了。"]),
        ("气温3.5度。明天12.8度。", ["气温3.5度。", "明天12.8度。"]),
        ("嗯……我想想。", ["嗯……我想想。"]),
        ("慢慢来，不急；先喝口水。", ["慢慢来，不急；先喝口水。"]),
        ("听Dr. Lee说的。好！！", ["听Dr. Lee说的。", "好！！"]),
        ("真的?真的!", ["真的?", "真的!"]),
    ],
)
def test_chinese(text: str, parts: list[str]) -> None:
    assert sentences(text, Language.ZH) == parts


def test_an_endless_sentence_is_cut_at_a_comma_but_not_within_a_number() -> None:
    text = "and then we walked along the river, " * 12 + "and it cost 12,000 euros"
    parts = sentences(text, Language.EN)
    assert len(parts) > 2
    assert all(part.endswith(",") for part in parts[:-1])
    digits = "1,2" * 200
    assert max(map(len, sentences(digits, Language.EN))) <= LONGEST[Language.EN]


@given(st.text(alphabet=st.sampled_from("ab A.?!…,，。！？”“\"') \n12好的Dr")), st.sampled_from(Language))
def test_nothing_but_white_space_is_lost_and_every_part_can_be_said(text: str, language: Language) -> None:
    parts = sentences(text, language)
    if any(character.isalnum() for character in text):
        assert "".join("".join(parts).split()) == "".join(text.split())
    else:
        assert parts == []
    assert all(any(character.isalnum() for character in part) or len(text) > LONGEST[language] for part in parts)
    assert all(len(part) <= LONGEST[language] for part in parts)
