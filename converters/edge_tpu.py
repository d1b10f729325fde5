"""Which operators the Edge TPU takes: Coral's documented list, as rules over the operators of a file.

Source: "TensorFlow models on the Edge TPU", sections "Model requirements", "Supported operations" (table of known
limitations) and "Compiling", coral.ai/docs/edgetpu/models-intro, as it stood for compiler 16.0 and runtime 14 (2021,
the last of both); the same table and tensor rules are repeated for the same chip in Axis' ARTPEC-7 pages. This is our
reading: the compiler itself is closed, is in no package registry, and leaves an operator out now and then with
"otherwise supported, but not mapped due to some unspecified limitation".
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from converters.flatbuffer import Operator, TensorInfo

    Rule = Callable[[Operator], str | None]

SOFTMAX_ELEMENTS = 16_000
INNERMOST = 3
"""Only so many innermost dimensions of a tensor may be larger than 1."""
DEPTH_MULTIPLE = 4
"""A mean over the channels needs their number to be a multiple of it."""
UNSETTLED = dict.fromkeys(("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"), "not mapped at some sizes") | {
    "RESHAPE": "not mapped for large tensors"
}
"""The list gives no numbers for these."""
EIGHT_BIT = ("int8", "uint8")
PARAMETER_PLACES = {
    "CONV_2D": (1, 2),
    "DEPTHWISE_CONV_2D": (1, 2),
    "FULLY_CONNECTED": (1, 2),
    "TRANSPOSE_CONV": (0, 1, 3),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": tuple(range(1, 18)),
    "LSTM": tuple(range(1, 18)),
}
"""Inputs that must be constant; every other operator's second and later inputs that are no activations are checked by
its own rule."""


def refusal(operator: Operator) -> str | None:
    """Why the Edge TPU does not take this operator by itself, as a clause; None when it takes it."""
    if operator.name not in RULES:
        return "is not on Coral's list"
    for check in (_dtype, _static, _rank, _parameters, *RULES[operator.name]):
        reason = check(operator)
        if reason is not None:
            return reason
    return None


def caution(operator: Operator) -> str | None:
    """What the list does not settle and a reader should know, as a clause."""
    if operator.name == "FULLY_CONNECTED":
        weights = operator.inputs[1]
        # TensorFlow's converter makes them since May 2024; TFLite Micro and NNAPI had to refuse them.
        return "a scale per channel, newer than the compiler" if weights is not None and weights.scales > 1 else None
    return UNSETTLED.get(operator.name)


def _activations(operator: Operator) -> list[TensorInfo]:
    """Tensors that carry values from operator to operator; a recurrent layer's own state is its own matter."""
    read = [tensor for tensor in operator.inputs if tensor is not None]
    return [tensor for tensor in (*read, *operator.outputs) if not tensor.constant and not tensor.variable]


def _dtype(operator: Operator) -> str | None:
    weights = [
        t for t in operator.inputs if t is not None and t.constant and not t.dtype.startswith(("int32", "int64"))
    ]
    for tensor in (*_activations(operator), *weights):
        if tensor.dtype not in EIGHT_BIT:
            if (
                tensor.constant
                and operator.name in {"UNIDIRECTIONAL_SEQUENCE_LSTM", "LSTM"}
                and tensor.dtype == "int16"
            ):
                continue  # the layer's normalisation and peepholes
            return f"works on {tensor.dtype}; only int8 and uint8 run there"
    return None


def _static(operator: Operator) -> str | None:
    if any(tensor.dynamic for tensor in _activations(operator)):
        return "has a tensor whose size is not known before it runs"
    return None


def _rank(operator: Operator) -> str | None:
    for tensor in _activations(operator):
        if any(n > 1 for n in tensor.shape[:-INNERMOST]):
            return f"has a tensor {list(tensor.shape)}: only the {INNERMOST} innermost dimensions may be larger than 1"
    return None


def _parameters(operator: Operator) -> str | None:
    for place in PARAMETER_PLACES.get(operator.name, ()):
        tensor = operator.inputs[place] if place < len(operator.inputs) else None
        if tensor is not None and not tensor.constant and not tensor.variable:
            return "has weights that are computed while it runs; they must be constants"
    return None


def _shape(operator: Operator) -> tuple[int, ...]:
    first = operator.inputs[0]
    return () if first is None else first.shape


def _integers(operator: Operator, place: int) -> list[int]:
    """A constant input of axes, sizes or places; empty when it is not constant."""
    tensor = operator.inputs[place] if place < len(operator.inputs) else None
    if tensor is None or not tensor.constant:
        return []
    return [int(n) for n in np.frombuffer(tensor.data, np.dtype(tensor.dtype))]


def _no_fused_activation(operator: Operator) -> str | None:
    return "has a fused activation function" if operator.option("fusedActivationFunction") else None


def _same_dilation(operator: Operator) -> str | None:
    x, y = operator.option("dilationWFactor", 1), operator.option("dilationHFactor", 1)
    return None if x == y else f"has dilation {x} in x and {y} in y; both must be the same"


def _concatenation(operator: Operator) -> str | None:
    constants = [tensor for tensor in operator.inputs if tensor is not None and tensor.constant]
    if constants and (len(operator.inputs) > 2 or any(any(tensor.data) for tensor in constants)):  # noqa: PLR2004 - "only 2 inputs"
        return "joins a constant: then there must be only 2 inputs, and the constant all zeros"
    return None


def _dense(operator: Operator) -> str | None:
    if operator.option("weightsFormat"):
        return "has weights in another than the default format"
    out = operator.outputs[0].shape
    return None if prod(out[:-1]) == 1 else f"has an output {list(out)}; it must be one-dimensional"


def _reduction(operator: Operator) -> str | None:
    shape = _shape(operator)
    axes = {axis % max(len(shape), 1) for axis in _integers(operator, 1)}
    if not axes:
        return "reduces along axes that are computed while it runs"
    if _batch(shape) in axes:
        return "reduces along the batch"
    if operator.name == "MEAN" and len(shape) - 1 in axes and shape[-1] % DEPTH_MULTIPLE:
        return f"averages over {shape[-1]} channels; their number must be a multiple of {DEPTH_MULTIPLE}"
    return None


def _batch(shape: tuple[int, ...]) -> int:
    """The place of the batch: the first of four dimensions, or of two; three or one have none."""
    return 0 if len(shape) in (2, 4) else -1


def _along_batch(place: str, what: str) -> Rule:
    def rule(operator: Operator) -> str | None:
        shape = operator.outputs[0].shape
        axis = operator.option(place) % max(len(shape), 1)
        return f"{what} along the batch" if axis == _batch(shape) else None

    return rule


def _split(operator: Operator) -> str | None:
    given, axis = operator.inputs[1], _integers(operator, 0)
    if given is None or not axis:
        return "splits along an axis that is computed while it runs"
    return "splits along the batch" if axis[0] % len(given.shape) == _batch(given.shape) else None


def _pad(operator: Operator) -> str | None:
    padding = _integers(operator, 1)
    if not padding:
        return "pads by sizes that are computed while it runs"
    return "pads the batch" if _batch(_shape(operator)) == 0 and any(padding[:2]) else None


def _prelu(operator: Operator) -> str | None:
    alpha = operator.inputs[1]
    if alpha is None or not alpha.constant or prod(alpha.shape[:-1]) > 1:
        return "has an alpha that is not one constant per channel"
    return None


def _resize(operator: Operator) -> str | None:
    return None if _integers(operator, 1) else "resizes to a size that is computed while it runs"


def _softmax(operator: Operator) -> str | None:
    shape = _shape(operator)
    if prod(shape[:-1]) > 1:
        return f"has an input {list(shape)}; it must be one-dimensional"
    return None if prod(shape) <= SOFTMAX_ELEMENTS else f"has {prod(shape):,} elements; at most {SOFTMAX_ELEMENTS:,}"


def _strided(operator: Operator) -> str | None:
    strides = _integers(operator, 3)
    if not strides or any(stride != 1 for stride in strides):
        return f"has strides {strides}; all must be 1" if strides else "has strides that are computed while it runs"
    if operator.option("ellipsisMask") or operator.option("newAxisMask"):
        return "has an ellipsis or a new axis"
    return None


def _constant_places(*places: int) -> Rule:
    def rule(operator: Operator) -> str | None:
        known = all(_integers(operator, place) for place in places)
        return None if known else "has places that are computed while it runs"

    return rule


RULES: dict[str, tuple[Rule, ...]] = {
    "ADD": (),
    "AVERAGE_POOL_2D": (_no_fused_activation,),
    "CONCATENATION": (_no_fused_activation, _concatenation),
    "CONV_2D": (_same_dilation,),
    "DEPTHWISE_CONV_2D": (_same_dilation,),
    "EXPAND_DIMS": (),
    "FULLY_CONNECTED": (_dense,),
    "L2_NORMALIZATION": (),
    "LOGISTIC": (),
    "LSTM": (),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": (),
    "MAXIMUM": (),
    "MAX_POOL_2D": (_no_fused_activation,),
    "MEAN": (_reduction,),
    "MINIMUM": (),
    "MUL": (),
    "PACK": (_along_batch("axis", "packs"),),
    "PAD": (_pad,),
    "PRELU": (_prelu,),
    "QUANTIZE": (),
    "REDUCE_MAX": (_reduction,),
    "REDUCE_MIN": (_reduction,),
    "RELU": (),
    "RELU6": (),
    "RELU_N1_TO_1": (),
    "RESHAPE": (),
    "RESIZE_BILINEAR": (_resize,),
    "RESIZE_NEAREST_NEIGHBOR": (_resize,),
    "RSQRT": (),
    "SLICE": (_constant_places(1, 2),),
    "SOFTMAX": (_softmax,),
    "SPACE_TO_DEPTH": (),
    "SPLIT": (_split,),
    "SQUARED_DIFFERENCE": (),
    "SQUEEZE": (),
    "STRIDED_SLICE": (_strided,),
    "SUB": (),
    "SUM": (_reduction,),
    "TANH": (),
    "TRANSPOSE": (_constant_places(1),),
    "TRANSPOSE_CONV": (),
}
"""TFLite's name → limits beyond those that hold for every operator."""
