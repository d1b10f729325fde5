"""Keras → full int8 TFLite (int8 in, int8 out), by post-training quantisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray


def to_int8(model: Any, samples: Iterable[tuple[NDArray[np.float32], ...]]) -> bytes:  # noqa: ANN401 - tf_keras has no types
    """The int8 TFLite file of a Keras model.

    Args:
        model: a ``tf_keras.Model`` with fixed input shapes but for the batch, which becomes 1.
        samples: a few hundred typical inputs, each a tuple with one float32 array per model input, batch of one. They
            set the ranges of all activations, so they must come from training data as the device will see it.
    """
    import tensorflow as tf

    signature = [tf.TensorSpec([1, *tensor.shape[1:]], tf.float32) for tensor in model.inputs]
    function = tf.function(lambda *inputs: model(list(inputs) if len(inputs) > 1 else inputs[0], training=False))
    concrete = function.get_concrete_function(*signature)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    # By name: the file's inputs are not always in the model's order.
    names = [spec.name for spec in concrete.structured_input_signature[0]]
    converter.representative_dataset = lambda: (dict(zip(names, sample, strict=True)) for sample in samples)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return bytes(converter.convert())
