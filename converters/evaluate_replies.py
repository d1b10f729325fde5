"""``python -m converters evaluate replies``: the device's answers beside those that people gave, and among themselves.

Each exchange is a conversation of its own: what the person said before is heard in order, then what is answered. The
whole way of words is taken, as ``rapport converse`` does: the text sense, words in context, the State, the wall of
safety, strategy and words.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from converters import replies_metrics as metrics
from converters.answers import with_progress
from converters.replies_sets import STRATEGIES, XDAILY, Exchange, esconv, xdaily
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import Language
from edge.cli.converse import Conversation
from edge.response.strategy import Strategy
from edge.sensors.signals import Utterance
from edge.settings import load

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from edge.affect import Reply

TURN_NS, APART_NS = 8_000_000_000, 3_600_000_000_000
"""Between two things that are said, and between two conversations: by then all of the one before is over."""
CONTEXT = "wellbeing"
"""The place with the longest replies and the freest talk: what both sets are nearest to."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An exchange and the device's reply to it; None for silence."""

    exchange: Exchange
    reply: Reply | None


def run(arguments: argparse.Namespace) -> int:
    """Print the figures of each set."""
    sets = {"ESConv dev": esconv(arguments.data)}
    sets |= {f"XDailyDialog dev, {language.value}": xdaily(arguments.data, language) for language in XDAILY}
    found = {
        name: figures(answered(exchanges[: arguments.most or None], Models(arguments.models, Cpu())))
        for name, exchanges in sets.items()
    }
    print(json.dumps(found, allow_nan=False) if arguments.json else table(found))
    return 0


def answered(exchanges: Sequence[Exchange], models: Models, seed: int = 0) -> list[Answered]:
    """The device's reply to each. Raises ConsentError and SettingsError as the device does."""
    settings = load(None, {"RAPPORT_SAFETY__CONTEXT": CONTEXT, "RAPPORT_RESPONSE__SEED": str(seed)})
    out, now_ns = [], 0
    with Conversation(settings, models) as talk:
        for exchange in with_progress(list(exchanges), "exchanges"):
            now_ns += APART_NS
            for words in (*exchange.before, exchange.said):
                now_ns += TURN_NS
                turn = talk.hear(Utterance(words, now_ns))
            out.append(Answered(exchange, turn.reply))
    return out


def figures(answers: Sequence[Answered]) -> dict[str, Any]:
    """All figures of one set; of what was answered, and not by the fixed words for a crisis."""
    spoken = [
        (one.exchange, one.reply)
        for one in answers
        if one.reply is not None and not one.reply.crisis and one.reply.language is one.exchange.language
    ]
    language = answers[0].exchange.language if answers else Language.EN
    texts = [reply.text for _, reply in spoken]
    told = [exchange.answer for exchange, _ in spoken]
    found: dict[str, Any] = {
        "n": len(answers),
        "answered": len(spoken),
        "silent": sum(one.reply is None for one in answers),
        "crisis": sum(one.reply is not None and one.reply.crisis for one in answers),
    }
    found["other_language"] = len(answers) - len(spoken) - found["silent"] - found["crisis"]
    if not spoken:
        return found
    found |= {
        "bleu_2": metrics.bleu(texts, told, language, 2),
        "bleu_4": metrics.bleu(texts, told, language, 4),
        "rouge_l": metrics.rouge_l(texts, told, language),
        "distinct_1": metrics.distinct(texts, language, 1),
        "distinct_2": metrics.distinct(texts, language, 2),
        "self_bleu": metrics.self_bleu(texts, language),
        "different": len(set(texts)),
        "people": {
            "distinct_1": round(metrics.distinct(told, language, 1), 2),
            "distinct_2": round(metrics.distinct(told, language, 2), 2),
            "self_bleu": round(metrics.self_bleu(told, language), 2),
        },
    }
    if spoken[0][0].strategy is not None:
        found["strategy"] = strategies(spoken)
    return {name: round(value, 2) if isinstance(value, float) else value for name, value in found.items()}


def strategies(spoken: Sequence[tuple[Exchange, Reply]]) -> dict[str, Any]:
    """Whether the strategy is that of the person, over all exchanges, in percent; and F1 per strategy of theirs.

    An answer by a strategy that we have not (STRATEGIES) is a miss, whatever was said.
    """
    right, ours, theirs = Counter[str](), Counter[str](), Counter[str]()
    for exchange, reply in spoken:
        theirs[exchange.strategy or ""] += 1
        for name, same in STRATEGIES.items():
            if Strategy(reply.strategy) in same:
                ours[name] += 1
                right[name] += exchange.strategy == name
    f1 = {name: 200 * right[name] / max(ours[name] + theirs[name], 1) for name in STRATEGIES}
    return {
        "accuracy": round(100 * right.total() / len(spoken), 2),
        "most_frequent": round(100 * max(theirs.values()) / len(spoken), 2),
        "macro_f1": round(sum(f1.values()) / len(f1), 2),
        "f1": {name: round(value, 2) for name, value in f1.items()},
    }


def table(found: dict[str, dict[str, Any]]) -> str:
    """The figures for a reader."""
    lines = []
    for name, one in found.items():
        lines.append(
            f"{name}: {one['n']} exchanges, {one['answered']} answered, {one['silent']} met with silence, "
            f"{one['crisis']} with the fixed words for a crisis, {one['other_language']} in the other language"
        )
        if not one["answered"]:
            continue
        one["people"]
        lines += [
            f"  BLEU-2 {one['bleu_2']:.2f}, BLEU-4 {one['bleu_4']:.2f}, ROUGE-L {one['rouge_l']:.2f} (percent)",
            f"  {_variety(one)}, {one['different']} different; people: {_variety(one['people'])}",
        ]
        if "strategy" in one:
            strategy = one["strategy"]
            each = ", ".join(f"{kind} {value:.0f}" for kind, value in strategy["f1"].items())
            lines.append(
                f"  strategy as the person's: {strategy['accuracy']:.2f} % (always the most frequent one: "
                f"{strategy['most_frequent']:.2f} %); macro-F1 {strategy['macro_f1']:.2f} ({each})"
            )
    return "\n".join(lines)


def _variety(of: dict[str, Any]) -> str:
    return f"distinct-1 {of['distinct_1']:.2f}, distinct-2 {of['distinct_2']:.2f}, self-BLEU {of['self_bleu']:.2f}"
