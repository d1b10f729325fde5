"""Quantisation-aware training: the network goes on training with its weights and activations rounded to 8 bits.

By tensorflow-model-optimization (Jacob et al., Quantization and Training of Neural Networks, 2018).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Model = Any  # tf_keras has no types

EMA_DECAY = 0.999
"""Of the toolkit's moving ranges (MovingAverageQuantizer)."""
ROUNDS = 40
"""Passes in which ranges settle layer after layer; more than any of our networks is deep."""
SETTLED = 0.01
"""Relative change of the ranges at which they have settled."""


def aware(model: Model, samples: Mapping[str, NDArray[np.float32]], scheme: Any = None) -> Model:  # noqa: ANN401
    """A copy of ``model`` that rounds as the int8 file will, ready to go on training.

    Args:
        model: a functional or sequential ``tf_keras.Model`` of layers that the toolkit knows.
        samples: typical inputs, which set the first ranges of the activations.
        scheme: keeps pruning or clustering; the toolkit's default otherwise.

    Raises:
        InputError: the toolkit does not take a layer, which is named.
    """
    import tensorflow_model_optimization as tfmot

    keras = tfmot.quantization.keras
    chosen = () if scheme is None else (scheme,)
    try:
        with keras.quantize_scope():
            annotated = keras.quantize_annotate_model(_with_convolved_rescaling(model))
            rounding = keras.quantize_apply(annotated, *chosen)
    except (RuntimeError, ValueError, NotImplementedError) as error:
        problem = f"quantisation-aware training cannot take this network: {_first_sentence(error)}"
        remedy = (
            "Build it of Conv2D, DepthwiseConv2D, Dense, BatchNormalization after these, ReLU, Add, Concatenate,"
            " pooling and reshaping in one model that holds no other, or quantise with --method ptq"
        )
        raise InputError(problem, remedy) from error
    settle(rounding, samples)
    return rounding


def settle(model: Model, samples: Mapping[str, NDArray[np.float32]]) -> None:
    """Set the ranges of all activations to those of ``samples``.

    The toolkit starts them at ±6 and moves them by a thousandth in each step: grey levels of 255 would need thousands
    of steps to fit in. A step reveals where it wants to go, so the whole way is taken at once, as often as there are
    layers whose input changes by it.
    """
    import tensorflow as tf
    import tf_keras

    normal = [part for part in model.submodules if isinstance(part, tf_keras.layers.BatchNormalization)]
    trainable = [layer.trainable for layer in normal]
    for layer in normal:
        layer.trainable = False  # so that it normalises as the finished file does, not by these samples
    inputs = [tf.constant(samples[name]) for name in model.input_names]
    given = inputs if len(inputs) > 1 else inputs[0]
    ranges = [weight for weight in model.weights if _is_range(weight.name) and _moves_slowly(weight.name)]
    others = [(weight, weight.numpy()) for weight in model.weights if not _is_range(weight.name)]
    for _ in range(ROUNDS):
        before = np.array([weight.numpy() for weight in ranges])
        model(given, training=True)
        moved = np.array([weight.numpy() for weight in ranges])
        after = before + (moved - before) / (1 - EMA_DECAY)
        for weight, value in zip(ranges, after, strict=True):
            weight.assign(value)
        if np.all(np.abs(after - before) <= SETTLED * np.maximum(np.abs(before), SETTLED)):
            break
    for weight, value in others:
        weight.assign(value)
    for layer, value in zip(normal, trainable, strict=True):
        layer.trainable = value


def aware_to_int8(model: Model) -> bytes:
    """The int8 TFLite file of a model made by ``aware``; its own ranges are used, samples are not needed."""
    import tensorflow as tf

    from converters.quantise import converter_of

    converter = converter_of(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return bytes(converter.convert())


def _with_convolved_rescaling(model: Model) -> Model:
    """``Rescaling`` of pictures as a 1 × 1 depthwise convolution that does the same: the toolkit knows no Rescaling."""
    import tf_keras

    layers = tf_keras.layers

    def copied(layer: Any) -> Any:  # noqa: ANN401
        if not isinstance(layer, layers.Rescaling) or len(layer.input_shape) != 4:  # noqa: PLR2004 - rows, y, x, channels
            return layer.__class__.from_config(layer.get_config())
        kernel = tf_keras.initializers.Constant(layer.scale)
        bias = tf_keras.initializers.Constant(layer.offset)
        return layers.DepthwiseConv2D(1, depthwise_initializer=kernel, bias_initializer=bias, name=layer.name)

    if any(isinstance(layer, tf_keras.Model) for layer in model.layers):
        problem = "a model inside another model is not taken"
        raise ValueError(problem)
    copy = tf_keras.models.clone_model(model, clone_function=copied)
    for layer in model.layers:
        if layer.weights:
            copy.get_layer(layer.name).set_weights(layer.get_weights())
    return copy


def _is_range(name: str) -> bool:
    return name.removesuffix(":0").endswith(("_min", "_max"))


def _moves_slowly(name: str) -> bool:
    """The ranges of kernels and of the inputs jump to where they belong in one step."""
    return "kernel" not in name and not name.startswith("quantize_layer")


def _first_sentence(error: Exception) -> str:
    return str(error).split(". ")[0].strip().rstrip(".")
