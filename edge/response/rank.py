"""Which of several fitting texts to say: a small net scores each for this State, these words and this history."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from edge.affect import Emotion, Language
from edge.perception.text.features import UNITS, ids
from edge.perception.text.normalise import normalised
from edge.response.candidates import Source
from edge.response.retrieve import hashed
from edge.response.strategy import Strategy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.affect import Affect
    from edge.response.candidates import Candidate

NAME, TASK = "reply-ranker", "reply-ranker"
INPUTS = ("said", "text", "numbers")
PLACES = 1024
"""Rows of the ranker's own table of vectors; 0 stands for no unit."""
STRATEGIES = (
    Strategy.QUESTION,
    Strategy.RESTATE,
    Strategy.REFLECT,
    Strategy.AFFIRM,
    Strategy.REASSURE,
    Strategy.SUGGEST,
    Strategy.INFORM,
)
"""Those that have candidates, in the order of the net's input."""
SOURCES = tuple(Source)
FEATURES = len(STRATEGIES) + len(SOURCES) + 14
TURNS = 5.0
"""Replies in a row that count as many."""
READ = 2000
"""Texts whose reading is remembered."""
LONGEST = 200


class Net(Protocol):
    """A loaded model."""

    def run(self, *values: NDArray[np.generic]) -> tuple[NDArray[np.float32], ...]:
        """One score (1, 1) for what was said (1, UNITS, 2), a text (1, UNITS, 2) and FEATURES numbers (1, FEATURES)."""
        ...


class Reader(Protocol):
    """What the text model reads in a text."""

    def affect(self, text: str, language: Language) -> Affect | None:
        """The feeling of ``text``; None where it abstains."""
        ...


@dataclass(frozen=True, slots=True)
class Weighing:
    """What candidates are weighed by.

    ``words`` are what the person said, empty when nothing was. ``label`` is answered, None: unsure. ``turns`` counts
    the replies in a row to it. ``longest`` is the most characters of a reply here. ``last`` is the reply before
    this one, if any, and ``parroted`` whether that told words back.
    """

    words: str
    language: Language
    label: Emotion | None
    valence: float
    arousal: float
    confidence: float
    turns: int
    longest: int
    last: str = ""
    parroted: bool = False


def features(candidate: Candidate, weighing: Weighing, read: Affect | None, since: int | None) -> NDArray[np.float32]:
    """FEATURES numbers, each about in [-1, 1].

    Args:
        candidate: the text.
        weighing: the moment.
        read: what the text model reads in it; None where it abstains.
        since: replies since the template of it, or the text, was last used; None where it never was.
    """
    language, text = weighing.language, candidate.text
    said, told = set(hashed(weighing.words, language).tolist()), set(hashed(text, language).tolist())
    shared = len(said & told)
    neutral = read is None
    fits = 0.5 if neutral or weighing.label is None else read.probabilities[list(Emotion).index(weighing.label)]  # type: ignore[union-attr]
    valence = 0.0 if neutral else read.valence  # type: ignore[union-attr]
    numbers = (
        *(float(candidate.strategy is strategy) for strategy in STRATEGIES),
        *(float(candidate.source is source) for source in SOURCES),
        fits,
        valence,
        abs(valence - weighing.valence) / 2,
        shared / max(len(told), 1),
        shared / max(len(said), 1),
        len(text) / weighing.longest,
        0.0 if since is None else 1 / (1 + since),
        float(_opening(text, language) == _opening(weighing.last, language)),
        min(weighing.turns, TURNS) / TURNS,
        float(text.endswith(("?", "？"))),
        candidate.fit,
        weighing.confidence,
        float(weighing.parroted),
        weighing.arousal,
    )
    return np.array(numbers, np.float32)


def units(text: str, language: Language) -> NDArray[np.int32]:
    """(UNITS, 2) in [0, PLACES): the text model's hashes of the beginning of ``text``, in a smaller table."""
    found = ids(normalised(text, LONGEST), language)[0, :, :2]
    return np.where(found == 0, 0, 1 + found % (PLACES - 1)).astype(np.int32)


def _opening(text: str, language: Language) -> str:
    return text[: 8 if language is Language.EN else 2].casefold()


class Ranker:
    """Scores candidates. One thread at a time; remembers what the text model read in texts that are ours."""

    def __init__(self, net: Net, reader: Reader) -> None:
        self._net = net
        self._reader = reader
        self._read: OrderedDict[tuple[str, Language], Affect | None] = OrderedDict()

    def best(self, candidates: Sequence[Candidate], weighing: Weighing, since: Sequence[int | None]) -> Candidate:
        """The candidate with the highest score, the first of equals."""
        said = units(weighing.words, weighing.language)[None]
        scores = []
        for candidate, used in zip(candidates, since, strict=True):
            numbers = features(candidate, weighing, self._reading(candidate, weighing.language), used)
            (score,) = self._net.run(said, units(candidate.text, weighing.language)[None], numbers[None])
            scores.append(float(score[0, 0]))
        return candidates[max(range(len(scores)), key=scores.__getitem__)]

    def _reading(self, candidate: Candidate, language: Language) -> Affect | None:
        key = candidate.text, language
        if key in self._read:
            return self._read[key]
        affect = self._reader.affect(candidate.text, language)
        if not candidate.quotes:
            self._read[key] = affect
            if len(self._read) > READ:
                self._read.popitem(last=False)
        return affect


__all__ = ["FEATURES", "NAME", "PLACES", "TASK", "UNITS", "Net", "Ranker", "Reader", "Weighing", "features", "units"]
