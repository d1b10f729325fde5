"""The kinds of network that were compared for the face, all of about the same size: chips in, (7,) logits out.

Only operators that the Edge TPU takes, but for the recurrent and the attending one, which show what others can do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edge.affect import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    Layer = Any  # tf_keras has no types

INPUT, OUTPUT = "face", "logits"
MOMENTUM = 0.95
"""Of batch normalisation: trainings here are a few thousand steps long."""


def network(family: str, side: int | None) -> Layer:
    """An untrained network for chips (side, side, 1); ``side`` None takes any, where the family can."""
    import tf_keras

    given = tf_keras.Input((side, side, 1), name=INPUT)
    features = FAMILIES[family](given)
    return tf_keras.Model(given, tf_keras.layers.Dense(len(EMOTIONS), name=OUTPUT)(features))


def of_side(model: Layer, family: str, side: int) -> Layer:
    """The same trained network for chips of one side only, as a file for a device needs it."""
    fixed = network(family, side)
    fixed.set_weights(model.get_weights())
    return fixed


def residual(x: Layer) -> Layer:
    """Plain 3×3 convolutions in residual blocks (He et al., 2016), from full resolution down to an eighth.

    Plain ones train faster on a CPU than depthwise ones of a quarter of the multiply-accumulates: 19 against 9 GMAC/s.
    """
    return _residual(x, 16, (32, 64, 96))


def wide(x: Layer) -> Layer:
    """A teacher: the same with about twice the channels. Too large for a device."""
    return _residual(x, 32, (64, 128, 192))


def depthwise(x: Layer) -> Layer:
    """Depthwise-separable convolutions (Howard et al., MobileNets, 2017) in residual blocks."""
    x = _convolved(x, 24)
    for channels, blocks in ((64, 2), (128, 3), (248, 3)):
        x = _separable(x, channels, stride=2)
        for _ in range(blocks):
            x = _added(x, _separable(x, channels, active=False))
    return _pooled(x)


def recurrent(x: Layer) -> Layer:
    """A convolutional stem, then an LSTM that reads the rows of its map from forehead to chin."""
    from tf_keras import layers

    x = _convolved(_stem(x), 32, kernel=1)
    _, rows, columns, channels = x.shape
    return layers.LSTM(160, unroll=True)(layers.Reshape((rows, columns * channels))(x))


def attention(x: Layer) -> Layer:
    """The same stem, then two layers of a Transformer over the places of its map (Dosovitskiy et al., 2021).

    The convolutions before it see the padded borders, so that a place need not be told where it is (Islam et al., How
    Much Position Information Do Convolutional Neural Networks Encode?, 2020).
    """
    from tf_keras import layers

    width = 96
    x = layers.Conv2D(width, 1)(_stem(x))
    _, rows, columns, _ = x.shape
    x = layers.Reshape((rows * columns, width))(x)
    for _ in range(2):
        seen = layers.LayerNormalization(epsilon=1e-6)(x)
        x = layers.Add()([x, layers.MultiHeadAttention(4, width // 4)(seen, seen)])
        seen = layers.LayerNormalization(epsilon=1e-6)(x)
        x = layers.Add()([x, layers.Dense(width)(layers.Dense(5 * width, activation="relu")(seen))])
    return layers.GlobalAveragePooling1D()(layers.LayerNormalization(epsilon=1e-6)(x))


FAMILIES: dict[str, Callable[[Layer], Layer]] = {
    "residual": residual,
    "depthwise": depthwise,
    "recurrent": recurrent,
    "attention": attention,
    "wide": wide,
}

OF_ONE_SIDE = ("recurrent", "attention")
"""Families that need to know the side of a chip."""


def _residual(x: Layer, first: int, stages: tuple[int, ...]) -> Layer:
    x = _convolved(x, first)
    for channels in stages:
        x = _convolved(x, channels, stride=2)
        x = _added(x, _convolved(_convolved(x, channels), channels, active=False))
    return _pooled(x)


def _stem(x: Layer) -> Layer:
    x = _convolved(_convolved(x, 16), 32, stride=2)
    x = _added(x, _convolved(_convolved(x, 32), 32, active=False))
    return _convolved(x, 64, stride=2)


def _convolved(x: Layer, channels: int, *, kernel: int = 3, stride: int = 1, active: bool = True) -> Layer:
    from tf_keras import layers

    x = layers.Conv2D(channels, kernel, stride, "same", use_bias=False, kernel_initializer="he_normal")(x)
    x = layers.BatchNormalization(momentum=MOMENTUM)(x)
    return layers.ReLU()(x) if active else x


def _separable(x: Layer, channels: int, *, stride: int = 1, active: bool = True) -> Layer:
    from tf_keras import layers

    x = layers.DepthwiseConv2D(3, stride, "same", use_bias=False, depthwise_initializer="he_normal")(x)
    return _convolved(layers.BatchNormalization(momentum=MOMENTUM)(x), channels, kernel=1, active=active)


def _added(x: Layer, change: Layer) -> Layer:
    from tf_keras import layers

    return layers.ReLU()(layers.Add()([x, change]))


def _pooled(x: Layer) -> Layer:
    from tf_keras import layers

    return layers.GlobalAveragePooling2D()(x)
