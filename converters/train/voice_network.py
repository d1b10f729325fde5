"""The voice network: depthwise-separable convolutions over time and mel bands."""

from __future__ import annotations

from typing import Any

from edge.perception.voice.functionals import SHAPE as NUMBERS
from edge.perception.voice.inputs import SHAPES
from edge.perception.voice.log_mel import BANDS
from edge.perception.voice.spectrogram import SHAPE as IMAGE

PLAN = ((32, (2, 2)), (48, (1, 1)), (64, (2, 1)), (80, (1, 2)), (96, (1, 1)), (96, (1, 1)))
"""(channels, stride over time and bands) of each separable layer after the first convolution."""
HIDDEN = 32
"""Units that combine functionals."""
FIRST = 16
"""Channels of the first convolution, whose stride is 2 over both."""


def network(classes: int, dropout: float = 0.3) -> Any:  # noqa: ANN401 - tf_keras has no types
    """A ``tf_keras.Model`` from spectrogram and functionals to (batch, classes) logits; about 45 k parameters.

    Three branches meet before the last layer: a deep one that finds patterns, a shallow one that keeps the statistics
    of each band (its mean, how much it moves), and the functionals as they are and once combined.
    """
    from tf_keras import Model, layers

    image = layers.Input(IMAGE[1:])
    numbers = layers.Input(NUMBERS[1:])
    together = [_deep(image), _shallow(image), numbers, layers.Dense(HIDDEN, activation="relu")(numbers)]
    joined = layers.Dropout(dropout)(layers.Concatenate()(together))
    return Model([image, numbers], layers.Dense(classes)(joined))


def with_linear(model: Any, weights: Any, biases: Any) -> Any:  # noqa: ANN401 - tf_keras has no types
    """``model`` with the linear logits added; its inputs are then spectrogram, functionals and band statistics."""
    from tf_keras import Model, layers

    image, numbers, bands = (layers.Input(shape[1:]) for shape in SHAPES.values())
    linear = layers.Dense(weights.shape[1])
    whole = Model(
        [image, numbers, bands],
        layers.Add()([model([image, numbers]), linear(layers.Concatenate()([numbers, bands]))]),
    )
    linear.set_weights([weights, biases])
    return whole


def _deep(image: Any) -> Any:  # noqa: ANN401 - tf_keras has no types
    from tf_keras import layers

    x = _activate(layers.Conv2D(FIRST, 3, strides=2, padding="same", use_bias=False)(image))
    channels, bands = FIRST, BANDS // 2
    for wanted, stride in PLAN:
        y = _separable(x, wanted, stride)
        x = layers.Add()([x, y]) if wanted == channels and stride == (1, 1) else y
        channels = wanted
        bands = -(-bands // stride[1])
    # The bands end here: one filter over all of them per channel.
    x = _activate(layers.DepthwiseConv2D((1, bands), padding="valid", use_bias=False)(x))
    x = _activate(layers.Conv2D(channels, 1, use_bias=False)(x))
    return layers.Concatenate()([layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)])


def _shallow(image: Any) -> Any:  # noqa: ANN401 - tf_keras has no types
    from tf_keras import layers

    by_band = layers.Reshape((IMAGE[1], 1, BANDS))(image)
    moved = layers.DepthwiseConv2D((3, 1), padding="same", depth_multiplier=4, use_bias=False)(by_band)
    return layers.GlobalAveragePooling2D()(_activate(moved))


def _separable(x: Any, channels: int, stride: tuple[int, int]) -> Any:  # noqa: ANN401 - tf_keras has no types
    from tf_keras import layers

    if stride[0] != stride[1]:
        # TensorFlow's depthwise kernels want equal strides: a pool does the uneven step.
        x = layers.MaxPooling2D(stride, padding="same")(x)
        stride = (1, 1)
    x = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(x)
    x = _activate(x)
    x = layers.Conv2D(channels, 1, use_bias=False)(x)
    return _activate(x)


def _activate(x: Any) -> Any:  # noqa: ANN401 - tf_keras has no types
    from tf_keras import layers

    return layers.ReLU()(layers.BatchNormalization()(x))
