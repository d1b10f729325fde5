"""``python -m converters clauses``: what is told back of real sentences, how many of them, and a sample to be read."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from converters.answers import with_progress
from converters.datasets import text as sets
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models, default_directory
from edge.affect import EMOTIONS, Language
from edge.response import generate
from edge.response.checker import untellable
from edge.response.generate import LEAST_SURE, decode
from edge.response.nets import load
from edge.response.pieces import pieces

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from converters.datasets.text import Sentences
    from edge.affect import Emotion
    from edge.response.generate import Net


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters clauses``."""
    parser.add_argument("--data", type=Path, required=True, help="folder with text/goemotions and text/cped")
    parser.add_argument("--models", type=Path, default=default_directory(), help="where reply-generator/ is")
    parser.add_argument("--most", type=int, default=0, help="sentences of each set, drawn by lot; 0 for all")
    parser.add_argument("--sample", type=int, default=100, help="clauses that are printed for each language")
    parser.add_argument("--least", type=float, default=LEAST_SURE, help="probability that a clause must have")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn")
    parser.add_argument("--json", action="store_true", help="print everything as one line of JSON")


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence and what is told back of it."""

    said: str
    told: str
    sure: float


@dataclass(frozen=True, slots=True)
class Found:
    """Of one set: how many sentences, how many the net was asked about, it was sure of, and the checker let pass."""

    name: str
    n: int
    asked: int
    sure: int
    told: tuple[Told, ...]


def run(arguments: argparse.Namespace) -> int:
    """Print the shares, and a sample of each language, unedited."""
    net = load(Models(arguments.models, Cpu()), generate.NAME, generate.TASK, generate.INPUTS, generate.LABELS)
    found = [
        told_of(net, name, language, rows(texts, arguments.most, arguments.seed), arguments.least)
        for name, language, texts in (
            ("GoEmotions test", Language.EN, sets.goemotions(arguments.data, "test", single=True)),
            ("CPED", Language.ZH, sets.cped(arguments.data)),
            ("SmileChat, persons' lines", Language.ZH, sets.smilechat(arguments.data)),
        )
    ]
    if arguments.json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        return 0
    for one in found:
        share = len(one.told) / max(one.n, 1)
        print(
            f"{one.name}: {one.n} sentences, {one.asked} may be told back, the net is sure of {one.sure}, "
            f"the checker lets {len(one.told)} pass ({share:.1%})"
        )
        chosen = random.Random(arguments.seed).sample(one.told, min(arguments.sample, len(one.told)))  # noqa: S311
        print("\n".join(f"  {told.told}  <-  {told.said}" for told in chosen))
    return 0


def rows(texts: Sentences, most: int, seed: int) -> list[tuple[str, Emotion]]:
    """Sentences with their labels; at most ``most`` where that is not 0."""
    every = [(words, EMOTIONS[label]) for words, label in zip(texts.words, texts.labels, strict=True)]
    return random.Random(seed).sample(every, min(most, len(every))) if most else every  # noqa: S311 - a sample


def told_of(net: Net, name: str, language: Language, spoken: Sequence[tuple[str, Emotion]], least: float) -> Found:
    """What is told back of one set."""
    asked = sure = 0
    told = []
    for words, emotion in with_progress(spoken, "sentences"):
        if untellable(words, language) is not None:
            continue
        asked += 1
        made = decode(net, pieces(words, language), language, emotion, feeling=False)
        if made is None or made.sure < least:
            continue
        sure += 1
        checked = generate.clause(net, words, language, emotion, feeling=False, least=least)
        if checked is not None:
            told.append(Told(words, checked.text, round(checked.sure, 3)))
    return Found(name, len(spoken), asked, sure, tuple(told))
