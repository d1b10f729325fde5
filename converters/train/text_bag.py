"""The student: hashed n-grams → one hidden layer → seven logits, the fine logits, valence and arousal.

A text touches about a hundred of 2^15 places, so training gathers the touched rows of the first layer (`Bag`); the
network that is kept has an ordinary dense layer with the same weights instead.

While training the input is weighed by inverse document frequency (Spärck Jones 1972), so that rare n-grams move more
than common ones; afterwards the weights are folded into the first layer, and the device knows nothing of them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
import tensorflow as tf
import tf_keras as keras

from converters.train.text_material import WEIGHTS
from edge.affect import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from converters.train.text_material import Material

    Floats = NDArray[np.float32]
    Batch = tuple[tuple[Floats, Floats], tuple[Floats, ...], Floats]
    Tensor = Any  # tensorflow has no types
    Model = Any
    Sparse = Any  # nor has scipy

OUTPUTS = {"logits": len(EMOTIONS), "fine": 28, "affect": 2}
"""Names and widths of the outputs."""
INPUT = "n-grams"
MOST = 400
"""N-grams of a text that training looks at; a longer text gives a random part of them."""
AFFECT_SPREAD = 0.15
"""About the standard deviation of EmoBank's valence (0.18) and arousal (0.13), brought to [-1, 1]."""
RARE = -3.0
"""First bias of the fine labels: each is there in about one text of twenty."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Of one student. 47 hidden units make 1.5 MB of int8."""

    buckets: int
    hidden: int = 47
    feature_dropout: float = 0.5
    hidden_dropout: float = 0.3


class Bag(keras.layers.Layer):  # type: ignore[misc] # tf_keras has no types
    """Sum of the rows of a (buckets, hidden) table at the given places, each times its value, plus a bias."""

    def __init__(self, buckets: int, hidden: int, **named: Tensor) -> None:
        super().__init__(**named)
        self._buckets, self._hidden = buckets, hidden

    def build(self, _: Tensor) -> None:
        """Make the table."""
        self.kernel = self.add_weight(
            "kernel", (self._buckets, self._hidden), initializer=keras.initializers.RandomNormal(0, 0.02)
        )
        self.bias = self.add_weight("bias", (self._hidden,), initializer="zeros")

    def call(self, inputs: tuple[Tensor, Tensor]) -> Tensor:
        """(places, values), each (rows, n) → (rows, hidden)."""
        places, values = inputs
        rows = tf.gather(self.kernel, tf.cast(places, tf.int32))
        return tf.squeeze(tf.matmul(values[:, None, :], rows), 1) + self.bias


def trainable(shape: Shape) -> Model:
    """(places, values), each (rows, n) → the three outputs."""
    places, values = keras.Input((None,), name="places"), keras.Input((None,), name="values")
    hidden = keras.layers.ReLU()(Bag(shape.buckets, shape.hidden, name="hidden")([places, values]))
    hidden = keras.layers.Dropout(shape.hidden_dropout)(hidden)
    return keras.Model([places, values], heads(hidden))


def plain(shape: Shape, weights: list[Floats]) -> Model:
    """The network that is kept: standard layers, input (rows, buckets). ``weights`` as of ``trainable``."""
    entry = keras.Input((shape.buckets,), name=INPUT)
    hidden = keras.layers.Dense(shape.hidden, activation="relu", name="hidden")(entry)
    model = keras.Model(entry, heads(hidden))
    model.set_weights(weights)
    return model


def heads(hidden: Tensor) -> list[Tensor]:
    """Three dense layers, one per output."""
    first = {"fine": keras.initializers.Constant(RARE)}
    return [
        keras.layers.Dense(n, name=name, bias_initializer=first.get(name, "zeros"))(hidden)
        for name, n in OUTPUTS.items()
    ]


def folded(weights: list[Floats], scale: Floats) -> list[Floats]:
    """The same network for unweighed vectors."""
    return [weights[0] * scale[:, None], *weights[1:]]


def outputs(weights: list[Floats], x: Sparse) -> tuple[Floats, Floats, Floats]:
    """The three outputs for a CSR matrix of texts."""
    hidden = np.maximum(x @ weights[0] + weights[1], 0)
    first, second, third = (hidden @ weights[i] + weights[i + 1] for i in (2, 4, 6))
    return first, second, third


def batches(x: Sparse, material: Material, shape: Shape, size: int, seed: int) -> Callable[[int], Iterator[Batch]]:
    """For ``converters.train.loop.fit``: batches of an epoch; a part of each text's n-grams is dropped."""

    def of_epoch(epoch: int) -> Iterator[Batch]:
        chance = np.random.default_rng((seed, epoch))
        order = chance.permutation(len(material))
        for start in range(0, len(order) - size + 1, size):
            rows = order[start : start + size]
            yield padded(x, rows, shape.feature_dropout, chance), material.targets(rows), material.weight[rows]

    return of_epoch


def padded(x: Sparse, rows: NDArray[np.integer], dropout: float, chance: np.random.Generator) -> tuple[Floats, Floats]:
    """(places, values) of some rows of a CSR matrix, each (rows, n); what is kept is enlarged for what is dropped."""
    part = x[rows]
    kept = chance.random(len(part.data)) >= dropout if dropout else np.ones(len(part.data), np.bool_)
    owner = np.repeat(np.arange(len(rows)), np.diff(part.indptr))[kept]
    counts = np.bincount(owner, minlength=len(rows))
    place = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    width = max(1, min(int(counts.max(initial=1)), MOST))
    fits = place < width
    places, values = np.zeros((2, len(rows), width), np.float32)
    places[owner[fits], place[fits]] = part.indices[kept][fits]
    values[owner[fits], place[fits]] = part.data[kept][fits] / (1 - dropout)
    return places, values


def loss(targets: tuple[Tensor, ...], found: tuple[Tensor, ...]) -> Tensor:
    """(rows,) cross-entropies of emotion and fine labels and squared error of the affect, where they are known."""
    values = 0.0
    for wanted, said, weight, measure in zip(targets, found, WEIGHTS, _MEASURES, strict=True):
        unknown = tf.reduce_any(tf.math.is_nan(wanted), axis=1)
        values += weight * tf.where(unknown, 0.0, measure(tf.where(unknown[:, None], 0.0, wanted), said))
    return values


_MEASURES = (
    tf.nn.softmax_cross_entropy_with_logits,
    lambda wanted, found: tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(wanted, found), axis=1),
    lambda wanted, found: tf.reduce_sum(tf.square((wanted - found) / AFFECT_SPREAD), axis=1),
)
