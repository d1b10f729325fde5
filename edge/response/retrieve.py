"""Answers found by likeness: what was said, beside what people tell of their day in the corpora.

A line of the corpora stands for all its wordings. It is known by the text model's own hashes of words and of their
beginnings (characters and pairs in Chinese), each weighed by how few lines have it (inverse document frequency: Spärck
Jones 1972). The likeness is the weighed share of what was said that the line has too, so a sentence with much else in
it finds nothing. The index is data, made by ``python -m converters train reply-index``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from edge.affect import Emotion, Language
from edge.data_file import read_table, wrong
from edge.perception.text.features import TOKEN, ids
from edge.perception.text.normalise import normalised
from edge.response.strategy import Strategy
from edge.response.telling import telling
from edge.understanding.graph.graph import find

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from numpy.typing import NDArray

LIKE = 0.64
"""Least likeness of what was said to a line, below which nothing is found."""
CLEAR = 0.08
"""By so much the best situation is more alike than the second."""
FEWEST = {Language.EN: 6, Language.ZH: 8}
"""Hashes, two of each word or character that tells something, that a clause has at least, to be like anything."""
KNOWN = 2
"""So many fewer are enough where the graph finds an event in what was said."""
LONGEST = 160
"""Characters of what was said that are looked at."""
SCALE = 127.0
_CLAUSES = re.compile(r"[,.;:!?，。；：！？、…—\n]+|\s(?:and|but)\s", re.IGNORECASE)


class Situation(NamedTuple):
    """An area of life and the feeling that goes with what happened."""

    area: str
    emotion: Emotion


@dataclass(frozen=True, slots=True)
class Near:
    """What was found: the situation and its likeness in [0, 1]."""

    situation: Situation
    like: float


@dataclass(frozen=True, slots=True)
class Index:
    """The lines of one language.

    ``units`` (n,) int32 hashed units in order, ``lines`` (n,) int16 the line of each, ``weights`` (n,) int8 its weight
    in parts of SCALE; ``usual`` (int8) the weight of a unit that no line has; ``situations`` of the lines;
    ``replies`` by situation and strategy.
    """

    units: NDArray[np.int32]
    lines: NDArray[np.int16]
    weights: NDArray[np.int8]
    usual: float
    situations: tuple[Situation, ...]
    replies: dict[Situation, dict[Strategy, tuple[str, ...]]]

    def find(self, words: str, language: Language) -> Near | None:
        """The situation that ``words`` tell of, if one is like them and no other nearly as much."""
        best: dict[Situation, float] = {}
        fewest = FEWEST[language] - KNOWN * bool(find(words, language))
        for clause in _CLAUSES.split(words):
            said = hashed(clause, language)
            if len(said) < fewest:
                continue
            for line, like in enumerate(self._likeness(np.unique(said)).tolist()):
                situation = self.situations[line]
                best[situation] = max(best.get(situation, 0.0), like)
        if not best:
            return None
        (first, like), *others = sorted(best.items(), key=lambda one: -one[1])
        if like < LIKE or (others and others[0][1] > like - CLEAR):
            return None
        return Near(first, like)

    def _likeness(self, said: NDArray[np.int32]) -> NDArray[np.float64]:
        """(lines,) weighed share of the units of ``said`` that each line has."""
        scores = np.zeros(len(self.situations))
        total = 0.0
        for unit in said.tolist():
            first, last = np.searchsorted(self.units, (unit, unit + 1))
            weight = self.usual if first == last else self.weights[first] / SCALE
            total += weight
            scores[self.lines[first:last]] += weight
        return scores / max(total, 1e-9)


def hashed(words: str, language: Language) -> NDArray[np.int32]:
    """The text model's hashes of what tells something in ``words``: of each unit, and of its beginning or pair."""
    text = normalised(words, LONGEST)
    empty = telling(language).rules.empty
    if language is Language.EN:
        text = " ".join(word for word in TOKEN.findall(text) if word not in empty and word[0].isalnum())
    else:
        text = _nothing().sub("", text)
    found = ids(text, language)[..., :2].ravel()
    return np.asarray(found[found > 0], np.int32)


@cache
def _nothing() -> re.Pattern[str]:
    """Chinese words that tell nothing, the longest first, and marks."""
    listed = sorted(telling(Language.ZH).rules.empty, key=lambda word: (-len(word), word))
    return re.compile("|".join([*map(re.escape, listed), r"\W"]))


@cache
def index(language: Language) -> Index:
    """The one Index of ``language``, read once. Raises SettingsError when a file is wrong."""
    folder = files("edge.response") / "replies"
    return load_index(folder / f"{language.value}.npz", folder / f"{language.value}.toml")


def load_index(vectors: Traversable, texts: Traversable) -> Index:
    """The index in two files. Raises SettingsError naming the one that is wrong."""
    replies = _replies(texts)
    try:
        with np.load(BytesIO(vectors.read_bytes()), allow_pickle=False) as found:
            units, lines, weights = found["units"], found["lines"], found["weights"]
            names, usual = [str(name) for name in found["situations"]], float(found["usual"])
    except (OSError, KeyError, ValueError) as error:
        raise wrong(vectors, "the index", str(error), "Restore it from the release") from error
    situations = tuple(Situation(area, Emotion(emotion)) for area, emotion in (name.split(".") for name in names))
    return Index(units, lines, weights, usual, situations, replies)


def _replies(file: Traversable) -> dict[Situation, dict[Strategy, tuple[str, ...]]]:
    found: dict[Situation, dict[Strategy, tuple[str, ...]]] = {}
    for area, emotions in read_table(file).items():
        for emotion, strategies in emotions.items():
            try:
                key = Situation(area, Emotion(emotion))
                found[key] = {Strategy(name): tuple(texts) for name, texts in strategies.items()}
            except ValueError as error:
                raise wrong(file, f"{area}.{emotion}", str(error), "Use the names of the other entries") from None
    return found
