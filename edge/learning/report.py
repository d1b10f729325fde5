"""The report of replies: what answers did, in words. The words are data, one file a language."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from edge.data_file import read_table
from edge.learning.answers import SILENT
from edge.learning.effect import Interval, StrategyEffect, effects
from edge.learning.feedback import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.affect import Language
    from edge.learning.answers import Answer


def record(profile: str, answers: Sequence[Answer]) -> dict[str, Any]:
    """The report as plain data."""
    given = [answer for answer in answers if answer.strategy != SILENT]
    verdicts = Counter(answer.verdict for answer in given)
    return {
        "profile": profile,
        "answers": len(given),
        "days": len({answer.day for answer in given}),
        "silences": sum(answer.strategy == SILENT and answer.after is not None for answer in answers),
        "feedback": {verdict.value: verdicts[verdict] for verdict in Verdict},
        "strategies": [_strategy(found, given) for found in effects(answers)],
    }


def _strategy(found: StrategyEffect, given: Sequence[Answer]) -> dict[str, Any]:
    of = Counter(answer.verdict for answer in given if answer.strategy == found.strategy)
    return {
        "strategy": found.strategy,
        "answers": found.answers,
        "seen": found.seen,
        "change": _interval(found.change),
        "effect": _interval(found.effect),
        "shown": found.shown,
        "feedback": {verdict.value: of[verdict] for verdict in Verdict},
    }


def _interval(found: Interval | None) -> dict[str, float] | None:
    return None if found is None else {end: round(getattr(found, end), 3) for end in ("value", "low", "high")}


def lines(told: dict[str, Any], language: Language, effect_s: float) -> list[str]:
    """The report for people, of ``record``; ``effect_s``: seconds from an answer to where its effect is looked at."""
    words = wording(language)
    if not told["answers"]:
        return [words["none"]]
    feedback = {name.replace("-", "_"): count for name, count in told["feedback"].items()}
    return [
        words["title"].format(**told),
        *(_row(row, words) for row in told["strategies"]),
        words["feedback"].format(judged=sum(feedback.values()), **feedback),
        words["limits"].format(seconds=effect_s, silences=told["silences"]),
    ]


def _row(row: dict[str, Any], words: dict[str, Any]) -> str:
    if not row["shown"]:
        verdict = words["not_shown"]
    else:
        verdict = words["shown_up" if row["effect"]["value"] > 0 else "shown_down"]
    strategy = words["strategies"].get(row["strategy"], row["strategy"])
    change, effect = (_told(row[name], words) for name in ("change", "effect"))
    return str(
        words["row"].format(strategy=strategy, answers=row["answers"], change=change, effect=effect, verdict=verdict)
    )


def _told(found: dict[str, float] | None, words: dict[str, Any]) -> str:
    if found is None:
        return str(words["unknown"])
    return str(words["interval"].format(**{name: f"{value:+.2f}" for name, value in found.items()}))


@cache
def wording(language: Language) -> dict[str, Any]:
    """The words of a language."""
    return read_table(files("edge.learning").joinpath(f"report_{language.value}.toml"))
