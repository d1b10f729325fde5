"""Trios of Readings that share a label: a face, a voice and a sentence of different people, paired by what they show.

So given the label the senses are independent, which they are not in one person: figures on such sets tell how well
evidence is combined, not how well a person is understood.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from edge.affect import EMOTIONS, Sense

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from converters.fusion_readings import Heard

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SENSES = tuple(Sense)
KINDS = len(EMOTIONS)
LEAST_ITEMS = 5
"""A label of which a sense has fewer items is not paired: the same few would come again and again."""
NOISE_SPREAD = 0.5
"""Concentration of the Dirichlet distribution that noise is drawn from: mostly one or two labels lead, any of them."""
NONSENSE = 0.03
"""Part of each sense's Readings in a lesson that are noise, and again of those that are of another label."""
MISSING_ONE, MISSING_TWO = 0.5, 0.2
"""Part of the lessons in which one sense at least is missing, and two."""
Mix = Literal["balanced", "met"]
MIXES: tuple[Mix, ...] = ("balanced", "met")


@dataclass(frozen=True, slots=True)
class Trios:
    """Readings by sense, and the label that they share.

    Attributes:
        probabilities: (n, 3, 7), senses in the order of Sense.
        quality: (n, 3).
        present: (n, 3) 1.0 where the sense says something, else 0.0.
        truth: (n,) index into EMOTIONS.
        items: (n, 3) which of the sense's Readings it is; -1 for one that was made up.
    """

    probabilities: Floats
    quality: Floats
    present: Floats
    truth: Ints
    items: Ints

    def __len__(self) -> int:
        """Number of trios."""
        return len(self.truth)

    def without(self, *senses: Sense) -> Trios:
        """The same trios where these senses say nothing."""
        present = self.present.copy()
        present[:, [SENSES.index(sense) for sense in senses]] = 0.0
        return replace(self, present=present)

    def take(self, rows: Ints) -> Trios:
        """The chosen trios."""
        return Trios(
            self.probabilities[rows], self.quality[rows], self.present[rows], self.truth[rows], self.items[rows]
        )


def shared(heard: Mapping[Sense, Heard]) -> list[int]:
    """Labels of which every sense has items, as indices into EMOTIONS."""
    counts = np.array([np.bincount(heard[sense].truth, minlength=KINDS) for sense in SENSES])
    return [label for label in range(KINDS) if counts[:, label].min() >= LEAST_ITEMS]


def labels(heard: Mapping[Sense, Heard], mix: Mix, known: Sequence[int]) -> Floats:
    """(7,) how often each label is drawn: all ``known`` equally, or as the face's and the text's sets have them.

    The voices of a studio were recorded by label; how often people show what, faces and texts tell better.
    """
    if mix == "balanced":
        shares = np.isin(np.arange(KINDS), known).astype(np.float64)
    else:
        counts = [np.bincount(heard[sense].truth, minlength=KINDS) for sense in (Sense.FACE, Sense.TEXT)]
        shares = sum((count / count.sum() for count in counts), np.zeros(KINDS))
        shares[[label for label in range(KINDS) if label not in known]] = 0.0
    return np.asarray(shares / shares.sum())


def paired(heard: Mapping[Sense, Heard], number: int, shares: Floats, seed: int) -> Trios:
    """``number`` trios whose labels are drawn by ``shares`` (7,), and for each label the items of each sense.

    Where a sense has no item of a label (no surprised voice), one of any other label stands there and is not present.
    """
    random = np.random.default_rng(seed)
    truth = random.choice(KINDS, number, p=shares)
    items = np.full((number, len(SENSES)), -1)
    present = np.ones((number, len(SENSES)))
    for column, sense in enumerate(SENSES):
        for label in np.unique(truth):
            rows = np.flatnonzero(truth == label)
            pool = np.flatnonzero(heard[sense].truth == label)
            if not len(pool):
                pool = np.arange(len(heard[sense].truth))
                present[rows, column] = 0.0
            items[rows, column] = random.choice(pool, len(rows))
    probabilities = np.stack([heard[sense].probabilities[items[:, c]] for c, sense in enumerate(SENSES)], axis=1)
    quality = np.stack([heard[sense].quality[items[:, c]] for c, sense in enumerate(SENSES)], axis=1)
    return Trios(probabilities, quality, present, truth, items)


def with_noise(trios: Trios, sense: Sense, seed: int) -> Trios:
    """The same trios, where the sense says something at random, at full quality."""
    random = np.random.default_rng(seed)
    column = SENSES.index(sense)
    probabilities, quality, items = trios.probabilities.copy(), trios.quality.copy(), trios.items.copy()
    probabilities[:, column] = random.dirichlet(np.full(KINDS, NOISE_SPREAD), len(trios))
    quality[:, column] = 1.0
    items[:, column] = -1
    return replace(trios, probabilities=probabilities, quality=quality, items=items)


def with_another(trios: Trios, heard: Mapping[Sense, Heard], sense: Sense, seed: int) -> Trios:
    """The same trios, where the sense's Reading is a real one of another label."""
    random = np.random.default_rng(seed)
    column = SENSES.index(sense)
    known = np.unique(heard[sense].truth)
    items = trios.items.copy()
    for label in np.unique(trios.truth):
        rows = np.flatnonzero(trios.truth == label)
        others = [other for other in known if other != label and other in trios.truth]
        for row, other in zip(rows, random.choice(others, len(rows)), strict=True):
            items[row, column] = random.choice(np.flatnonzero(heard[sense].truth == other))
    probabilities, quality = trios.probabilities.copy(), trios.quality.copy()
    probabilities[:, column] = heard[sense].probabilities[items[:, column]]
    quality[:, column] = heard[sense].quality[items[:, column]]
    return replace(trios, probabilities=probabilities, quality=quality, items=items)


def lessons(heard: Mapping[Sense, Heard], number: int, seed: int, nonsense: float = NONSENSE) -> Trios:
    """Trios to fit on, half of them balanced and half as met: with senses left out, and with nonsense among them.

    A surprised voice is in no set: any other voice stands in its place, since it tells nothing of surprise. Modality
    dropout (Neverova et al., ModDrop, IEEE TPAMI 38(8), 2016): in every second trio one sense or two are missing.
    ``nonsense`` is the part of each sense's Readings that are noise, and again of those that are of another label.
    """
    random = np.random.default_rng(seed)
    parts = []
    for mix in MIXES:
        trios = paired(heard, number // 2, labels(heard, mix, range(KINDS)), seed)
        trios = replace(trios, present=np.ones_like(trios.present))
        for place, sense in enumerate(SENSES):
            noise, another = with_noise(trios, sense, seed + place), with_another(trios, heard, sense, seed + place)
            drawn = random.random(number // 2)
            trios = _mixed(trios, noise, drawn < nonsense)
            trios = _mixed(trios, another, drawn > 1 - nonsense)
        first, second = np.argsort(random.random((number // 2, len(SENSES))), axis=1)[:, :2].T
        drawn = random.random(number // 2)
        one, two = drawn < MISSING_ONE, drawn < MISSING_TWO
        trios.present[one, first[one]] = 0.0
        trios.present[two, second[two]] = 0.0
        parts.append(trios)
    return joined(parts)


def joined(parts: Sequence[Trios]) -> Trios:
    """One set of several."""
    return Trios(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Trios.__slots__)  # in the fields' order
    )


def _mixed(trios: Trios, others: Trios, rows: NDArray[np.bool_]) -> Trios:
    """The trios, with the Readings of ``others`` in these rows."""
    chosen = rows[:, None]
    return replace(
        trios,
        probabilities=np.where(chosen[..., None], others.probabilities, trios.probabilities),
        quality=np.where(chosen, others.quality, trios.quality),
        items=np.where(chosen, others.items, trios.items),
    )
