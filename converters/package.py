"""A TFLite file becomes a folder under ``models/``: the file and its card, with all that can be read off the file."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

from converters.count import count
from edge.accelerators.card import CARD_FILE, MODEL_FILE, Card, Metric, Tensor
from edge.accelerators.cpu import Cpu

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def package(
    folder: Path,
    tflite: bytes,
    *,
    task: str,
    version: str,
    licence: str,
    command: str,
    labels: Sequence[str],
    units: Sequence[tuple[str, str]],
    output_units: Sequence[tuple[str, str]],
    temperature: float,
    data: Sequence[str],
    notes: Sequence[str],
    metrics: Sequence[Metric],
) -> Card:
    """Write ``folder/model.tflite`` and ``folder/card.toml``; the folder's name is the model's name.

    Args:
        folder: ``models/<name>``; made if absent, its two files are replaced.
        tflite: the file's content.
        task: what the code that loads it asks for.
        version: of this model, e.g. "1".
        licence: SPDX expression for the weights.
        command: the command line that made it, so that a reader can make it again.
        labels: in output order.
        units: (name, unit) of each input in file order.
        output_units: the same of each output.
        temperature: fitted on validation data; 1 where there are no logits.
        data: one line per data set, with licence and split.
        notes: known weaknesses in plain words.
        metrics: measured on the int8 file.
    """
    import tomli_w

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MODEL_FILE
    path.write_bytes(tflite)
    session = Cpu().open(path)
    parameters, macs = count(tflite)
    card = Card(
        name=folder.name,
        task=task,
        version=version,
        date=dt.datetime.now(tz=dt.UTC).date().isoformat(),
        licence=licence,
        command=command,
        sha256=hashlib.sha256(tflite).hexdigest(),
        bytes=len(tflite),
        parameters=parameters,
        macs=macs,
        labels=tuple(labels),
        temperature=round(temperature, 4),
        inputs=tuple(_tensor(spec, *unit) for spec, unit in zip(session.inputs, units, strict=True)),
        outputs=tuple(_tensor(spec, *unit) for spec, unit in zip(session.outputs, output_units, strict=True)),
        data=tuple(data),
        notes=tuple(notes),
        metrics=tuple(metrics),
    )
    content = tomli_w.dumps(card.model_dump(mode="json", exclude_none=True), multiline_strings=False)
    (folder / CARD_FILE).write_text(content, encoding="utf-8")
    return card


def _tensor(spec: Any, name: str, unit: str) -> Tensor:  # noqa: ANN401 - TensorSpec of any session
    return Tensor(
        name=name, shape=spec.shape, dtype=spec.dtype, scale=spec.scale, zero_point=spec.zero_point, unit=unit
    )
