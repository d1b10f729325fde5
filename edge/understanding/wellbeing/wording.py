"""A report in sentences. The words are data, one file a language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from edge.affect import EMOTIONS, Language
from edge.data_file import read_table
from edge.understanding.wellbeing import agreement, change

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from edge.understanding.wellbeing.day import Day
    from edge.understanding.wellbeing.report import Report

PLEASANT = 0.15
"""Mean valence of a week from which it is called more pleasant than unpleasant, or by its negative the other way."""
TOLD = 3
"""Emotions that are named, the most frequent first …"""
LEAST_SHARE = 0.05
"""… each with at least this share of the time."""


def sentences(found: Report, language: Language, *, least_minutes: float, kept: int) -> list[list[str]]:
    """Paragraphs of sentences: the title, the week, mood, the weeks before, and what it can't know.

    Args:
        found: the facts.
        language: of the words.
        least_minutes: that a day needs to count.
        kept: days after which a summary is deleted.
    """
    data = wording(language)
    words = data["words"]
    first, last = told_date(found.monday, language), told_date(found.sunday, language)
    limits = [text.format(kept=kept) for text in data["limits"].values()]
    return [
        [words["title"].format(week=found.week, first=first, last=last)],
        _seen(found, data, least_minutes),
        [_mood(found, data), _agreement(found, data)],
        _change(found, data, language),
        limits,
    ]


def text(found: Report, language: Language, *, least_minutes: float, kept: int) -> str:
    """The report as plain text, a paragraph each."""
    join = wording(language)["words"]["join"]
    paragraphs = sentences(found, language, least_minutes=least_minutes, kept=kept)
    return "\n\n".join(join.join(paragraph) for paragraph in paragraphs)


@cache
def wording(language: Language) -> dict[str, Any]:
    """The words of a language."""
    name = f"wording_{language.value}.toml"
    return read_table(files("edge.understanding.wellbeing").joinpath(name))


def told_date(day: date, language: Language) -> str:
    """A date without its year, as it is said."""
    words = wording(language)["words"]
    return str(words["date"].format(day=day.day, month=words["months"][day.month - 1]))


def signed(value: float) -> str:
    """Two decimals with a sign, and with the true minus."""
    return f"{value:+.2f}".replace("-", "−").replace("+0.00", "0.00").replace("−0.00", "0.00")


def _seen(found: Report, data: dict[str, Any], least_minutes: float) -> list[str]:
    words, seen = data["words"], data["seen"]
    days = found.in_week()
    values = [entry.valence for entry in days.values() if entry.valence is not None]
    if not values:
        return [seen["none"].format(least=f"{least_minutes:g}")]
    mean = sum(values) / len(values)
    level = "pleasant" if mean >= PLEASANT else "unpleasant" if mean <= -PLEASANT else "mixed"
    minutes = round(sum(entry.minutes for entry in days.values()))
    template = seen["level"] if len(values) > 1 else seen["one"]
    shown = {"level": words["levels"][level], "mean": signed(mean)}
    return [
        seen["some"].format(days=len(days), time=_time(minutes, words)),
        template.format(**shown, low=signed(min(values)), high=signed(max(values))),
        _told(days, data),
    ]


def _time(minutes: int, words: Mapping[str, str]) -> str:
    hours, rest = divmod(minutes, 60)
    return words["hours"].format(hours=hours, minutes=rest) if hours else words["minutes"].format(minutes=rest)


def _told(days: Mapping[date, Day], data: dict[str, Any]) -> str:
    """The emotions of the week by time, over all days together."""
    words = data["words"]
    minutes = sum(entry.minutes for entry in days.values())
    shares = [
        sum(entry.shares[index] * entry.minutes for entry in days.values()) / minutes for index in range(len(EMOTIONS))
    ]
    ranked = sorted(zip(shares, EMOTIONS, strict=True), key=lambda pair: -pair[0])
    named = [(share, emotion) for share, emotion in ranked[:TOLD] if share >= LEAST_SHARE] or ranked[:1]
    told = words["between"].join(
        words["share"].format(name=words["emotions"][emotion.value], share=f"{share:.0%}") for share, emotion in named
    )
    return str(data["seen"]["told"].format(shares=told, unsure=f"{max(0.0, 1 - sum(shares)):.0%}"))


def _mood(found: Report, data: dict[str, Any]) -> str:
    moods = [entry.mood for entry in found.taps().values() if entry.mood is not None]
    if not moods:
        return str(data["mood"]["none"])
    return str(data["mood"]["some"].format(mean=f"{sum(moods) / len(moods):.1f}", days=len(moods)))


def _agreement(found: Report, data: dict[str, Any]) -> str:
    agreed = found.agreement
    filled: dict[str, object] = {"days": agreed.days, "least": agreement.LEAST_DAYS}
    if agreed.rho is not None:
        filled |= {"rho": signed(agreed.rho.value), "low": signed(agreed.rho.low), "high": signed(agreed.rho.high)}
    return str(data["agreement"][agreed.told].format(**filled))


def _change(found: Report, data: dict[str, Any], language: Language) -> list[str]:
    """What changed over the weeks, and where it goes down, that there are people to talk to."""
    changed, said = found.change, data["change"]
    if changed.slope is None or changed.step is None:
        return [said["few"].format(days=changed.days, least=change.LEAST_DAYS)]
    told = []
    if changed.told is None:
        told.append(said["none"])
    else:
        way = "down" if changed.downwards else "up"
        of_trend = {"low": signed(changed.slope.low), "high": signed(changed.slope.high)}
        by = changed.slope.value if changed.told == "trend" else changed.step.by
        day = told_date(changed.step.day, language)
        told += [said[f"{changed.told}_{way}"].format(by=signed(by), day=day, **of_trend), said["why"]]
        if changed.downwards:
            told.append(said["talk"])
    if changed.rest is not None and changed.rest.leaves_zero:
        told.append(said["rest_up" if changed.rest.value > 0 else "rest_down"].format(by=signed(changed.rest.value)))
    return told
