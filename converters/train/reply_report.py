"""What the nets of replies are worth, measured on what they did not learn from, and their folders under ``models/``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from converters.train.reply_material import rows
from converters.train.reply_pack import Package, pack
from edge.accelerators.card import Metric
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Model
from edge.affect import Language
from edge.response import generate, rank
from edge.response.generate import decode
from edge.response.nets import Ordered
from edge.response.pieces import pieces

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from converters.corpora.reflections import Pair
    from converters.train.reply_lists import Lists
    from edge.response.generate import Net

GENERATOR_BYTES, RANKER_BYTES = 2 << 20, 150_000
RESAMPLES = 1000
VERSION = "1"
COMMAND = "python -m converters train"
GENERATOR_DATA = (
    "converters/corpora/reflections, ours, Apache-2.0: grammar and pairs by hand, every seventh held out",
    "GoEmotions train (Demszky et al. 2020), CC BY 4.0: comments, the clause told back by a rule",
    "XED English (Oehman et al. 2020), CC BY 4.0: subtitles, by the same rule",
    "CPED test and valid (Chen et al. 2022), Apache-2.0: lines of drama, by the same rule",
    "SmileChat persons' lines (Qiu et al. 2024), CC0, machine-written: by the same rule",
)
GENERATOR_NOTES = (
    "it points at what was said and writes no word of its own; a person's own mistakes of grammar come back",
    "what it makes goes through edge/response/checker.py before it is said; never use it without",
    "real sentences were paired by a rule, not by people: it knows best what the grammar tells of",
    "dynamic range: weights in int8, activations in float; the attention's products are no work for an Edge TPU",
)
RANKER_DATA = (
    "converters/corpora/reflections and edge/response/{templates,replies}, written for this project, Apache-2.0",
    "SmileChat pairs (Qiu et al. 2024), CC0, machine-written: each reply against replies to other things",
    "readings of the text-emotion model of this folder",
)
RANKER_NOTES = (
    "grades are our judgement as a rule (converters/train/reply_lists.py), not people's votes on replies",
    "it orders what may be said; it decides nothing about whether it may",
)


def packaged(model: Any, learn: Sequence[Pair], held: Sequence[Pair], arguments: argparse.Namespace) -> None:  # noqa: ANN401
    """Write ``models/reply-generator`` with its figures."""
    from converters.train.reply_generator import figures
    from converters.train.reply_network import network, to_tflite

    whole = network()
    whole.set_weights(model.get_weights())
    command = f"{COMMAND} reply-generator --data DATA --epochs {arguments.epochs} --seed {arguments.seed}"
    units = {
        "ids": "rows of the table of hashed pieces, two a piece, and the place that a piece was taken from; 0 for none",
        "kinds": "what may be done with a piece, in four bits, from 2 on; 1 for a control code, 0 for none",
        "scores": "of each choice at each step, unbounded: the end, nothing, or a place in what was said",
    }
    package = Package(
        generate.NAME, GENERATOR_BYTES, VERSION, command, units, GENERATOR_DATA, GENERATOR_NOTES, generate.LABELS
    )
    tflite = to_tflite(whole)
    pack(arguments.models, package, tflite)
    net = Ordered(Model(arguments.models / generate.NAME, Cpu(), generate.TASK), generate.INPUTS)
    metrics: list[Metric] = []
    for language in Language:
        part = [pair for pair in held if pair.language is language]
        arrays = rows(part)
        scores = np.concatenate(
            [net.run(ids[None], kinds[None])[0] for ids, kinds in zip(arrays.ids, arrays.kinds, strict=True)]
        )
        on = f"held-out lines of the grammar and pairs by hand, {language.value}; the packaged file"
        perplexity = figures(scores, arrays.targets)["perplexity"]
        metrics.append(Metric(name="perplexity of a choice", value=round(perplexity, 3), on=on, n=len(part)))
        right = np.array([exact(net, pair) for pair in part])
        low, high = interval(right)
        metrics.append(
            Metric(name="exact match", value=round(float(right.mean()), 4), low=low, high=high, on=on, n=len(part))
        )
    card = pack(arguments.models, package, tflite, metrics)
    for metric in metrics:
        print(f"{metric.on}: {metric.name} {metric.value} [{metric.low}, {metric.high}] n={metric.n}", flush=True)
    print(f"{arguments.models / generate.NAME}: {card.bytes / 1024:.0f} KiB; {len(learn)} pairs were learnt from")


def exact(net: Net, pair: Pair) -> bool:
    """Whether what is decoded is what the pair wants, nothing where it wants nothing."""
    said = pieces(pair.said, pair.language)
    found = decode(net, said, pair.language, pair.emotion, feeling=pair.feeling)
    return (None if found is None else found.text) == pair.told


def interval(right: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """The 95 % bootstrap interval of a share."""
    chance = np.random.default_rng(seed)
    shares = right[chance.integers(0, len(right), (RESAMPLES, len(right)))].mean(axis=1)
    low, high = np.percentile(shares, (2.5, 97.5))
    return round(float(low), 4), round(float(high), 4)


def ranker_packaged(model: Any, learn: Lists, held: Mapping[str, Lists], arguments: argparse.Namespace) -> None:  # noqa: ANN401
    """Write ``models/reply-ranker`` with its figures."""
    from converters.train.reply_ranker import network, to_tflite

    whole = network()
    whole.set_weights(model.get_weights())
    tflite = to_tflite(whole)
    command = f"{COMMAND} reply-ranker --data DATA --epochs {arguments.epochs} --seed {arguments.seed}"
    units = {
        "said": "rows of the ranker's table for what was said, two a unit; 0 for none",
        "text": "the same for a candidate",
        "numbers": "strategy, source, what the text model reads in it and others, each in -1 to 1",
        "score": "the higher the better, unbounded",
    }
    package = Package(rank.NAME, RANKER_BYTES, VERSION, command, units, RANKER_DATA, RANKER_NOTES)
    pack(arguments.models, package, tflite)
    net = Ordered(Model(arguments.models / rank.NAME, Cpu(), rank.TASK), rank.INPUTS)

    metrics = [metric for language, lists in held.items() for metric in chosen(net, language, lists)]
    card = pack(arguments.models, package, tflite, metrics)
    for metric in metrics:
        print(f"{metric.on}: {metric.name} {metric.value} [{metric.low}, {metric.high}] n={metric.n}", flush=True)
    print(f"{arguments.models / rank.NAME}: {card.bytes / 1024:.0f} KiB; {len(learn.said)} lists were learnt from")


def chosen(net: Ordered, language: str, lists: Lists) -> list[Metric]:
    """How often the ranker's first is of the best grade, and how often it is not a wrong one."""
    grades = []
    for said, texts, every, graded in zip(*lists, strict=True):
        scores = [
            float(net.run(said[None].astype(np.int32), text[None].astype(np.int32), numbers[None])[0][0, 0])
            for text, numbers in zip(texts, every, strict=True)
        ]
        grades.append(graded[int(np.argmax(scores))])
    first = np.array(grades)
    names = {
        "first is one of the best grade": first >= lists.grades.max(axis=1),
        "first is not of other words or another feeling": first > 0,
    }
    on = f"lists of seven, held-out lines of the grammar, {language}; the packaged file"
    found = []
    for name, right in names.items():
        low, high = interval(right)
        found.append(Metric(name=name, value=round(float(right.mean()), 4), low=low, high=high, on=on, n=len(right)))
    return found
