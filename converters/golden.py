"""Make the golden vector of a model: an input that excites the net, and what the CPU makes of it.

The input is a pattern drawn from a seed, not a picture or a voice: it belongs to nobody, anybody can draw it again, and
it reaches values that a typical input leaves alone. Of several seeds the one is taken whose outputs lie furthest from
what a dead device gives, which is the same number everywhere.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from converters.flatbuffer import rows_of_tables
from converters.sign import folders, read_key, sign
from edge.accelerators.card import (
    CARD_FILE,
    GOLDEN_FILE,
    MODEL_FILE,
    ONNX_FILE,
    ONNX_INT8_FILE,
    Card,
    Golden,
    card_bytes,
    checked_content,
    read_card,
)
from edge.accelerators.cpu import Cpu
from edge.accelerators.fetch import put
from edge.accelerators.golden import Vector, deviations, encoded, read_vector
from edge.errors import InputError

if TYPE_CHECKING:
    import argparse

    from numpy.typing import NDArray

    from edge.accelerators.card import Tensor

SEEDS = range(16)
"""Patterns that are tried."""
STEPS = 16
"""Of 256: what another device than the CPU may be off. It rounds differently in each layer (Edge TPU), or computes with
real values that are not cut off at the end of a layer's range (TensorRT from the ONNX file)."""
CPU_STEPS = 2
"""Of 256: the CPU's other kernels (XNNPACK off, an older tflite-runtime) round otherwise, here by a step."""
RELATIVE = 0.005
"""Of the largest value: float kernels add in another order, and some GPUs multiply with 10 bits (TF32)."""
CELL = 8
"""The pattern's soft part is drawn on a grid of so many cells along each side, and made fine by interpolation."""
SHARP = 0.15
"""Share of the pattern that is drawn for each value by itself."""
LEVELS = 255
"""A float pattern takes this many steps through its range, as a picture would; so it can be packed small."""

TABLE = re.compile(r"^\[golden\]\n(?:(?!\[).*\n?)*", re.MULTILINE)
"""The table in a card, up to the next one."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters golden``."""
    parser.add_argument("names", nargs="*", metavar="MODEL", help="names of models; without any: those that have none")
    parser.add_argument("--models", type=Path, default=Path("models"), help="the folder with one folder per model")
    parser.add_argument("--key", type=Path, metavar="FILE", help="also sign the models with this private key")


def run(arguments: argparse.Namespace) -> int:
    """Write the vectors and the cards' tables, sign if a key is given, and print what they are."""
    known = {folder.name: folder for folder in folders(arguments.models)}
    strange = [name for name in arguments.names if name not in known]
    if strange:
        problem = f"{arguments.models} has no model {', '.join(strange)}, it has {', '.join(known)}"
        raise InputError(problem, "Name models that are there, or none for all without a vector")
    for name, folder in known.items():
        card = read_card(folder)
        if name not in arguments.names and (arguments.names or card.golden is not None or card.file != MODEL_FILE):
            continue
        golden = make(folder, card)
        put(folder / CARD_FILE, with_table(card_bytes(folder), golden))
        compare_onnx(folder, read_card(folder))
        print(f"{folder / GOLDEN_FILE}: {golden.bytes / 1024:.0f} KiB; {golden.made}")
    if arguments.key is not None:
        release = sign(arguments.models, [read_key(arguments.key, arguments.models)]).release
        print(f"{arguments.models}: signed, release {release}")
    return 0


def make(folder: Path, card: Card) -> Golden:
    """Write ``golden.npz`` into ``folder`` and give its table for the card.

    Args:
        folder: with ``model.tflite``.
        card: says inputs, outputs and hashes.

    Raises:
        InputError: no pattern excites the net.
        ModelError: the model file is not the card's.
    """
    content = checked_content(folder, card, MODEL_FILE)
    session = Cpu().load(content, card, MODEL_FILE)
    rows = rows_of_tables(content)
    found: list[tuple[float, int, Vector]] = []
    for seed in SEEDS:
        inputs = tuple(pattern(tensor, seed, place, rows) for place, tensor in enumerate(card.inputs))
        vector = Vector(inputs, tuple(array.copy() for array in session.invoke(inputs)))
        found.append((excitement(card, vector), seed, vector))
    best, seed, vector = max(found, key=lambda one: one[0])
    if best < 1:
        problem = f"{card.name} gives nearly the same whatever goes in: {best:.2g} of what a vector must tell apart"
        raise InputError(problem, "Look at the model: an output that never moves is of no use to anybody")
    made = (
        f"seed {seed} of converters.golden: a soft random pattern and {SHARP:.0%} noise over each input's range; "
        f"output by LiteRT's CPU kernels (XNNPACK)"
    )
    packed = encoded(vector)
    golden = Golden(
        sha256=hashlib.sha256(packed).hexdigest(),
        bytes=len(packed),
        made=made,
        cpu_steps=CPU_STEPS,
        steps=STEPS,
        relative=RELATIVE,
    )
    put(folder / GOLDEN_FILE, packed)
    return golden


def with_table(card: bytes, golden: Golden) -> bytes:
    """A card's text with this table ``[golden]``, in place of an earlier one; the rest stays as somebody wrote it."""
    import tomli_w

    text = TABLE.sub("", card.decode()).rstrip("\n")
    return f"{text}\n\n{tomli_w.dumps({'golden': golden.model_dump()})}".encode()


def pattern(tensor: Tensor, seed: int, place: int, rows: int) -> NDArray[np.generic]:
    """Raw input ``place`` of a model, drawn from ``seed``.

    Args:
        tensor: an input as the card says it.
        seed: of the pattern.
        place: of the input among the model's inputs, so that no two are alike.
        rows: of the smallest table that whole numbers are places in.
    """
    random = np.random.Generator(np.random.PCG64([seed, place]))
    if tensor.dtype == "int32":
        return random.integers(1, max(rows, 2), tensor.shape, dtype=np.int32)
    coarse = random.random([min(side, CELL) for side in tensor.shape])
    soft = coarse
    for axis, side in enumerate(tensor.shape):
        soft = _stretched(soft, axis, side)
    level = np.clip((1 - SHARP) * soft + SHARP * random.random(tensor.shape), 0, 1)
    steps = np.rint(level * LEVELS)
    if tensor.dtype == "int8":
        return np.asarray(steps - 128, np.int8)
    low, high = _range(tensor)
    return np.asarray(low + (high - low) * (steps.astype(np.float32) / np.float32(LEVELS)), np.float32)


def _range(tensor: Tensor) -> tuple[np.float32, np.float32]:
    """Least and largest value of a float input, read off the unit of its card; 0 to 1 where that names no -1."""
    return np.float32(-1 if "-1" in tensor.unit else 0), np.float32(1)


def _stretched(values: NDArray[np.float64], axis: int, side: int) -> NDArray[np.float64]:
    """``values`` with ``side`` places along ``axis``, straight lines between those that were there."""
    count = values.shape[axis]
    if count == side:
        return values
    at = np.linspace(0, count - 1, side)
    below = np.minimum(at.astype(np.int64), count - 2)
    shape = [-1 if one == axis else 1 for one in range(values.ndim)]
    part = (at - below).reshape(shape)
    return np.asarray(values.take(below, axis) * (1 - part) + values.take(below + 1, axis) * part)


def excitement(card: Card, vector: Vector) -> float:
    """How clearly the weakest output stands off a dead device; from 1 on it will do.

    A dead device gives one number everywhere: 0, or what lay in its memory. So what counts is how far an output's
    values lie apart, or from 0 where it has a single one, over three times what is allowed.
    """
    clear = []
    for tensor, output in zip(card.outputs, vector.outputs, strict=True):
        values = output.astype(np.float64)
        apart = float(np.ptp(values)) if values.size > 1 else float(np.abs(values).max())
        if tensor.dtype == "float32":
            clear.append(apart / (3 * RELATIVE * (float(np.abs(values).max()) or 1.0)))
        else:
            clear.append(apart / (3 * STEPS) if values.size > 2 else apart / STEPS)  # noqa: PLR2004 - two lie anywhere
    return min(clear)


def compare_onnx(folder: Path, card: Card) -> None:
    """Run the vector on the same weights in ONNX, where the folder has them.

    Raises:
        InputError: they are further off than another device may be.
        ModelError: ONNX Runtime refuses the file.
    """
    vector = read_vector(folder, card)
    files = [file for file in (ONNX_FILE, ONNX_INT8_FILE) if card.sha256_of(file) is not None]
    if not files or vector is None:
        return
    from edge.accelerators.jetson import Jetson

    here = Jetson(providers=("CPUExecutionProvider",))
    for file in files:
        session = here.load(checked_content(folder, card, file), card, file)
        for off in deviations(card, vector, session.invoke(vector.inputs), "onnxruntime"):
            if off.share > 1:
                how = f"by {off.found:.3g} {off.unit} at {off.output}, allowed are {off.allowed:g}"
                problem = f"{folder / file} is off {how}"
                raise InputError(problem, "Make it anew: python -m converters onnx, then package")
