"""Graded lists of replies to one thing that was said: what the ranker learns from. All are ours but the Chinese pairs.

A grade is our judgement, as a rule: told back or found for what was said goes before a general text of the right
feeling, which goes before the same said lately; what was made for other words, or for another feeling, comes last.
"""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from converters.corpora.reflections import Pair, pairs
from converters.datasets.text import CRISIS
from converters.train.reply_material import is_held
from edge.affect import CIRCUMPLEX, Emotion, Language
from edge.response.candidates import Candidate, Source
from edge.response.compose import _frames
from edge.response.library import load_library
from edge.response.polish import polish
from edge.response.rank import FEATURES, STRATEGIES, UNITS, Weighing, features, units
from edge.response.retrieve import Situation, index
from edge.response.strategy import Strategy

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.affect import Affect
    from edge.response.rank import Reader

LENGTH = 7
"""Candidates of a list."""
RIGHT, TOLD, GENERAL, LATELY, PARROTED, WRONG = 3.0, 3.3, 2.0, 1.0, 0.8, 0.0
LONGEST = {Language.EN: 140, Language.ZH: 46}
SPOKEN = tuple(strategy for strategy in STRATEGIES if strategy not in {Strategy.INFORM, Strategy.RESTATE})


class Lists(NamedTuple):
    """said (n, UNITS, 2), texts (n, LENGTH, UNITS, 2), numbers (n, LENGTH, FEATURES), grades (n, LENGTH)."""

    said: NDArray[np.int16]
    texts: NDArray[np.int16]
    numbers: NDArray[np.float32]
    grades: NDArray[np.float32]


class Maker:
    """Draws lists of one language."""

    def __init__(self, language: Language, reader: Reader, seed: int) -> None:
        self._language = language
        self._reader = reader
        self._chance = random.Random(seed)  # noqa: S311 - a reproducible sample
        self._index = index(language)
        self._templates: dict[tuple[str, Strategy], list[str]] = {}
        for subject, templates in load_library(language, "home").templates.items():
            for template in templates:
                if not template.slots and template.strategy in SPOKEN:
                    said = [polish(text, language) for text in template.parsed.said(language, {})]
                    self._templates.setdefault((subject, template.strategy), []).extend(said)
        self._read: dict[str, Affect | None] = {}

    def graded(self, pair: Pair, other: Pair) -> tuple[Weighing, list[tuple[Candidate, float, int | None]]]:
        """A moment, and LENGTH candidates with their grades and how long ago their template was used."""
        chance = self._chance
        parroted = chance.random() < 0.25  # noqa: PLR2004 - a quarter of all moments follow one that told back
        label = pair.emotion if chance.random() < 0.9 else None  # noqa: PLR2004 - the State is unsure at times
        valence, arousal = CIRCUMPLEX[pair.emotion]
        weighing = Weighing(
            pair.said,
            self._language,
            label,
            valence + chance.gauss(0, 0.25),
            arousal + chance.gauss(0, 0.25),
            chance.uniform(0.35, 0.98),
            chance.randrange(6),
            LONGEST[self._language],
            parroted=parroted,
        )
        strategy = chance.choice(SPOKEN)
        general = self._template(pair.emotion, strategy)
        strange = self._template(chance.choice([one for one in Emotion if one is not pair.emotion]), strategy)
        right = self._reply(Situation(pair.area, pair.emotion), strategy)
        wrong = self._reply(Situation(other.area, other.emotion), strategy)
        back = PARROTED if parroted else TOLD
        rows = [
            (self._found(right, chance.uniform(0.64, 1)), RIGHT, None),
            (self._led(pair.told, chance.choice((general, right)), strategy), back, None),
            (self._led(other.told, strange, strategy), WRONG, None),
            (Candidate(general, strategy, Source.TEMPLATES), GENERAL, None),
            (Candidate(strange, strategy, Source.TEMPLATES), WRONG, None),
            (self._found(wrong, chance.uniform(0.64, 0.8)), WRONG if right != wrong else RIGHT, None),
            (
                Candidate(self._template(pair.emotion, strategy), strategy, Source.TEMPLATES),
                LATELY,
                chance.randrange(4),
            ),
        ]
        return weighing, [(replace(one, strategy=strategy), grade, since) for one, grade, since in rows]

    def array(
        self, weighing: Weighing, rows: list[tuple[Candidate, float, int | None]]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
        """One list as the net reads it."""
        texts = np.stack([units(one.text, self._language) for one, _, _ in rows])
        numbers = np.stack([features(one, weighing, self.affect(one.text), since) for one, _, since in rows])
        return (
            units(weighing.words, self._language),
            texts,
            numbers,
            np.array([grade for _, grade, _ in rows], np.float32),
        )

    def affect(self, text: str) -> Affect | None:
        """What the text model reads in ``text``, each text read once."""
        if text not in self._read:
            self._read[text] = self._reader.affect(text, self._language)
        return self._read[text]

    def _template(self, emotion: Emotion, strategy: Strategy) -> str:
        found = self._templates.get((emotion.value, strategy)) or [
            text for (subject, _), texts in self._templates.items() if subject == emotion.value for text in texts
        ]
        return self._chance.choice(found)

    def _reply(self, situation: Situation, strategy: Strategy) -> str:
        found = self._index.replies.get(situation, {})
        every = [text for texts in found.values() for text in texts]
        return self._chance.choice(found.get(strategy) or every or [self._template(situation.emotion, strategy)])

    def _found(self, text: str, like: float) -> Candidate:
        return Candidate(text, Strategy.REFLECT, Source.RETRIEVAL, quotes=True, fit=like)

    def _led(self, told: str | None, text: str, strategy: Strategy) -> Candidate:
        joint = " " if self._language is Language.EN else ""
        lead = _frames(self._language.value)["lead"][0].format(clause=told)
        whole = polish(f"{lead}{joint}{text}", self._language)
        return Candidate(whole, strategy, Source.MODEL, quotes=True, fit=self._chance.uniform(0.5, 1))


def written(
    language: Language, reader: Reader, count: int, seed: int, *, held: bool
) -> list[tuple[NDArray[np.generic], ...]]:
    """``count`` lists of the grammar, of lines that are held out or of the others."""
    maker = Maker(language, reader, seed)
    out: list[tuple[NDArray[np.generic], ...]] = []
    before: Pair | None = None
    for pair in pairs(language, 100 * count, seed):
        if pair.told is None or pair.area in {"none", "hand"} or is_held(pair.core) is not held:
            continue
        if before is not None and (before.area, before.emotion) != (pair.area, pair.emotion):
            out.append(maker.array(*maker.graded(pair, before)))
            if len(out) == count:
                break
        before = pair
    return out


def counselled(data: Path, reader: Reader, count: int, seed: int) -> list[tuple[NDArray[np.generic], ...]]:
    """``count`` lists of SmileChat: the reply to what was said, and LENGTH - 1 replies to other things."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible sample
    with gzip.open(data / "text" / "smilechat_short" / "pairs.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    rows = [row for row in rows if not CRISIS.search(row["person"] + row["reply"])]
    maker = Maker(Language.ZH, reader, seed)
    out: list[tuple[NDArray[np.generic], ...]] = []
    for row in chance.sample(rows, count):
        texts = [row["reply"], *(other["reply"] for other in chance.sample(rows, LENGTH - 1))]
        weighing = Weighing(row["person"], Language.ZH, None, 0.0, 0.0, 0.5, chance.randrange(6), LONGEST[Language.ZH])
        candidates = [Candidate(text, Strategy.REFLECT, Source.RETRIEVAL, quotes=True, fit=0.8) for text in texts]
        graded: list[tuple[Candidate, float, int | None]] = [
            (one, RIGHT if at == 0 else WRONG, None) for at, one in enumerate(candidates)
        ]
        out.append(maker.array(weighing, graded))
    return out


def stacked(rows: list[tuple[NDArray[np.generic], ...]]) -> Lists:
    """Lists as arrays."""
    said, texts, numbers, grades = (np.stack(part) for part in zip(*rows, strict=True))
    return Lists(said.astype(np.int16), texts.astype(np.int16), numbers.astype(np.float32), grades.astype(np.float32))


SHAPES = {"said": (UNITS, 2), "text": (UNITS, 2), "numbers": (FEATURES,)}
