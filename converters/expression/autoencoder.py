"""The comparison: a conditional variational autoencoder.

Sohn, Lee & Yan, Learning Structured Output Representation using Deep Conditional Generative Models, 2015: the Gaussian
likelihood of the row under decoder and deviation, less the divergence of the latent from a standard normal. The
deviation around the decoded mean is learned, one number for each emotion and part; a draw includes it, as the model
says it must. Without it every autoencoder would look less diverse than it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from converters.expression.networks import LATENT, decoder, encoder

if TYPE_CHECKING:
    from converters.expression.rows import Rows

    Model = Any  # tf_keras has no types

MOST_LOG_VARIANCE = 8.0
"""Beyond which exp() would run away early in training."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long and how."""

    steps: int = 6000
    batch: int = 128
    rate: float = 1e-3
    average: float = 0.999
    weight: float = 0.5
    """Of the divergence (beta of Higgins et al. 2017); 1 is the bound itself. Of 1, 0.5 and 0.2 the least easily told
    from measured faces, on rows of Training that were held out."""


def train(rows: Rows, recipe: Recipe, seed: int) -> Model:
    """The averaged decoder, for standardised values."""
    import tensorflow as tf
    import tf_keras

    tf_keras.utils.set_random_seed(seed)
    read, made, averaged = encoder(), decoder(), decoder()
    averaged.set_weights(made.get_weights())
    optimiser = tf_keras.optimizers.legacy.Adam(recipe.rate)

    @tf.function  # type: ignore[untyped-decorator]
    def step(values: Any, emotion: Any) -> None:  # noqa: ANN401
        with tf.GradientTape() as tape:
            loss = bound(read, made, values, emotion, recipe.weight)
        weights = read.trainable_weights + made.trainable_weights
        optimiser.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        for mean, new in zip(averaged.weights, made.weights, strict=True):
            mean.assign(recipe.average * mean + (1 - recipe.average) * new)

    for values, emotion in rows.batches(recipe.batch, recipe.steps, seed):
        step(tf.constant(values, tf.float32), tf.constant(emotion, tf.float32))
    return averaged


def bound(read: Model, made: Model, values: Any, emotion: Any, weight: float) -> Any:  # noqa: ANN401 - tensors
    """Mean over rows of the negative evidence lower bound, but for a constant; ``weight`` is the divergence's."""
    import tensorflow as tf

    mean, log_variance = read([values, emotion], training=True)
    log_variance = tf.clip_by_value(log_variance, -MOST_LOG_VARIANCE, MOST_LOG_VARIANCE)
    latent = mean + tf.exp(log_variance / 2) * tf.random.normal([tf.shape(values)[0], LATENT])
    told, log_deviation = made([latent, emotion], training=True)
    misfit = tf.reduce_sum(((values - told) / tf.exp(log_deviation)) ** 2 / 2 + log_deviation, axis=1)
    divergence = tf.reduce_sum(mean**2 + tf.exp(log_variance) - 1 - log_variance, axis=1) / 2
    return tf.reduce_mean(misfit + weight * divergence)
