"""``python -m converters words``: fits the weights of the rules of context to development data, and writes them.

Each row gives the model's distribution, those of its parts, and the directions of the rules that apply; the weights
are those that make the accepted labels most probable, kept near to 1 where few rows speak of them. No weight is below
zero: a rule may turn out to be worth nothing, never the reverse of what it says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from converters.answers import with_progress
from converters.challenge import sentences
from converters.datasets.sets.cped import Cped
from converters.datasets.sets.goemotions import GoEmotions
from converters.datasets.sets.row import Row
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import EMOTIONS, Language
from edge.errors import InputError
from edge.perception.text.judged import MOST_PARTS
from edge.perception.text.perceiver import TextPerceiver
from edge.perception.text.rules import Rule, fired
from edge.perception.text.settings import TextSettings
from edge.perception.text.shift import FLOOR, NEUTRAL, Weights

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from converters.datasets.sets.row import DataSet
    from edge.affect import Emotion

    Floats = NDArray[np.float64]

SETS: dict[Language, tuple[DataSet, str, str]] = {
    Language.EN: (GoEmotions(), "goemotions/original", "dev"),
    Language.ZH: (Cped(), "cped", "valid"),
}
"""What else is fitted to beside the challenge's dev half, below --data: the set, its folder, its part."""
RULES = tuple(Rule)
PRIOR = 1.0
"""Nats of a rule that no row speaks of."""
HOLD = 0.002
"""How strongly each weight is held to PRIOR, in nats of mean loss per squared nat."""
CHALLENGE_SHARE = {Language.EN: 0.1, Language.ZH: 0.35}
"""Of the loss. English: the most with which GoEmotions dev loses nothing; CPED's labels come from the picture too and
are surer about the scene than about the words, so they only hold the weights back."""
PARAMETERS = ("contrast", "sentences", "later", "felt")
BOUNDS = {"contrast": (0.0, 0.9), "sentences": (0.0, 0.9), "later": (0.0, 3.0), "felt": (0.0, 3.0)}
HEADER = """\
# How far each rule of context moves the log-probabilities, in nats, and how parts of a text are weighed.
# Written by `python -m converters words --data FOLDER`; see docs/understanding/words.md.
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """Many texts in arrays.

    Attributes:
        whole: (n, 7) log-probabilities of the model.
        parts: (n, MOST_PARTS, 7) those of the parts.
        count: (n,) how many parts there are.
        directions: (n, rules, 7) of the rules that apply.
        accepted: (n, 7) labels of which each is right.
        share: (n,) of the loss.
        contrasted: (n,) whether a word of contrast divides it.
    """

    whole: Floats
    parts: Floats
    count: NDArray[np.int64]
    directions: Floats
    accepted: NDArray[np.bool_]
    share: Floats
    contrasted: NDArray[np.bool_]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters words``."""
    parser.add_argument("--data", type=Path, required=True, help="the folder with goemotions and cped")
    parser.add_argument("--models", type=Path, default=Path("models"), help="the folder with one folder per model")
    parser.add_argument("--limit", type=float, default=3.0, help="most nats by which rules move an emotion")
    parser.add_argument("--out", type=Path, help="where to write; else the file that the device reads")


def run(arguments: argparse.Namespace) -> int:
    """Fit both languages and write the file."""
    perceiver = TextPerceiver(TextSettings(), Models(arguments.models, Cpu()))
    perceiver.attach()
    found = {}
    for language in Language:
        rows = gathered(perceiver, language, arguments.data)
        found[language] = fitted(rows, arguments.limit)
        print(f"{language.value}: {len(rows.whole)} rows, loss {loss(rows, found[language]):.4f}")
    out = arguments.out or Path(str(files("edge.perception.text.lexicon").joinpath("weights.toml")))
    out.write_text(written(found), encoding="utf-8")
    print(f"written: {out.name}")
    return 0


def gathered(perceiver: TextPerceiver, language: Language, data: Path) -> Rows:
    """The challenge's dev half and the set of that language. Raises InputError where the set is missing."""
    own = [(sentence.text, sentence.labels) for sentence in sentences(language, "dev")]
    others = list(_others(language, data))
    texts = own + others
    share = CHALLENGE_SHARE[language]
    shares = [share / len(own)] * len(own) + [(1 - share) / len(others)] * len(others)
    return as_rows(perceiver, texts, shares)


def as_rows(
    perceiver: TextPerceiver, texts: Sequence[tuple[str, Sequence[Emotion | str]]], shares: Sequence[float]
) -> Rows:
    """Rows of texts with their accepted labels."""
    size = (len(texts), len(EMOTIONS))
    rows = Rows(
        np.zeros(size),
        np.zeros((len(texts), MOST_PARTS, len(EMOTIONS))),
        np.zeros(len(texts), np.int64),
        np.zeros((len(texts), len(RULES), len(EMOTIONS))),
        np.zeros(size, bool),
        np.array(shares),
        np.zeros(len(texts), bool),
    )
    for index, (text, labels) in enumerate(with_progress(texts, "texts")):
        judged = perceiver.judged(text)
        rows.whole[index] = np.log(np.maximum(judged.model, FLOOR))
        for place, part in enumerate(judged.said):
            rows.parts[index, place] = np.log(np.maximum(part, FLOOR))
        rows.count[index] = len(judged.said)
        rows.contrasted[index] = judged.context.contrast is not None
        for rule, direction in fired(judged.context, loud=judged.loud):
            rows.directions[index, RULES.index(rule)] += direction
        rows.accepted[index] = np.isin([emotion.value for emotion in EMOTIONS], [str(label) for label in labels])
    return rows


def logs(rows: Rows, by: Weights) -> Floats:
    """(n, 7) log-probabilities after parts and rules: what ``edge.perception.text.shift`` does, for many rows."""
    last = np.maximum(1, rows.count - 1)[:, None]
    places = np.arange(MOST_PARTS)[None]
    raw = np.exp(by.later * places / last + by.felt * (1.0 - np.exp(rows.parts[:, :, NEUTRAL])))
    raw = raw * (places < rows.count[:, None])
    weight = raw / np.maximum(raw.sum(axis=1, keepdims=True), FLOOR)
    of_parts = np.einsum("np,npe->ne", weight, rows.parts)
    divided = (rows.count > 0)[:, None]
    share = np.where(rows.contrasted, by.contrast, by.sentences)[:, None]
    pool = np.where(divided, (1 - share) * rows.whole + share * of_parts, rows.whole)
    moved = np.einsum("r,nre->ne", np.array([by.rules[rule] for rule in RULES]), rows.directions)
    sums = pool + np.clip(moved, -by.limit, by.limit)
    return np.asarray(sums - np.logaddexp.reduce(sums, axis=1, keepdims=True))


def loss(rows: Rows, by: Weights) -> float:
    """Mean of minus the log-probability that one of the accepted labels is right, in nats."""
    right = np.where(rows.accepted, logs(rows, by), -np.inf)
    return float(-(np.logaddexp.reduce(right, axis=1) * rows.share).sum() / rows.share.sum())


def fitted(rows: Rows, limit: float) -> Weights:
    """The weights with the least loss."""
    from scipy.optimize import minimize

    start = Weights(dict.fromkeys(RULES, PRIOR), limit, 0.5, 0.5, 1.0, 1.0)

    def of(values: Floats) -> Weights:
        rules = dict(zip(RULES, values[len(PARAMETERS) :].tolist(), strict=True))
        parameters = dict(zip(PARAMETERS, values[: len(PARAMETERS)].tolist(), strict=True))
        return replace(start, rules=rules, **parameters)

    def penalised(values: Floats) -> float:
        return loss(rows, of(values)) + HOLD * float(((values[len(PARAMETERS) :] - PRIOR) ** 2).mean())

    target: Callable[[Floats], float] = penalised
    first = np.array([getattr(start, name) for name in PARAMETERS] + [PRIOR] * len(RULES))
    bounds = [BOUNDS[name] for name in PARAMETERS] + [(0.0, 2 * limit)] * len(RULES)
    return of(minimize(target, first, method="L-BFGS-B", bounds=bounds).x)


def written(found: dict[Language, Weights]) -> str:
    """The content of weights.toml."""
    lines = [HEADER]
    for language, by in found.items():
        lines += [f"[{language.value}]", f"limit = {by.limit}"]
        lines += [f"{name} = {getattr(by, name):.3f}" for name in PARAMETERS]
        lines += ["", f"[{language.value}.rules]", *(f"{rule.value} = {by.rules[rule]:.3f}" for rule in RULES), ""]
    return "\n".join(lines)


def _others(language: Language, data: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    source, folder, split = SETS[language]
    if not source.found(data / folder):
        problem = f"{data / folder} has no {source.name}"
        raise InputError(problem, "Give --data the folder in which goemotions and cped are")
    for row in source.read(data / folder):
        if isinstance(row, Row) and row.split == split and row.ours and isinstance(row.content, str):
            yield row.content, row.ours
