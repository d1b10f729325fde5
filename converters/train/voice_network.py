"""The networks of the voice: kinds to choose from, and how trained ones become one model with the linear part.

All take (spectrogram, functionals, statistics) and look at the spectrogram; the numbers are left to the linear part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from converters.datasets.voice import LABELS
from edge.perception.voice.analysis import WINDOW
from edge.perception.voice.inputs import SHAPES
from edge.perception.voice.log_mel import BANDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Layer = Any  # tf_keras has no types
    Model = Any

OUTPUT = "logits"
DROPOUT = 0.4
TIME_PLAN = ((64, 5, 2), (96, 3, 2), (96, 3, 2), (128, 3, 1))
"""(channels, frames, stride) of each convolution over time; all bands are channels from the first on."""
SEPARABLE_PLAN = ((48, 2), (72, 1), (104, 2), (144, 1), (144, 1), (144, 1))
"""(channels, stride) of each depthwise-separable layer over time and bands, after a convolution of 24 channels."""
QUICK = 0.95
"""Momentum of batch normalisation in a network of thirteen such layers: in the few hundred steps of a training the
usual 0.99 leaves a little of the first variance, 1, in each, and layer after layer the signal dies away."""
FRAMES_A_STEP = 4
"""Frames that the recurrent and the attention network take at once: 40 ms."""
LSTM_UNITS = 88
ATTENTION_WIDTH, ATTENTION_HEADS, ATTENTION_LAYERS = 72, 4, 2


def over_time(image: Layer) -> Layer:
    """Convolutions over time: every filter sees all bands at once."""
    from tf_keras import layers

    x = layers.Reshape((WINDOW, 1, BANDS))(image)
    for channels, frames, stride in TIME_PLAN:
        x = _activate(layers.Conv2D(channels, (frames, 1), (stride, 1), padding="same", use_bias=False)(x))
    return _pooled(x)


def separable(image: Layer) -> Layer:
    """Depthwise-separable convolutions over time and bands."""
    from tf_keras import layers

    x = _activate(layers.Conv2D(24, 3, strides=2, padding="same", use_bias=False)(image), QUICK)
    for channels, stride in SEPARABLE_PLAN:
        x = _activate(layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(x), QUICK)
        x = _activate(layers.Conv2D(channels, 1, use_bias=False)(x), QUICK)
    return _pooled(x)


def recurrent(image: Layer) -> Layer:
    """An LSTM over steps of 40 ms."""
    from tf_keras import layers

    x = layers.Reshape((WINDOW // FRAMES_A_STEP, FRAMES_A_STEP * BANDS))(image)
    x = layers.LSTM(LSTM_UNITS, return_sequences=True)(x)
    return layers.Concatenate()([layers.GlobalAveragePooling1D()(x), layers.GlobalMaxPooling1D()(x)])


def attention(image: Layer) -> Layer:
    """Self-attention over steps of 40 ms, after a convolution that tells the steps' order."""
    from tf_keras import layers

    x = layers.Reshape((WINDOW // FRAMES_A_STEP, FRAMES_A_STEP * BANDS))(image)
    x = layers.Dense(ATTENTION_WIDTH)(x)
    x = layers.Add()([x, layers.SeparableConv1D(ATTENTION_WIDTH, 5, padding="same")(x)])
    for _ in range(ATTENTION_LAYERS):
        looked = layers.MultiHeadAttention(ATTENTION_HEADS, ATTENTION_WIDTH // ATTENTION_HEADS)
        normed = layers.LayerNormalization()(x)
        x = layers.Add()([x, looked(normed, normed)])
        inner = layers.Dense(2 * ATTENTION_WIDTH, activation="relu")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dense(ATTENTION_WIDTH)(inner)])
    return layers.Concatenate()([layers.GlobalAveragePooling1D()(x), layers.GlobalMaxPooling1D()(x)])


FAMILIES: dict[str, Callable[[Layer], Layer]] = {
    "convolutions over time": over_time,
    "depthwise-separable CNN": separable,
    "LSTM": recurrent,
    "attention": attention,
}
"""By the name in the card's table; all of about 100 k parameters."""


def inputs() -> list[Layer]:
    """One input layer per input of the model, by its name."""
    from tf_keras import layers

    return [layers.Input(shape[1:], name=name) for name, shape in SHAPES.items()]


def network(family: str) -> Model:
    """A ``tf_keras.Model`` from the three inputs to (batch, labels) logits."""
    from tf_keras import Model, layers

    given = inputs()
    seen = layers.Dropout(DROPOUT)(FAMILIES[family](given[0]))
    return Model(given, layers.Dense(len(LABELS))(seen))


def merged(members: Sequence[Model], share: float, weights: NDArray[Any] | None, biases: NDArray[Any] | None) -> Model:
    """One model: the mean of the members' logits times ``share``, plus the linear logits where there are any."""
    from tf_keras import Model, layers

    given = inputs()
    parts = []
    for member in members:
        *_, last = member.layers
        last.set_weights([values * (share / len(members)) for values in last.get_weights()])
        parts.append(member(given))
    if weights is not None:
        linear = layers.Dense(len(LABELS), name="linear")
        parts.append(linear(layers.Concatenate()(given[1:])))
        linear.set_weights([weights, biases])
    return Model(
        given, layers.Add(name=OUTPUT)(parts) if len(parts) > 1 else layers.Activation("linear", name=OUTPUT)(parts[0])
    )


def _pooled(x: Layer) -> Layer:
    from tf_keras import layers

    return layers.Concatenate()([layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)])


def _activate(x: Layer, momentum: float = 0.99) -> Layer:
    from tf_keras import layers

    return layers.ReLU()(layers.BatchNormalization(momentum=momentum)(x))
