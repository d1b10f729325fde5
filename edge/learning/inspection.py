"""What was learned, for whoever wants to see it: per kind of answer what is expected of it, and from how much."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from edge.learning.answers import SILENT, VALUE
from edge.learning.feedback import Verdict
from edge.learning.posterior import GAP, Posterior

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.learning.answers import Answer

REACH = 1.96
"""Standard deviations of a two-sided interval of 95 %, of the posterior, which is normal."""


def learned(answers: Sequence[Answer]) -> dict[str, Any]:
    """Per strategy: answers, verdicts, and what is expected of the next one, -1 (not now) to 1 (helped).

    ``expected`` is over all situations that were answered, ``by_feeling`` over those with that label; each with a 95 %
    interval, and told only of what was judged at least once.
    """
    given = [answer for answer in answers if answer.strategy != SILENT]
    judged = [answer for answer in given if answer.verdict in VALUE]
    posterior = Posterior(
        [(one.situation, one.strategy, one.rank, VALUE[one.verdict]) for one in judged if one.verdict is not None]
    )
    strategies = []
    for strategy in sorted({answer.strategy for answer in given}):
        of = [answer for answer in given if answer.strategy == strategy]
        told = [answer for answer in judged if answer.strategy == strategy]
        labels = sorted({answer.situation.label for answer in told})
        counts = Counter(answer.verdict for answer in of)
        strategies.append(
            {
                "strategy": strategy,
                "answers": len(of),
                "feedback": {verdict.value: counts[verdict] for verdict in Verdict},
                "expected": _expected(posterior, given, strategy) if told else None,
                "by_feeling": {
                    label: _expected(posterior, [one for one in given if one.situation.label == label], strategy)
                    for label in labels
                },
            }
        )
    corrections = Counter(f"{one.situation.label} → {one.emotion.value}" for one in given if one.emotion is not None)
    return {"answers": len(given), "judged": len(judged), "strategies": strategies, "corrections": dict(corrections)}


def _expected(posterior: Posterior, answers: Sequence[Answer], strategy: str) -> dict[str, float]:
    mean, deviation = posterior.over([answer.situation for answer in answers], strategy)
    reach = REACH * deviation
    return {"value": round(mean, 3), "low": round(mean - reach, 3), "high": round(mean + reach, 3)}


def lines(found: dict[str, Any]) -> list[str]:
    """The same for a reader."""
    if not found["answers"]:
        return ["nothing was learned yet: no answer is remembered"]
    scale = "expected of the next one, from -1 (not now) to 1 (that helped), with 95 %"
    told = [f"{found['answers']} answers, feedback that counts on {found['judged']}; {scale}:"]
    if not found["judged"]:
        told = [f"{found['answers']} answers, no feedback that counts yet: the order is the rules' own"]
    for row in found["strategies"]:
        counts = ", ".join(f"{name} {count}" for name, count in row["feedback"].items() if count) or "no feedback"
        told.append(f"{row['strategy']:<10} {_interval(row['expected']):>24}  {row['answers']:>4} answers, {counts}")
        told += [f"  {label:<8} {_interval(expected):>24}" for label, expected in row["by_feeling"].items()]
    if found["corrections"]:
        listed = ", ".join(f"{what} {count}" for what, count in found["corrections"].items())
        told.append(f"read wrong, by what was said: {listed}")
    told.append(f"a place further down in the rules' order counts {GAP:g} less")
    return told


def _interval(found: dict[str, float] | None) -> str:
    return "" if found is None else f"{found['value']:+.2f} ({found['low']:+.2f} to {found['high']:+.2f})"
