"""``python -m converters evaluate replies``: the device's answers beside those that people gave, and among themselves.

Each exchange is a conversation of its own: what the person said before is heard in order, then what is answered. The
whole way of words is taken, as ``rapport converse`` does: the text sense, words in context, the State, the wall of
safety, strategy and words.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from converters import replies_emotion, replies_language
from converters import replies_metrics as metrics
from converters import replies_strategies as strategies
from converters.answers import with_progress
from converters.replies_run import conversation
from converters.replies_sets import XDAILY, Exchange, esconv, xdaily
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import Language
from edge.sensors.signals import Utterance

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from edge.affect import Reply

TURN_NS, APART_NS = 8_000_000_000, 25 * 3_600_000_000_000
"""Between two things that are said, and between two conversations: the people are others, so nothing that was said to
those before counts as said today."""
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
    found = {}
    for name, exchanges in sets.items():
        models = Models(arguments.models, Cpu())
        answers = answered(exchanges[: arguments.most or None], models, arguments.source)
        spoken = spoken_of(answers)
        if arguments.errors:
            if spoken and spoken[0][0].strategy is not None:
                print("\n".join(strategies.errors(spoken)))
            continue
        found[name] = figures(answers)
        if spoken:
            found[name] |= {"emotion": emotions(spoken, models), "usual": usual(spoken, arguments.data)}
    if not arguments.errors:
        print(json.dumps(found, allow_nan=False) if arguments.json else table(found))
    return 0


def answered(exchanges: Sequence[Exchange], models: Models, source: str = "whole", seed: int = 0) -> list[Answered]:
    """The device's reply to each. Raises ConsentError and SettingsError as the device does."""
    out, now_ns = [], 0
    heard: tuple[str, ...] = ()
    with conversation(models, CONTEXT, source, seed) as talk:
        for exchange in with_progress(list(exchanges), "exchanges"):
            if not heard or exchange.before[: len(heard)] != heard:  # it is no later exchange of the same talk
                now_ns, heard = now_ns + APART_NS, ()
            for words in (*exchange.before[len(heard) :], exchange.said):
                now_ns += TURN_NS
                turn = talk.hear(Utterance(words, now_ns))
            heard = (*exchange.before, exchange.said)
            out.append(Answered(exchange, turn.reply))
    return out


def spoken_of(answers: Sequence[Answered]) -> list[tuple[Exchange, Reply]]:
    """What was answered in the language of the words, and not by the fixed words for a crisis."""
    return [
        (one.exchange, one.reply)
        for one in answers
        if one.reply is not None and not one.reply.crisis and one.reply.language is one.exchange.language
    ]


def emotions(spoken: Sequence[tuple[Exchange, Reply]], models: Models) -> dict[str, Any]:
    """How replies fit the emotion of the words, and how those of people do."""
    ours = replies_emotion.read([(exchange.said, reply.text) for exchange, reply in spoken], models)
    theirs = replies_emotion.read([(exchange.said, exchange.answer) for exchange, _ in spoken], models)
    return {**replies_emotion.fit(ours), "people": replies_emotion.fit(theirs)}


def usual(spoken: Sequence[tuple[Exchange, Reply]], folder: Path) -> dict[str, Any]:
    """Perplexity of replies and of people's answers under a model of other text. Raises InputError."""
    language = spoken[0][0].language
    model = replies_language.trained(folder, language)
    ours = [metrics.tokens(reply.text, language) for _, reply in spoken]
    theirs = [metrics.tokens(exchange.answer, language) for exchange, _ in spoken]
    return {
        "perplexity": round(model.perplexity(ours), 1),
        "unknown": round(model.unknown(ours), 2),
        "people": {"perplexity": round(model.perplexity(theirs), 1), "unknown": round(model.unknown(theirs), 2)},
    }


def figures(answers: Sequence[Answered]) -> dict[str, Any]:
    """All figures of one set that need nothing but the texts; of ``spoken_of`` the answers."""
    spoken = spoken_of(answers)
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
        found["strategy"] = strategies.agreement(spoken)
    return {name: round(value, 2) if isinstance(value, float) else value for name, value in found.items()}


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
            lines.append(strategies.confusion(strategy))
        if "emotion" in one:
            lines.append(f"  {_emotion(one['emotion'])}; people: {_emotion(one['emotion']['people'])}")
        if "usual" in one:
            lines.append(f"  {_usual(one['usual'])}; people: {_usual(one['usual']['people'])}")
    return "\n".join(lines)


def _emotion(of: dict[str, Any]) -> str:
    if not of["n"]:
        return "no words with a clear emotion"
    apart = "-" if of["told_apart"] is None else f"{of['told_apart']:.2f}"
    return f"emotion compatible {of['compatible']:.2f}, told apart {apart} of {of['n']}"


def _usual(of: dict[str, Any]) -> str:
    return f"perplexity {of['perplexity']:.1f}, unknown words {of['unknown']:.2f} %"


def _variety(of: dict[str, Any]) -> str:
    return f"distinct-1 {of['distinct_1']:.2f}, distinct-2 {of['distinct_2']:.2f}, self-BLEU {of['self_bleu']:.2f}"
