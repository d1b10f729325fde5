"""Losses of the senses' networks, one value per row; the loop weighs the rows and takes their mean.

A loss is called with (targets, outputs), both float32 tensors or tuples of them, and gives (rows,) float32. Networks
give logits. NaN in a target means that it is missing: that part of the row's loss is then zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Tensor = Any  # tensorflow has no types
    Loss = Callable[[Tensor, Tensor], Tensor]

SMALLEST = 1e-7
"""Keeps logarithms and quotients finite in float32."""


def class_weights(counts: NDArray[np.generic], power: float = 1.0, heaviest: float = np.inf) -> NDArray[np.float32]:
    """(classes,) weight of each class, falling with its size; the mean over all rows is 1.

    Args:
        counts: (classes,) rows, or summed soft labels, of each class.
        power: 1 makes all classes count alike (the "balanced" heuristic of King & Zeng, Logistic Regression in Rare
            Events Data, 2001), 0 all rows alike.
        heaviest: a class's weight before the mean is set is at most this.
    """
    sizes = np.maximum(np.asarray(counts, np.float64), 1.0)
    weights = np.minimum((sizes.mean() / sizes) ** power, heaviest)
    return np.asarray(weights * sizes.sum() / (weights * sizes).sum(), np.float32)


def cross_entropy(smoothing: float = 0.0) -> Loss:
    """Cross-entropy with soft labels: targets (rows, classes), outputs (rows, classes) logits.

    Smoothing moves that share of each target to all classes alike (Szegedy et al., Rethinking the Inception
    Architecture, 2016, section 7).
    """
    return lambda targets, logits: _cross_entropy(targets, logits, smoothing)


def distillation(temperature: float, share: float, smoothing: float = 0.0) -> Loss:
    """A teacher's opinion mixed with labels (Hinton, Vinyals & Dean, Distilling the Knowledge, 2015, section 2).

    ``share · T² · H(teacher^(1/T), softmax(logits / T)) + (1 - share) · H(labels, softmax(logits))``: the factor T²
    keeps the gradient of the first part from shrinking with the temperature.

    Targets are (labels, teacher), each (rows, classes); ``teacher`` holds its probabilities at temperature 1, which
    this function softens. A row of NaN in either is missing there.

    Args:
        temperature: T, at least 1; 2 to 5 is usual.
        share: of the teacher, 0 to 1.
        smoothing: of the labels.
    """

    def loss(targets: tuple[Tensor, Tensor], logits: Tensor) -> Tensor:
        import tensorflow as tf

        labels, teacher = targets
        softened = tf.nn.softmax(tf.math.log(tf.maximum(teacher, SMALLEST)) / temperature)
        # Maximum and softmax would hide a missing row.
        softened = tf.where(tf.math.is_nan(teacher), teacher, softened)
        taught = _cross_entropy(softened, logits / temperature, 0.0)
        return share * temperature**2 * taught + (1 - share) * _cross_entropy(labels, logits, smoothing)

    return loss


def class_and_affect(share: float, measure: Literal["ccc", "mse"] = "ccc", smoothing: float = 0.0) -> Loss:
    """Class and place on the circumplex at once (Russell, A Circumplex Model of Affect, 1980).

    ``(1 - share) · cross-entropy + share · d``. With ``mse`` d is a row's mean squared error over the dimensions it
    has. With ``ccc`` d is 1 minus the concordance correlation of the batch (Lin, 1989:
    ``2 s_xy / (s_x² + s_y² + (m_x - m_y)²)``), mean over the dimensions, the same for every row: it punishes a
    network that answers with the mean, but needs batches of 32 rows or more.

    Targets are (labels (rows, classes), affect (rows, 2) valence and arousal), outputs (logits, affect) alike.
    """

    def loss(targets: tuple[Tensor, Tensor], outputs: tuple[Tensor, Tensor]) -> Tensor:
        import tensorflow as tf

        told = _cross_entropy(targets[0], outputs[0], smoothing)
        known = tf.logical_not(tf.math.is_nan(targets[1]))
        mask = tf.cast(known, tf.float32)
        wanted = tf.where(known, targets[1], 0.0)
        placed = _squared(wanted, outputs[1], mask) if measure == "mse" else _discordance(wanted, outputs[1], mask)
        return (1 - share) * told + share * placed

    return loss


def _cross_entropy(targets: Tensor, logits: Tensor, smoothing: float) -> Tensor:
    import tensorflow as tf

    missing = tf.reduce_any(tf.math.is_nan(targets), axis=-1)
    known = tf.where(missing[:, None], 0.0, targets)
    smoothed = known * (1 - smoothing) + smoothing / logits.shape[-1]
    return tf.where(missing, 0.0, tf.nn.softmax_cross_entropy_with_logits(smoothed, logits))


def _squared(wanted: Tensor, found: Tensor, mask: Tensor) -> Tensor:
    import tensorflow as tf

    error = tf.reduce_sum(mask * tf.square(wanted - found), axis=-1)
    return error / tf.maximum(tf.reduce_sum(mask, axis=-1), 1.0)


def _discordance(wanted: Tensor, found: Tensor, mask: Tensor) -> Tensor:
    """1 - concordance correlation, mean over the dimensions that have two rows or more; 0 when none has."""
    import tensorflow as tf

    rows = tf.reduce_sum(mask, axis=0)
    count = tf.maximum(rows, 1.0)
    mean_wanted = tf.reduce_sum(mask * wanted, axis=0) / count
    mean_found = tf.reduce_sum(mask * found, axis=0) / count
    from_mean, found_from_mean = mask * (wanted - mean_wanted), mask * (found - mean_found)
    shared = tf.reduce_sum(from_mean * found_from_mean, axis=0) / count
    spread = (tf.reduce_sum(tf.square(from_mean), axis=0) + tf.reduce_sum(tf.square(found_from_mean), axis=0)) / count
    concordance = 2 * shared / (spread + tf.square(mean_wanted - mean_found) + SMALLEST)
    enough = tf.cast(rows > 1, tf.float32)
    discordance = tf.reduce_sum(enough * (1 - concordance)) / tf.maximum(tf.reduce_sum(enough), 1.0)
    return tf.fill([tf.shape(found)[0]], discordance)
