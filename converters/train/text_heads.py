"""The three outputs that teacher and student have, and the loss that they are trained by."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
import tensorflow as tf
import tf_keras as keras

from converters.train.text_material import FINE, WEIGHTS
from edge.affect import EMOTIONS

if TYPE_CHECKING:
    Tensor = Any  # tensorflow has no types

OUTPUTS = {"logits": len(EMOTIONS), "fine": FINE, "affect": 2}
"""Names and widths of the outputs."""
SMALL = 0.02
"""Standard deviation of the first weights: what is said at first is hardly more than the biases."""
RARE = -3.0
"""First bias of the fine labels: each is there in about one text of twenty."""
AFFECT_SPREAD = 0.15
"""About the standard deviation of EmoBank's valence (0.18) and arousal (0.13), brought to [-1, 1]."""


def heads(x: Tensor) -> list[Tensor]:
    """Three dense layers, one per output."""
    made = []
    for name, width in OUTPUTS.items():
        bias = keras.initializers.Constant(RARE) if name == "fine" else "zeros"
        small = keras.initializers.RandomNormal(stddev=SMALL)
        made.append(keras.layers.Dense(width, name=name, kernel_initializer=small, bias_initializer=bias)(x))
    return made


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
