"""From a folder to a session: read and check everything once, then open it on a device, as often as need be.

A session is opened anew from the bytes that were checked, so it matters no more what becomes of the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from edge.accelerators.card import (
    GOLDEN_FILE,
    MODEL_FILE,
    PARAMETERS_FILE,
    Card,
    Tensor,
    card_bytes,
    checked_content,
    parse_card,
)
from edge.accelerators.cpu import Cpu
from edge.accelerators.golden import CPU, decoded, try_session
from edge.accelerators.guarded import Guarded
from edge.accelerators.reopened import Reopened
from edge.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from edge.accelerators.accelerator import Accelerator, Session, TensorSpec
    from edge.accelerators.golden import Deviation
    from edge.accelerators.manifest import Seal
    from edge.accelerators.usage import Usage

SCALE_TOLERANCE = 1e-6
"""Relative difference allowed between a card's quantisation scale (written in decimal) and the file's."""


def read_parameters(folder: Path, task: str, labels: tuple[str, ...] | None = None, seal: Seal | None = None) -> bytes:
    """The table of numbers in a folder whose model is no network, compared with its card, and that with the manifest.

    Raises:
        ModelError: with the first thing that is missing, altered, not signed or not what the code needs.
    """
    raw = card_bytes(folder)
    if seal is not None:
        seal.check(folder.name, raw)
    card = parse_card(folder, raw)
    require("file", card.file, PARAMETERS_FILE, folder)
    require("task", card.task, task, folder)
    if labels is not None:
        require("labels", card.labels, labels, folder)
    return checked_content(folder, card, PARAMETERS_FILE)


@dataclass(frozen=True, slots=True)
class Checked:
    """A folder's card, its TFLite file, the file for the accelerator (name and content), and its golden.npz."""

    folder: Path
    card: Card
    tflite: bytes
    special: tuple[str, bytes] | None
    golden: bytes | None


def read_checked(folder: Path, accelerator: Accelerator, seal: Seal | None) -> Checked:
    """All that ``accelerator`` and the CPU need of a folder, compared with its card, and that with the manifest.

    Raises:
        ModelError: with the first thing that is missing, altered or not signed.
    """
    raw = card_bytes(folder)
    if seal is not None:
        seal.check(folder.name, raw)
    card = parse_card(folder, raw)
    require("file", card.file, MODEL_FILE, folder)
    tflite = checked_content(folder, card, MODEL_FILE)
    best = next((file for file in accelerator.files if card.sha256_of(file) is not None), None)
    special = None if best in {None, MODEL_FILE} else (best, checked_content(folder, card, best))
    golden = None if card.golden is None else checked_content(folder, card, GOLDEN_FILE)
    return Checked(folder, card, tflite, special, golden)


def open_session(checked: Checked, accelerator: Accelerator, usage: Usage) -> Session:
    """A session that mends itself, on the accelerator or, where that cannot be, on the CPU; ``usage`` is told.

    Raises:
        ModelError: the file does not fit the card, or neither device computes its golden vector.
    """
    name, card = accelerator.name, checked.card
    if name == CPU:
        session = Reopened(card.name, CPU, partial(_session, checked, accelerator, MODEL_FILE, checked.tflite), usage)
        usage.placed(card.name, CPU)
        return session
    on_cpu = partial(_session, checked, Cpu(), MODEL_FILE, checked.tflite)
    if checked.special is None:
        session = Reopened(card.name, CPU, on_cpu, usage)
        usage.placed(card.name, CPU, f"it has no {accelerator.wants}")
        return session
    return Guarded(card.name, name, partial(_session, checked, accelerator, *checked.special), on_cpu, usage)


def trial(folder: Path, accelerator: Accelerator) -> Deviation | None:
    """How far an accelerator is off on a model's golden vector; None where the model has none. For reports.

    Raises:
        ModelError: the folder is not well, the accelerator has no file there, cannot open it, or computes it wrongly.
    """
    checked = read_checked(folder, accelerator, None)
    if accelerator.name == CPU:
        return _open(checked, accelerator, MODEL_FILE, checked.tflite)[1]
    if checked.special is None:
        problem = f"{checked.card.name} has no {accelerator.wants}"
        raise ModelError(problem, "It runs on the CPU (docs/accelerators.md)")
    return _open(checked, accelerator, *checked.special)[1]


def _session(checked: Checked, accelerator: Accelerator, file: str, content: bytes) -> Session:
    return _open(checked, accelerator, file, content)[0]


def _open(checked: Checked, accelerator: Accelerator, file: str, content: bytes) -> tuple[Session, Deviation | None]:
    """A plain session that fits the card and has computed the golden vector, and how exactly."""
    session = accelerator.load(content, checked.card, file)
    _require_tensors("input", checked.card.inputs, session.inputs, checked.folder)
    _require_tensors("output", checked.card.outputs, session.outputs, checked.folder)
    vector = None if checked.golden is None else decoded(checked.golden, checked.card, checked.folder)
    return session, try_session(session, checked.card, vector, accelerator.name)


def require(what: str, found: object, wanted: object, folder: Path) -> None:
    """Raise ModelError where a model has something else than the code needs."""
    if found != wanted:
        problem = f"the model {folder} has {what} {found!r}, the code needs {wanted!r}"
        raise ModelError(problem, "Use the models that belong to this version of rapport-edge")


def _require_tensors(kind: str, said: tuple[Tensor, ...], found: tuple[TensorSpec, ...], folder: Path) -> None:
    require(f"number of {kind}s", len(found), len(said), folder)
    for index, (card, file) in enumerate(zip(said, found, strict=True)):
        require(f"{kind} {index} shape (in the file)", file.shape, card.shape, folder)
        require(f"{kind} {index} dtype (in the file)", file.dtype, card.dtype, folder)
        if card.dtype == "int8":
            require(f"{kind} {index} zero point (in the file)", file.zero_point, card.zero_point, folder)
            if abs(file.scale - card.scale) > SCALE_TOLERANCE * card.scale:
                require(f"{kind} {index} scale (in the file)", file.scale, card.scale, folder)
