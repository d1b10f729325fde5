"""One step of training as a compiled function, and the running averages of the weights."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from converters.train.losses import Loss

    Tensor = Any  # tensorflow has no types
    Batch = tuple[Any, Any, Any]


class Averages:
    """Exponential averages of all weights of a model, as Polyak & Juditsky's averaging is done online.

    The decay is held low at first, ``min(decay, (1 + n) / (10 + n))`` at step n, so that the first weights are soon
    forgotten (as in ``tf.train.ExponentialMovingAverage``).

    Args:
        model: a built ``tf_keras.Model``.
        decay: per step; 0 keeps no averages.
    """

    def __init__(self, model: Any, decay: float) -> None:  # noqa: ANN401 - tf_keras has no types
        import tensorflow as tf

        self._decay = decay
        self._weights = [weight for weight in model.weights if weight.dtype.is_floating] if decay else []
        self._means = [tf.Variable(weight, trainable=False) for weight in self._weights]
        self._steps = tf.Variable(0.0, trainable=False)
        self.kept: Any = tf.train.Checkpoint(means=self._means, steps=self._steps)
        """For the checkpoint."""

    def update(self) -> None:
        """Take in the present weights; called within a compiled step."""
        import tensorflow as tf

        if not self._weights:
            return
        decay = tf.minimum(self._decay, (1 + self._steps) / (10 + self._steps))
        for mean, weight in zip(self._means, self._weights, strict=True):
            mean.assign(decay * mean + (1 - decay) * weight)
        self._steps.assign_add(1.0)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Within it the model has the averaged weights."""
        present = [weight.numpy() for weight in self._weights]
        for weight, mean in zip(self._weights, self._means, strict=True):
            weight.assign(mean)
        try:
            yield
        finally:
            for weight, value in zip(self._weights, present, strict=True):
                weight.assign(value)


def compiled_step(
    model: Any,  # noqa: ANN401 - tf_keras has no types
    loss: Loss,
    optimiser: Any,  # noqa: ANN401
    averages: Averages | None = None,
) -> Callable[[Batch], float]:
    """``step((inputs, targets, weights)) -> loss``: one update of ``model``.

    What is minimised is the mean of (weight × loss) over the rows, plus the model's own penalties.
    """
    import tensorflow as tf

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def update(inputs: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
        with tf.GradientTape() as tape:
            value = tf.reduce_mean(weights * loss(targets, model(inputs, training=True)))
            total = tf.add_n([value, *model.losses])
        gradients = tape.gradient(total, model.trainable_variables)
        optimiser.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        if averages is not None:
            averages.update()
        return total

    def step(batch: Batch) -> float:
        inputs, targets, weights = batch
        if weights is None:
            weights = np.ones(len(tf.nest.flatten(inputs)[0]), np.float32)
        return float(update(_tensors(inputs), _tensors(targets), _tensors(weights)))

    return step


def _tensors(values: Any) -> Any:  # noqa: ANN401
    """An array as a tensor; a list or tuple of arrays as a tuple of tensors."""
    import tensorflow as tf

    if isinstance(values, (list, tuple)):
        return tuple(_tensors(value) for value in values)
    return tf.convert_to_tensor(values, tf.float32)
