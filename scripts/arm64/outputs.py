"""What every model says to the same inputs: run on two machines, and ``judge.py`` compares the two files.

    python outputs.py FILE.npz      also prints a line of JSON: machine, versions, models

The inputs are the model's golden vector, where it has one, and then some of a seeded generator, whose whole numbers and
24-bit fractions are the same on every machine. They go to the interpreter as they are, so what is compared is its
arithmetic and nothing before it.
"""

from __future__ import annotations

import json
import platform
import sys
import zlib
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.accelerators.card import CARD_FILE, MODEL_FILE, checked_file, read_card
from edge.accelerators.cpu import interpreter_class
from edge.accelerators.model import default_directory
from edge.perception.text.features import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.accelerators.card import Card, Tensor

SEEDED = 16
"""Seeded inputs of each model: the arithmetic is the same for all of them, so a difference shows in few."""
GOLDEN = "golden.npz"
"""Holds ``input_0`` … and ``output_0`` …, in the card's order."""
PACKAGES = ("rapport-edge", "ai-edge-litert", "numpy", "opencv-python-headless", "cryptography", "pydantic")


def seeded(tensor: Tensor, rng: np.random.Generator) -> NDArray[np.generic]:
    """One input: any int8, a place in the text model's table, or fractions in [0, 1) (a picture's brightness)."""
    if tensor.dtype == "int8":
        return rng.integers(-128, 128, tensor.shape, np.int8)
    if tensor.dtype == "int32":
        return rng.integers(0, TABLE, tensor.shape, np.int32)
    return rng.random(tensor.shape, np.float32)


def inputs_of(folder: Path, card: Card) -> Iterator[tuple[NDArray[np.generic], ...]]:
    """The inputs of the model in ``folder``, the golden one first; each with an array per tensor of the card."""
    if (folder / GOLDEN).is_file():
        with np.load(folder / GOLDEN) as golden:
            yield tuple(golden[f"input_{place}"] for place in range(len(card.inputs)))
    rng = np.random.default_rng(zlib.crc32(card.name.encode()))
    for _ in range(SEEDED):
        yield tuple(seeded(tensor, rng) for tensor in card.inputs)


def outputs_of(folder: Path) -> dict[str, NDArray[np.generic]]:
    """Output → what the model in ``folder`` says to its inputs, (inputs, *shape). Raises ModelError."""
    card = read_card(folder)
    interpreter = interpreter_class()(model_path=str(checked_file(folder, card)), num_threads=1)
    interpreter.allocate_tensors()
    said: dict[str, list[NDArray[np.generic]]] = {output.name: [] for output in card.outputs}
    for values in inputs_of(folder, card):
        for detail, value in zip(interpreter.get_input_details(), values, strict=True):
            interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
        for detail, output in zip(interpreter.get_output_details(), card.outputs, strict=True):
            said[output.name].append(interpreter.get_tensor(detail["index"]))
    return {f"{card.name}/{name}": np.stack(values) for name, values in said.items()}


def machine() -> dict[str, Any]:
    """What ran: machine, Python and the versions of what computes."""
    versions = {package: metadata.version(package) for package in PACKAGES}
    return {"machine": platform.machine(), "python": platform.python_version(), "versions": versions}


def main(path: str) -> None:
    """Write every model's outputs into ``path``."""
    folders = sorted(file.parent for file in default_directory().glob(f"*/{CARD_FILE}"))
    nets = [folder for folder in folders if read_card(folder).file == MODEL_FILE]  # the pool of the senses is none
    outputs: dict[str, NDArray[np.generic]] = {}
    for folder in nets:
        outputs |= outputs_of(folder)
    np.savez(path, **outputs)  # type: ignore[arg-type]
    models = {folder.name: read_card(folder).sha256 for folder in folders}
    golden = [folder.name for folder in nets if (folder / GOLDEN).is_file()]
    print(json.dumps(machine() | {"models": models, "nets": [net.name for net in nets], "golden": golden}))


if __name__ == "__main__":
    main(sys.argv[1])
