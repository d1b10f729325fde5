"""An ONNX graph made from an int8 TFLite file, rewritten to compute with real values.

tf2onnx keeps the file's own quantisation: pairs of QuantizeLinear and DequantizeLinear with zero points, which TensorRT
does not take. What matters are the weights. Each constant is multiplied out to the real values that the int8 file holds
(so these are the very weights that the device runs), and the pairs on activations are taken out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

QUANTIZE, DEQUANTIZE = "QuantizeLinear", "DequantizeLinear"
STORED = (np.int8, np.uint8)


class _Graph:
    """Constants, readers and makers of one graph, by name of the value."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401 - onnx has no types
        from onnx import numpy_helper

        self.graph = model.graph
        self.constants = {one.name: numpy_helper.to_array(one) for one in self.graph.initializer}
        self.readers: dict[str, list[Any]] = {}
        for node in self.graph.node:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)

    def scale_behind(self, name: str) -> Any:  # noqa: ANN401
        """The node that turns what was stored under ``name`` into real values, however many moves later."""
        seen, waiting = set(), [name]
        while waiting:
            value = waiting.pop(0)
            for node in self.readers.get(value, ()):
                if node.op_type == DEQUANTIZE:
                    return node
                waiting += [out for out in node.output if out not in seen]
                seen.update(node.output)
        problem = f"the constant {name} of the ONNX graph is stored in 8 bits and never scaled"
        raise InputError(problem, "Report the layer; leave it out of networks that must run on a Jetson")

    def real(self, values: NDArray[Any], node: Any) -> Floats:  # noqa: ANN401
        """Stored values as real ones, by the scale and zero point of a DequantizeLinear node."""
        scale = self.constants[node.input[1]].astype(np.float32)
        zero = self.constants[node.input[2]].astype(np.float32) if len(node.input) > 2 else np.float32(0)  # noqa: PLR2004
        if scale.ndim and scale.size > 1:
            axis = next((a.i for a in node.attribute if a.name == "axis"), 1)
            shape = [-1 if place == axis % values.ndim else 1 for place in range(values.ndim)]
            scale, zero = scale.reshape(shape), np.reshape(zero, shape)
        return np.asarray((values.astype(np.float32) - zero) * scale, np.float32)


def to_real(model: Any, inputs: Sequence[str], outputs: Sequence[str]) -> Any:  # noqa: ANN401 - onnx has no types
    """The same network on real values.

    Args:
        model: an ``onnx.ModelProto`` from tf2onnx; inputs and outputs in the TFLite file's order.
        inputs: names to give to its inputs, in that order.
        outputs: names to give to its outputs.

    Raises:
        InputError: a constant's scale cannot be found.
    """
    import onnx
    from onnx import numpy_helper

    found = _Graph(model)
    constants: dict[str, Floats] = {}
    same: dict[str, str] = {}
    nodes = []
    for node in found.graph.node:
        source = node.input[0] if node.input else ""
        if node.op_type == DEQUANTIZE and source in found.constants:
            constants[node.output[0]] = found.real(found.constants[source], node)
        elif node.op_type in {QUANTIZE, DEQUANTIZE}:
            same[node.output[0]] = source
        else:
            nodes.append(node)
    for name, values in found.constants.items():
        moved = [node for node in found.readers.get(name, ()) if node.op_type not in {QUANTIZE, DEQUANTIZE}]
        if moved and values.dtype in STORED:
            constants[name] = found.real(values, found.scale_behind(name))
        elif moved:
            constants.setdefault(name, values)
    renamed = _renamed(found.graph, same, inputs, outputs)
    nodes = [_node(node, renamed) for node in nodes]
    used = {name for node in nodes for name in node.input}
    graph = onnx.helper.make_graph(
        nodes,
        found.graph.name,
        [_end(value, name) for value, name in zip(found.graph.input, inputs, strict=True)],
        [_end(value, name) for value, name in zip(found.graph.output, outputs, strict=True)],
        [numpy_helper.from_array(values, name) for name, values in constants.items() if name in used],
    )
    opset = [one for one in model.opset_import if one.domain == ""]
    made = onnx.helper.make_model(graph, opset_imports=opset, producer_name="rapport converters")
    made.ir_version = model.ir_version
    onnx.checker.check_model(made, full_check=True)
    return made


def _renamed(graph: Any, same: dict[str, str], inputs: Sequence[str], outputs: Sequence[str]) -> dict[str, str]:  # noqa: ANN401
    """Value → name in the new graph: pairs are passed through, inputs and outputs get their own names."""

    def origin(name: str) -> str:
        while name in same:
            name = same[name]
        return name

    ends = dict(zip((value.name for value in graph.input), inputs, strict=True))
    for value, name in zip(graph.output, outputs, strict=True):
        ends.setdefault(origin(value.name), name)
    every = {name for node in graph.node for name in (*node.input, *node.output)}
    return {name: ends.get(origin(name), origin(name)) for name in every}


def _node(node: Any, renamed: dict[str, str]) -> Any:  # noqa: ANN401 - as above
    import onnx

    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    copy.input[:] = [renamed.get(name, name) for name in node.input]
    copy.output[:] = [renamed.get(name, name) for name in node.output]
    return copy


def _end(value: Any, name: str) -> Any:  # noqa: ANN401 - as above
    """An input or output of real values; whole numbers, such as places in a table, stay what they are."""
    import onnx

    shape = [one.dim_value for one in value.type.tensor_type.shape.dim]
    whole = value.type.tensor_type.elem_type == onnx.TensorProto.INT32
    return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.INT32 if whole else onnx.TensorProto.FLOAT, shape)
