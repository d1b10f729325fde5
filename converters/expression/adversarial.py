"""The generator by adversarial training, conditional on emotion.

Losses: L_G = -E[log D(G(z))], L_D = -E[log D(x)] - E[log(1 - D(G(z)))] (Goodfellow et al., Generative Adversarial
Nets, 2014, the generator's in the form that does not saturate). Around them, so that a few hundred rows do: instance
noise on what D sees, the same on both sides (Sønderby et al. 2017), the R1 penalty on D's gradient at measured rows
(Mescheder et al., Which Training Methods for GANs do actually Converge?, 2018), and averaged weights of G.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from converters.expression.networks import discriminator, generator
from edge.response.drawn import HALF

if TYPE_CHECKING:
    from collections.abc import Callable

    from converters.expression.rows import Rows

    Model = Any  # tf_keras has no types


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long and how; ``noise`` is in deviations of the standardised values."""

    steps: int = 6000
    batch: int = 128
    rate: float = 2e-4
    noise: float = 0.2
    penalty: float = 0.3
    average: float = 0.999


def train(rows: Rows, recipe: Recipe, seed: int) -> Model:
    """The averaged generator, for standardised values."""
    import tf_keras

    tf_keras.utils.set_random_seed(seed)
    made, judge, averaged = generator(), discriminator(), generator()
    averaged.set_weights(made.get_weights())
    step = _step(made, judge, averaged, recipe)
    for values, emotion in rows.batches(recipe.batch, recipe.steps, seed):
        step(values, emotion)
    return averaged


def losses(measured: Any, drawn: Any) -> tuple[Any, Any]:  # noqa: ANN401 - tensors
    """(L_G, L_D) from the logits of D on measured and on drawn rows: log D = log sigmoid of the logit."""
    import tensorflow as tf

    log_sigmoid = tf.math.log_sigmoid
    of_generator = -tf.reduce_mean(log_sigmoid(drawn))
    of_judge = -tf.reduce_mean(log_sigmoid(measured)) - tf.reduce_mean(log_sigmoid(-drawn))
    return of_generator, of_judge


def _step(made: Model, judge: Model, averaged: Model, recipe: Recipe) -> Callable[[Any, Any], None]:
    import tensorflow as tf
    import tf_keras

    of_made, of_judge = (tf_keras.optimizers.legacy.Adam(recipe.rate, beta_1=0.5) for _ in range(2))

    @tf.function  # type: ignore[untyped-decorator]
    def step(values: Any, emotion: Any) -> None:  # noqa: ANN401
        rows = tf.shape(values)[0]
        blurred = values + tf.random.normal(tf.shape(values), stddev=recipe.noise)
        with tf.GradientTape() as tape:
            drawn = made([tf.random.normal([rows, HALF]), emotion], training=True)
            drawn += tf.random.normal(tf.shape(drawn), stddev=recipe.noise)
            with tf.GradientTape() as inner:
                inner.watch(blurred)
                measured = judge([blurred, emotion], training=True)
            slope = inner.gradient(measured, blurred)
            _, loss = losses(measured, judge([tf.stop_gradient(drawn), emotion], training=True))
            loss += recipe.penalty / 2 * tf.reduce_mean(tf.reduce_sum(slope**2, axis=1))
        weights = judge.trainable_weights
        of_judge.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        with tf.GradientTape() as tape:
            drawn = made([tf.random.normal([rows, HALF]), emotion], training=True)
            drawn += tf.random.normal(tf.shape(drawn), stddev=recipe.noise)
            logits = judge([drawn, emotion], training=True)
            loss, _ = losses(logits, logits)
        weights = made.trainable_weights
        of_made.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        for mean, new in zip(averaged.weights, made.weights, strict=True):
            mean.assign(recipe.average * mean + (1 - recipe.average) * new)

    def given(values: Any, emotion: Any) -> None:  # noqa: ANN401
        step(tf.constant(values, tf.float32), tf.constant(emotion, tf.float32))

    return given
