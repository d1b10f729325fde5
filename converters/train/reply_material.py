"""What the generator learns from, as arrays: pairs of the corpora, and pairs that a rule made of real sentences."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from converters.corpora.reflections import Pair, by_hand, pairs
from converters.datasets import text as sets
from converters.train.reply_silver import drawn
from edge.affect import EMOTIONS, Language
from edge.response.checker import found_in
from edge.response.pieces import pieces
from edge.response.window import END, NOTHING, STEPS, codes, prompt, tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.affect import Emotion

GRAMMAR, HELD = 16_000, 600
"""Pairs of the grammar in each language: to learn from, and to judge by, of lines that are never learnt."""
HAND_TIMES = 12
HELD_EVERY = 7
"""Every seventh line of the grammar, and every seventh pair by hand, is held out."""
REAL = {"goemotions": 9000, "xed": 3000, "cped": 3000, "smilechat": 12_000}
"""Pairs of each set of which something is told back."""
NOTHING_SHARE = 0.35
NO_STEP = -1
"""Target of a step after the end."""


@dataclass(frozen=True, slots=True)
class Rows:
    """ids (n, WINDOW, 3), kinds (n, WINDOW), targets (n, STEPS): a choice, or NO_STEP; weights (n,)."""

    ids: NDArray[np.int16]
    kinds: NDArray[np.int8]
    targets: NDArray[np.int8]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.ids)


def is_held(key: str) -> bool:
    """Whether the pairs of a line of the grammar are held out; the same on every machine."""
    return sum(key.encode()) % HELD_EVERY == 0


def gather(data: Path, seed: int) -> tuple[list[Pair], list[Pair]]:
    """Pairs to learn from and pairs to judge by. Raises InputError where a data set is absent."""
    learn: list[Pair] = []
    held: list[Pair] = []
    for language in Language:
        hand = by_hand(language)
        learn += [pair for pair in hand if not is_held(pair.core)] * HAND_TIMES
        held += [pair for pair in hand if is_held(pair.core)]
        written = pairs(language, GRAMMAR + HELD * HELD_EVERY, seed)
        judged = 0
        for pair in written:
            if not is_held(pair.core):
                learn.append(pair)
            elif judged < HELD:
                judged += 1
                held.append(pair)
    chance = random.Random(seed)  # noqa: S311 - a reproducible sample
    for name, language, texts in _real(data):
        learn += drawn(texts, language, name, REAL[name], NOTHING_SHARE, chance)
    chance.shuffle(learn)
    return learn, held


def _real(data: Path) -> Iterable[tuple[str, Language, list[tuple[str, Emotion]]]]:
    for name, language, found in (
        ("goemotions", Language.EN, sets.goemotions(data, "train", single=True)),
        ("xed", Language.EN, sets.xed_english(data)),
        ("cped", Language.ZH, sets.cped(data)),
        ("smilechat", Language.ZH, sets.smilechat(data)),
    ):
        yield name, language, [(w, EMOTIONS[label]) for w, label in zip(found.words, found.labels, strict=True)]


def rows(material: Sequence[Pair]) -> Rows:
    """The pairs as the net reads them; a pair that the window cannot hold is left out."""
    ids, kinds, targets = [], [], []
    for pair in material:
        made = row(pair)
        if made is not None:
            ids.append(made[0])
            kinds.append(made[1])
            targets.append(made[2])
    return Rows(np.array(ids, np.int16), np.array(kinds, np.int8), np.array(targets, np.int8))


def row(pair: Pair) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]] | None:
    """Window and targets of one pair, what is told back being written into the window; None where it is too long."""
    said = pieces(pair.said, pair.language)
    if not said:
        return None
    ids, kinds = prompt(said, codes(pair.language, pair.emotion, feeling=pair.feeling), pair.language)
    targets = np.full(STEPS, NO_STEP, np.int64)
    if pair.told is None:
        targets[0] = NOTHING
        return ids, kinds, targets
    span = found_in(pair.told, said, pair.language)
    if span is None or len(span.copied) >= STEPS:
        return None
    for step, place in enumerate(span.copied):
        targets[step] = 2 + place
        tell(ids, kinds, step, place)
    targets[len(span.copied)] = END
    return ids, kinds, targets
