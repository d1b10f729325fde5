"""ESConv's strategies and the device's: which reply counts as which, where they agree, and where not.

ESConv's annotators had eight names (Liu et al. 2021, section 3). Its "Others" is "exchange pleasantries and use other
support strategies that do not fall into the above categories". So a greeting, a farewell, thanks returned and "how are
you" are "Other" here, whatever strategy of ours they carry, unless they ask something back; and so is a word that only
takes in what was calmly told ("I see."): it affirms nothing of the person's. A device has no life to disclose.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from edge.affect import Emotion, Language
from edge.response.delicate import kind_of
from edge.response.library import load_library
from edge.response.strategy import Strategy
from edge.response.talk import PLEASANTRIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from converters.replies_sets import Exchange
    from edge.affect import Reply

OTHER = "Other"
OURS: dict[Strategy, str] = {
    Strategy.QUESTION: "Questions",
    Strategy.RESTATE: "Restatement or Paraphrasing",
    Strategy.REFLECT: "Reflection of feelings",
    Strategy.AFFIRM: "Affirmation and Reassurance",
    Strategy.REASSURE: "Affirmation and Reassurance",
    Strategy.SUGGEST: "Providing Suggestions",
    Strategy.INFORM: "Information",
}
NAMES = (*dict.fromkeys(OURS.values()), "Self-disclosure", OTHER)
"""ESConv's, each once."""
TURNS = ((0, "first"), (1, "second or third"), (3, "fourth to sixth"), (6, "later"))
"""How much the person had said before: the least number, and its name."""


def counted_as(exchange: Exchange, reply: Reply) -> str:
    """The name of ESConv's that ``reply`` counts as."""
    strategy = Strategy(reply.strategy)
    if strategy is Strategy.QUESTION:
        return OURS[strategy]
    wording = load_library(exchange.language).wording if exchange.language is not Language.EN else _english()
    if kind_of(exchange.said, wording) in PLEASANTRIES or reply.text in _taken_in(exchange.language):
        return OTHER
    return OURS[strategy]


def agreement(spoken: Sequence[tuple[Exchange, Reply]]) -> dict[str, Any]:
    """Accuracy, F1 of each, the table of confusion, and accuracy by turn, all in percent but for the table's counts."""
    pairs = [(exchange.strategy or OTHER, counted_as(exchange, reply)) for exchange, reply in spoken]
    theirs, ours = Counter(one for one, _ in pairs), Counter(one for _, one in pairs)
    both = Counter(pairs)
    f1 = {name: 200 * both[name, name] / max(theirs[name] + ours[name], 1) for name in NAMES}
    by_turn: dict[str, list[bool]] = {}
    for (exchange, _), (their, our) in zip(spoken, pairs, strict=True):
        by_turn.setdefault(turn(exchange), []).append(their == our)
    return {
        "accuracy": round(100 * sum(both[name, name] for name in NAMES) / len(pairs), 2),
        "most_frequent": round(100 * max(theirs.values()) / len(pairs), 2),
        "macro_f1": round(sum(f1.values()) / len(f1), 2),
        "f1": {name: round(value, 2) for name, value in f1.items()},
        "confusion": {their: {our: both[their, our] for our in NAMES if both[their, our]} for their in NAMES},
        "by_turn": {
            name: {"n": len(hits), "accuracy": round(100 * sum(hits) / len(hits), 2)}
            for _, name in TURNS
            if (hits := by_turn.get(name))
        },
    }


def turn(exchange: Exchange) -> str:
    """The name of its place in the talk."""
    return [name for least, name in TURNS if len(exchange.before) >= least][-1]


def errors(spoken: Sequence[tuple[Exchange, Reply]]) -> list[str]:
    """A line for each reply by another strategy than the person's: to be read, never committed."""
    return [
        f"[{turn(exchange)}] {exchange.strategy} | {our} | {exchange.said} -> {reply.text} || {exchange.answer}"
        for exchange, reply in spoken
        if (our := counted_as(exchange, reply)) != exchange.strategy
    ]


def confusion(told: dict[str, Any]) -> str:
    """The table for a reader: rows are people's, columns the device's."""
    columns = [name for name in NAMES if any(name in row for row in told["confusion"].values())]
    lines = [f"  {'people, below; device, right':30}" + "".join(f"{name[:10]:>11}" for name in columns)]
    lines += [
        f"  {their:30}" + "".join(f"{row.get(name, 0):11}" for name in columns)
        for their, row in told["confusion"].items()
    ]
    turns = ", ".join(f"{name} {one['accuracy']:.1f} % of {one['n']}" for name, one in told["by_turn"].items())
    return "\n".join([*lines, f"  right by how much was said before: {turns}"])


@cache
def _english() -> Any:  # noqa: ANN401 - Wording, kept
    return load_library(Language.EN).wording


@cache
def _taken_in(language: Language) -> frozenset[str]:
    """Texts that only take in what was calmly told."""
    from edge.response.contexts import MANNERS

    return frozenset(
        text
        for place in MANNERS
        for template in load_library(language, place).of(Emotion.NEUTRAL, Strategy.AFFIRM)
        for text in template.parsed.said(language, {})
    )
