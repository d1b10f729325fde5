"""A net of the room of response becomes a folder under ``models/``: weights in int8, activations in float."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from converters import golden
from converters.audit import audit
from converters.package import dumps
from converters.tflite_file import TfliteFile
from edge.accelerators.card import CARD_FILE, MODEL_FILE, Card, Metric, Tensor
from edge.accelerators.cpu import Cpu
from edge.accelerators.fetch import put
from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

LICENCE = "Apache-2.0"


def dynamic(function: Any, model: Any) -> bytes:  # noqa: ANN401 - tensorflow has no types
    """A concrete function as a file with weights in int8 (dynamic range)."""
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return bytes(converter.convert())


@dataclass(frozen=True, slots=True)
class Package:
    """What a card says that cannot be read off the file.

    ``name`` is that of the folder and of the task; the file has at most ``most_bytes``; ``units`` of every input and
    output by name.
    """

    name: str
    most_bytes: int
    version: str
    command: str
    units: Mapping[str, str]
    data: tuple[str, ...]
    notes: tuple[str, ...]
    labels: tuple[str, ...] = ()


def pack(models: Path, package: Package, tflite: bytes, metrics: Sequence[Metric] = ()) -> Card:
    """Write ``model.tflite``, ``golden.npz`` and ``card.toml`` into a folder under ``models``; sign those after it.

    Raises:
        InputError: the file is too large.
    """
    if len(tflite) > package.most_bytes:
        problem = f"{package.name} has {len(tflite)} bytes, allowed are {package.most_bytes}"
        raise InputError(problem, "Train a narrower network")
    folder = models / package.name
    folder.mkdir(parents=True, exist_ok=True)
    put(folder / MODEL_FILE, tflite)
    session, file, found = Cpu().open(folder / MODEL_FILE), TfliteFile(tflite), audit(tflite)
    sides = ((session.inputs, file.inputs), (session.outputs, file.outputs))
    inputs, outputs = (
        tuple(
            Tensor(
                name=one,
                shape=spec.shape,
                dtype=spec.dtype,  # type: ignore[arg-type] # the card checks it
                scale=spec.scale,
                zero_point=spec.zero_point,
                unit=package.units[one],
            )
            for spec, one in zip(specs, names, strict=True)
        )
        for specs, names in sides
    )
    card = Card(
        name=package.name,
        task=package.name,
        version=package.version,
        date=dt.datetime.now(tz=dt.UTC).date().isoformat(),
        licence=LICENCE,
        command=package.command,
        sha256=hashlib.sha256(tflite).hexdigest(),
        bytes=len(tflite),
        parameters=found.parameters,
        macs=found.macs,
        labels=package.labels,
        inputs=inputs,
        outputs=outputs,
        data=package.data,
        notes=package.notes,
        metrics=tuple(metrics),
        arena_bytes=found.arena_bytes,
        edge_tpu=found.card(),
    )
    card = card.model_copy(update={"golden": golden.make(folder, card)})
    put(folder / CARD_FILE, dumps(card))
    return card
