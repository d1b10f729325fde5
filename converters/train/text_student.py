"""The small text network, trained on sparse vectors with plain numpy: sparse → hidden (ReLU) → seven logits.

TensorFlow would spend its time on 2^15-wide rows that are nearly empty; scipy's sparse products do the work in a
millisecond a batch on one core. The weights then move into Keras for conversion only.

While training the input is weighed by inverse document frequency (Spärck Jones 1972), so that plain gradient descent
moves rare n-grams more than common ones; afterwards the weights are folded into the first layer, and the device knows
nothing of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.affect import EMOTIONS, Language
from edge.perception.text.features import BUCKETS, buckets, value
from edge.perception.text.language import detect_language
from edge.perception.text.normalise import normalised

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LONGEST = 600
"""Characters read of a training text; the default of TextSettings.max_characters."""
IDF_SCALE = 40.0
"""Brings a text's weighed vector to about unit length: 8 (its length unweighed) times 5 (a usual idf)."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one student is trained; several of them make the model.

    Plain SGD: Adam moves every rare n-gram by a full step and overfits in one epoch.
    """

    hidden: int = 11
    epochs: int = 8
    batch: int = 64
    rate: float = 0.3
    first_rate: float = 6.0
    """Rate of the first layer, higher because its inputs are small."""
    feature_dropout: float = 0.5
    hidden_dropout: float = 0.3
    seed: int = 0


def matrix(words: Sequence[str]) -> Any:  # noqa: ANN401 - scipy has no types
    """(n, BUCKETS) float32 CSR of the device's feature vectors."""
    from scipy.sparse import csr_matrix

    places, values, ends = [], [], [0]
    for text in words:
        clean = normalised(text, LONGEST)
        found = buckets(clean, detect_language(clean))
        places.append(found.astype(np.int32))
        values.append(np.full(len(found), value(len(found)), np.float32))
        ends.append(ends[-1] + len(found))
    return csr_matrix((np.concatenate(values), np.concatenate(places), np.array(ends)), shape=(len(words), BUCKETS))


def are_chinese(words: Sequence[str]) -> NDArray[np.bool_]:
    """(n,) True where the device reads the text as Chinese."""
    return np.array([detect_language(normalised(text, LONGEST)) is Language.ZH for text in words])


def merged(students: Sequence[Student]) -> list[Floats]:
    """Weights of one network that gives the mean of the students' logits: their hidden layers stand side by side."""
    first, bias, second, last = zip(*(student.weights for student in students), strict=True)
    count = np.float32(len(students))
    return [np.hstack(first), np.hstack(bias), np.vstack(second) / count, np.sum(last, axis=0) / count]


def logits(weights: list[Floats], x: Any) -> Floats:  # noqa: ANN401 - a scipy sparse matrix
    """(n, 7) float32 for a CSR matrix of n texts."""
    first, bias, second, last = weights
    return np.asarray(np.maximum(x @ first + bias, 0) @ second + last)


class Student:
    """Two dense layers: ``weights`` are (BUCKETS, hidden), (hidden,), (hidden, 7), (7,), for unweighed vectors."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self._chance = np.random.default_rng(recipe.seed)
        hidden, classes = recipe.hidden, len(EMOTIONS)
        self.weights: list[Floats] = [
            self._chance.normal(0, 0.1, (BUCKETS, hidden)).astype(np.float32),
            np.zeros(hidden, np.float32),
            self._chance.normal(0, hidden**-0.5, (hidden, classes)).astype(np.float32),
            np.zeros(classes, np.float32),
        ]

    def fit(self, x: Any, targets: Floats, importance: Floats) -> Iterator[float]:  # noqa: ANN401
        """Train; yields the mean loss of each epoch.

        Args:
            x: (n, BUCKETS) CSR.
            targets: (n, 7) distributions.
            importance: (n,) weight of each text in the loss, about 1.
        """
        from scipy.sparse import diags

        frequency = np.asarray((x > 0).sum(axis=0)).ravel() + 1
        idf = (np.log(x.shape[0] / frequency) / IDF_SCALE).astype(np.float32)
        weighed = (x @ diags(idf)).tocsr().astype(np.float32)
        recipe = self.recipe
        step, steps = 0, recipe.epochs * -(-x.shape[0] // recipe.batch)
        for _ in range(recipe.epochs):
            losses = []
            order = self._chance.permutation(x.shape[0])
            for start in range(0, len(order), recipe.batch):
                rows = order[start : start + recipe.batch]
                losses.append(self._step(weighed[rows], targets[rows], importance[rows], 1 - step / steps))
                step += 1
            yield float(np.mean(losses))
        self.weights[0] *= idf[:, None]

    def _step(self, x: Any, targets: Floats, importance: Floats, pace: float) -> float:  # noqa: ANN401
        first, bias, second, last = self.weights
        recipe = self.recipe
        kept = self._chance.random(len(x.data), np.float32) >= recipe.feature_dropout
        x.data *= kept / np.float32(1 - recipe.feature_dropout)
        hidden = np.maximum(x @ first + bias, 0)
        kept = self._chance.random(hidden.shape, np.float32) >= recipe.hidden_dropout
        hidden *= kept / np.float32(1 - recipe.hidden_dropout)
        logits = hidden @ second + last
        shifted = logits - logits.max(axis=1, keepdims=True)
        exponent = np.exp(shifted)
        total = exponent.sum(axis=1, keepdims=True)
        loss = float(np.mean(importance * (targets * (np.log(total) - shifted)).sum(axis=1)))
        error = (exponent / total - targets) * (importance / len(importance))[:, None]
        back = (error @ second.T) * (hidden > 0) / np.float32(1 - recipe.hidden_dropout)
        rate = recipe.rate * pace
        second -= rate * (hidden.T @ error)
        last -= rate * error.sum(axis=0)
        bias -= rate * back.sum(axis=0)
        self._move_first(x, back.astype(np.float32), recipe.first_rate * pace)
        return loss

    def _move_first(self, x: Any, back: Floats, rate: float) -> None:  # noqa: ANN401
        """Descend on the rows of the first layer that this batch touches."""
        from scipy.sparse import csr_matrix

        touched, place = np.unique(x.indices, return_inverse=True)
        compact = csr_matrix((x.data, place, x.indptr), shape=(x.shape[0], len(touched)))
        self.weights[0][touched] -= np.float32(rate) * (compact.T @ back)
