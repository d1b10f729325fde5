from __future__ import annotations

import pytest

from edge.affect import Language
from edge.response.grammar import Slot, Text, number

EN, ZH = Language.EN, Language.ZH


def said(written: str, language: Language = EN, **slots: str | int) -> list[str]:
    return list(Text.of(written).said(language, slots))


def test_plain_text_has_one_reading() -> None:
    assert said("That sounds heavy.") == ["That sounds heavy."]


def test_each_alternative_is_a_reading_and_may_be_empty() -> None:
    assert said("[That|It] sounds heavy[, then|].") == [
        "That sounds heavy, then.",
        "That sounds heavy.",
        "It sounds heavy, then.",
        "It sounds heavy.",
    ]


def test_a_reading_is_there_only_when_its_slots_can_be_filled() -> None:
    written = "[{name}, good|Good] to know about {topic}."
    assert said(written) == []
    assert said(written, topic="work") == ["Good to know about work."]
    assert said(written, topic="work", name="Ada") == ["Ada, good to know about work.", "Good to know about work."]


@pytest.mark.parametrize(
    ("count", "language", "text"),
    [(1, EN, "For a minute."), (2, EN, "For two minutes."), (10, EN, "For ten minutes."), (25, EN, "For 25 minutes.")],
)
def test_english_counts_have_a_singular_and_a_plural(count: int, language: Language, text: str) -> None:
    assert said("For {minutes:a minute|# minutes}.", language, minutes=count) == [text]


@pytest.mark.parametrize(("count", "text"), [(1, "有一分钟了。"), (2, "有两分钟了。"), (25, "有25分钟了。")])
def test_chinese_counts_have_one_form_and_two_before_a_measure_word(count: int, text: str) -> None:
    assert said("有{minutes:#分钟}了。", ZH, minutes=count) == [text]


def test_forms_of_a_number_may_stand_in_an_alternative() -> None:
    assert said("[For {minutes:a minute|# minutes}|For some time] now.", minutes=3) == [
        "For three minutes now.",
        "For some time now.",
    ]


def test_slots_are_those_of_all_readings() -> None:
    assert Text.of("[{name}, w|W]ell, {topic}.").slots == {Slot("name"), Slot("topic")}


@pytest.mark.parametrize(
    "written", ["That [sounds heavy.", "That sounds] heavy.", "It is {topic.", "It is topic}.", "[a|[b|c]]", "{a{b}}"]
)
def test_what_is_not_closed_or_nested_is_refused_with_its_place(written: str) -> None:
    with pytest.raises(ValueError, match=r"at character [0-9]+ opens or closes nothing"):
        Text.of(written)


def test_forms_without_a_place_for_the_number_are_refused() -> None:
    with pytest.raises(ValueError, match="has no #"):
        Text.of("For {minutes:a minute|some minutes}.")


def test_a_number_is_said_in_words_up_to_ten() -> None:
    assert [number(count, EN) for count in (0, 10, 11)] == ["zero", "ten", "11"]
