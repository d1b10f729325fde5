"""The voice network: depthwise-separable convolutions over time and mel bands."""

from __future__ import annotations

from typing import Any

from edge.perception.voice.log_mel import BANDS
from edge.perception.voice.spectrogram import SHAPE

PLAN = ((32, (2, 2)), (48, (1, 1)), (64, (2, 1)), (80, (1, 2)), (96, (1, 1)), (96, (1, 1)))
"""(channels, stride over time and bands) of each separable layer after the first convolution."""
FIRST = 16
"""Channels of the first convolution, whose stride is 2 over both."""


def network(classes: int, dropout: float = 0.3) -> Any:  # noqa: ANN401 - tf_keras has no types
    """A ``tf_keras.Model`` from (batch, WINDOW, BANDS, 1) to (batch, classes) logits; about 45 k parameters."""
    from tf_keras import Model, layers

    entry = layers.Input(SHAPE[1:])
    x = layers.Conv2D(FIRST, 3, strides=2, padding="same", use_bias=False)(entry)
    x = _activate(x)
    channels = FIRST
    bands = BANDS // 2
    for wanted, stride in PLAN:
        y = _separable(x, wanted, stride)
        x = layers.Add()([x, y]) if wanted == channels and stride == (1, 1) else y
        channels = wanted
        bands = -(-bands // stride[1])
    # The bands end here: one filter over all of them per channel.
    x = layers.DepthwiseConv2D((1, bands), padding="valid", use_bias=False)(x)
    x = _activate(x)
    x = layers.Conv2D(channels, 1, use_bias=False)(x)
    x = _activate(x)
    pooled = layers.Concatenate()([layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)])
    pooled = layers.Dropout(dropout)(pooled)
    return Model(entry, layers.Dense(classes)(pooled))


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
