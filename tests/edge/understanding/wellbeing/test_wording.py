"""Every sentence that a report can say, in both languages, against the checklist; and which are said when."""

from __future__ import annotations

import re
from datetime import timedelta
from string import Formatter
from typing import TYPE_CHECKING, Any

import pytest

from edge.affect import Language
from edge.understanding.wellbeing.report import Report, report
from edge.understanding.wellbeing.wording import signed, text, wording
from tests.edge.response.checklist import FORBIDDEN as OF_REPLIES
from tests.edge.understanding.wellbeing.checklist import FORBIDDEN, OFFER, ORDERS, PERSON, UNKNOWN
from tests.edge.understanding.wellbeing.support import START, day

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = ("seen", "mood", "agreement", "change", "limits")
SAID = [
    (language, f"{table}.{key}", words)
    for language in Language
    for table in TABLES
    for key, words in wording(language)[table].items()
]


@pytest.mark.parametrize(("language", "key", "words"), SAID, ids=lambda value: str(value)[:24])
def test_no_sentence_says_what_the_checklist_forbids(language: Language, key: str, words: str) -> None:
    told = words.lower()
    found = [
        f"{key}: {reason}: {phrase!r}"
        for rules in (FORBIDDEN[language], OF_REPLIES[language])
        for reason, phrases in rules.items()
        for phrase in phrases
        if phrase in told
    ]
    assert found == []


@pytest.mark.parametrize(("language", "key", "words"), SAID, ids=lambda value: str(value)[:24])
def test_no_sentence_orders_or_shouts(language: Language, key: str, words: str) -> None:
    sentences = [part.strip().lower() for part in re.split(r"[.。!！?？;；]\s*", words) if part.strip()]
    assert not [sentence for sentence in sentences if sentence.startswith(ORDERS[language])], key
    assert not set("!！") & set(words)


def test_both_languages_say_the_same_with_the_same_figures() -> None:
    def shape(table: dict[str, Any]) -> dict[str, Any]:
        return {
            key: shape(value) if isinstance(value, dict) else len(value) if isinstance(value, list) else fields(value)
            for key, value in table.items()
        }

    english, chinese = shape(wording(Language.EN)), shape(wording(Language.ZH))
    assert english == chinese


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def weeks(slope: float = 0.0, step: float = 0.0, days: int = 42) -> Report:
    noise = [0.03 * ((day_ * 7) % 5 - 2) for day_ in range(days)]
    values = [noise[n] + slope * n + step * (n >= 21) for n in range(days)]
    kept = {START + timedelta(days=n): day(value) for n, value in enumerate(values)}
    sunday = max(kept)
    return report("default", kept, sunday - timedelta(days=sunday.isoweekday() - 1), 20, (6, 7))


def said(found: Report, language: Language) -> str:
    return text(found, language, least_minutes=20, kept=90)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(("slope", "step"), [(-0.01, 0.0), (0.0, -0.4)])
def test_a_change_downwards_offers_a_person_to_talk_to_and_one_upwards_does_not(
    language: Language, slope: float, step: float
) -> None:
    down, up = weeks(slope, step), weeks(-slope, -step)
    assert down.change.downwards
    assert up.change.told == down.change.told
    for phrase in (PERSON[language], OFFER[language]):
        assert phrase in said(down, language).lower()
        assert phrase not in said(up, language).lower()
    assert wording(language)["change"]["why"] in said(up, language)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("days", [0, 3, 42])
def test_every_report_says_what_it_cannot_know_and_how_to_be_rid_of_it(language: Language, days: int) -> None:
    found = weeks(days=days) if days else report("default", {}, START, 20, (6, 7))
    told = said(found, language)
    for phrase in (*UNKNOWN[language], "rapport wellbeing forget", "90"):
        assert phrase in told
    assert "{" not in told
    assert "None" not in told


def test_a_report_is_what_it_was_at_the_end_of_its_week() -> None:
    days = {START + timedelta(days=n): day(0.1, moods=(4,)) for n in range(60)}
    monday = START + timedelta(days=28)
    early = {key: value for key, value in days.items() if key <= monday + timedelta(days=6)}
    assert report("a", days, monday, 20, (6, 7)) == report("a", early, monday, 20, (6, 7))


@pytest.mark.parametrize("language", list(Language))
def test_days_with_little_are_not_counted_and_it_is_said(language: Language) -> None:
    days = {START + timedelta(days=n): day(-0.9 if n < 5 else 0.3, minutes=10 if n < 5 else 50) for n in range(7)}
    told = said(report("default", days, START, 20, (6, 7)), language)
    assert "+0.30" in told
    assert "0.9" not in told
    few = said(report("default", dict(list(days.items())[:5]), START, 20, (6, 7)), language)
    assert "20" in few.split("\n\n")[1]


def sentences_of(found: Report, language: Language) -> Iterator[str]:
    yield from said(found, language).split("\n\n")


def test_moods_are_told_beside_it() -> None:
    days = {START + timedelta(days=n): day(0.1, moods=(2, 4) if n < 3 else ()) for n in range(7)}
    mood = list(sentences_of(report("default", days, START, 20, (6, 7)), Language.EN))[2]
    assert "3.0 of 5 on average, on 3 of 7 days" in mood
    assert "14 days" in mood


def test_numbers_have_a_true_minus_and_no_signed_zero() -> None:
    assert [signed(value) for value in (-0.126, 0.5, 0.0, -0.001)] == ["−0.13", "+0.50", "0.00", "0.00"]
