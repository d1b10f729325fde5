from __future__ import annotations

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.affect import Language
from edge.errors import SettingsError
from edge.safety.crisis import Crisis
from edge.safety.helplines import countries, helpline
from edge.safety.settings import COUNTRIES, SafetySettings
from tests.edge.safety.sentences import CRISIS_EN, CRISIS_ZH, LOOKALIKE_EN, LOOKALIKE_ZH

CRISIS = Crisis(SafetySettings(country="GB"))


def test_there_are_enough_sentences_of_each_kind() -> None:
    for sentences in (CRISIS_EN, LOOKALIKE_EN, CRISIS_ZH, LOOKALIKE_ZH):
        assert len(set(sentences)) >= 60


@pytest.mark.parametrize("words", [*CRISIS_EN, *CRISIS_ZH])
def test_a_crisis_is_recognised(words: str) -> None:
    assert CRISIS.detect(words)


@pytest.mark.parametrize("words", [*LOOKALIKE_EN, *LOOKALIKE_ZH])
def test_what_only_looks_like_one_is_not(words: str) -> None:
    assert not CRISIS.detect(words)


@pytest.mark.parametrize(
    "words",
    [
        "I want to KILL MYSELF",
        "Ｉ　ｗａｎｔ　ｔｏ　ｄｉｅ",
        "I want to di\u200be",
        "I want to\u00a0die",
        "I\u2019m going to hurt myself",
        "I don\u02bct want to live anymore",
        "k*ll myself",
        "i want to comm!t su*c*de",
        "s u i c i d e",
        "s.u.i.c.i.d.e",
        "s-u-i-c-i-d-e",
        "I want to d i e",
        "i w a n t t o d i e",
        "k1ll my$elf",
        "5uicide",
        "su1cidal",
        "I wanna dieeeeee",
        "I want to killlll myself",
        "I w\u0430nt t\u043e di\u0435",
        "su\u00edcide",
        "i want 2 die",
        "want to\ndie",
        "自 杀",
        "自*杀",
        "自\u200b杀",
        "我想自殺",
        "我不想活了，活著沒意思",
        "結束我的生命",
        "寫好遺書了",
        "我想輕生",
        "没有人在乎我，我 想 死",
        "我想s了",
        "zi杀",
        "我想die",
    ],
)
def test_disguised_words_are_recognised(words: str) -> None:
    assert CRISIS.detect(words)


@pytest.mark.parametrize("link", [". ", ", and ", "。", "\n"])
def test_a_look_alike_never_masks_a_true_phrase(link: str) -> None:
    for index, lookalike in enumerate(LOOKALIKE_EN):
        true = CRISIS_EN[(index * 7) % len(CRISIS_EN)]
        assert CRISIS.detect(f"{lookalike.rstrip('.!')}{link}{true}"), (lookalike, true)
        assert CRISIS.detect(f"{true.rstrip('.!?')}{link}{lookalike}"), (true, lookalike)
    for index, lookalike in enumerate(LOOKALIKE_ZH):
        true = CRISIS_ZH[(index * 7) % len(CRISIS_ZH)]
        assert CRISIS.detect(f"{lookalike}。{true}"), (lookalike, true)
        assert CRISIS.detect(f"{true}，{lookalike}"), (true, lookalike)


def test_both_languages_in_one_sentence_are_read() -> None:
    assert CRISIS.detect("今天 everything is fine, 但是我不想活了")
    assert CRISIS.detect("我没事 but I want to kill myself")


def test_a_crisis_deep_in_a_long_text_is_found_wherever_it_stands() -> None:
    filler = "The weather was fine and we went for a walk. "
    for before in (0, 85, 88, 89, 90, 500):
        assert CRISIS.detect(filler * before + "I want to kill myself. " + filler * 30)
    assert not CRISIS.detect(filler * 500)


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_looked_at(words: str) -> None:
    assert CRISIS.detect(words) in (True, False)


@given(st.text(alphabet="ikl mysefwantdoe.*1'自杀想死不活了 \u200b\ud800", max_size=200))
@settings(max_examples=100, deadline=None)
def test_texts_made_of_the_very_letters_can_be_looked_at(words: str) -> None:
    assert CRISIS.detect(words) in (True, False)


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_a_sentence_of_crisis_between_other_sentences_is_found(before: str, after: str) -> None:
    assert CRISIS.detect(f"{before}\n. I want to kill myself. \n{after}")


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("country", [*countries()])
def test_the_reply_names_every_helpline_and_the_emergency_number(country: str, language: Language) -> None:
    reply = Crisis(SafetySettings(country=country)).reply(language, 7)
    known = helpline(country)
    assert known.lines
    for line in known.lines:
        assert line.number in reply.text
        assert line.names[language] in reply.text
    assert known.emergency in reply.text
    assert (reply.crisis, reply.strategy, reply.language, reply.captured_ns) == (True, "crisis", language, 7)
    assert "{" not in reply.text


def test_helplines_are_complete() -> None:
    assert len(countries()) >= 20
    assert {"US", "GB", "IE", "DE", "CN", "TW", "HK", "SG", "CA", "AU", "NZ", "FR", "JP"} <= set(countries())
    for country in countries():
        assert country in COUNTRIES
        known = helpline(country)
        assert known.emergency.isdigit()
        for line in known.lines:
            assert line.number.replace(" ", "").replace("-", "").isdigit()
            assert line.source.startswith("https://")
            assert len(line.checked) == 10
            assert line.languages


@pytest.mark.parametrize(
    ("country", "number"), [("US", "988"), ("GB", "116 123"), ("DE", "0800 111 0 111"), ("CN", "12356"), ("TW", "1925")]
)
def test_well_known_numbers_are_right(country: str, number: str) -> None:
    assert helpline(country).lines[0].number == number


@pytest.mark.parametrize("country", [None, "VA"])
def test_without_a_known_helpline_the_general_way_to_help_is_named(country: str | None) -> None:
    crisis = Crisis(SafetySettings(country=country))
    for language in Language:
        text = crisis.reply(language, 0).text
        assert "112" in text
        assert "findahelpline.com" in text


@pytest.mark.parametrize("country", ["UK", "gb", "Germany", "XX", ""])
def test_what_is_no_country_code_is_refused(country: str) -> None:
    with pytest.raises(SettingsError, match="ISO 3166-1"):
        helpline(country)
    with pytest.raises(ValueError, match="ISO 3166-1"):
        SafetySettings(country=country)


def test_the_wording_claims_no_feelings_and_promises_nothing() -> None:
    for country in (*countries(), None):
        text = Crisis(SafetySettings(country=country)).reply(Language.EN, 0).text.lower()
        for forbidden in (
            "i feel",
            "i am sad",
            "i care",
            "i love",
            "i understand",
            "will be fine",
            "promise",
            "you must",
            "depress",
            "you are ill",
            "disorder",
        ):
            assert forbidden not in text
        chinese = Crisis(SafetySettings(country=country)).reply(Language.ZH, 0).text
        for forbidden in ("我很难过", "我理解", "我爱", "我关心", "保证", "一定会好", "必须", "抑郁"):
            assert forbidden not in chinese


def test_digits_in_the_reply_are_telephone_numbers_only() -> None:
    for country in (*countries(), None):
        known = helpline(country)
        for language in Language:
            text = known.sentence(language)
            for line in known.lines:
                text = text.replace(line.names[language], "").replace(line.number, "")
            assert not any(c.isdigit() for c in text.replace(known.emergency, ""))


def test_what_was_said_is_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        crisis = Crisis(SafetySettings(country="DE"))
        assert crisis.detect("I want to kill myself, says Rumpelstiltskin")
        crisis.reply(Language.EN, 0)
    assert "DE" in caplog.text
    assert "Rumpelstiltskin" not in caplog.text
    assert "kill" not in caplog.text


def test_the_calm_style_is_slower_than_usual() -> None:
    assert CRISIS.reply(Language.EN, 0).style.rate < 1
