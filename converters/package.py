"""Make a finished run a folder under ``models/``: the files and their card, with all that can be read off the file."""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from converters.audit import audit, record
from converters.calibration import fit_temperature
from converters.run import Run
from converters.sign import ONNX_FILE, read_key, sign
from converters.tflite_file import TfliteFile
from edge.accelerators.card import (
    CARD_FILE,
    MODEL_FILE,
    Card,
    Domain,
    Family,
    Head,
    Metric,
    Quantised,
    Strict,
    Tensor,
    Try,
)
from edge.accelerators.cpu import Cpu
from edge.accelerators.fetch import put
from edge.errors import InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

MORE_FILE = "more.toml"
"""What a training wants in the card beyond its recipe, in the run's folder."""


class More(Strict):
    """Optional parts of a card, as tables of ``more.toml``, written as in the card."""

    metrics: tuple[Metric, ...] = ()
    families: tuple[Family, ...] = ()
    tries: tuple[Try, ...] = ()
    heads: tuple[Head, ...] = ()
    domain: Domain | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters package``."""
    parser.add_argument("run_folder", metavar="RUN", type=Path, help="a run folder with model.tflite")
    parser.add_argument("--models", type=Path, default=Path("models"), help="the folder with one folder per model")
    parser.add_argument("--key", type=Path, metavar="FILE", help="also sign the models with this private key")


def run(arguments: argparse.Namespace) -> int:
    """Write the folder, sign if a key is given, and print what it is."""
    card = package_run(Run.open(arguments.run_folder), arguments.models)
    if arguments.key is not None:
        manifest = sign(arguments.models, [read_key(arguments.key, arguments.models)])
        signed = f"signed, release {manifest.release}"
    else:
        signed = f"not signed yet: python -m converters sign --models {arguments.models} --key FILE"
    share = card.edge_tpu.share_of_macs if card.edge_tpu else 0.0
    print(
        f"{arguments.models / card.name}: {card.bytes / 1024:.0f} KiB, {card.parameters:,} parameters, "
        f"{card.macs / 1e6:.2f} M multiply-accumulates ({share:.1%} on the Edge TPU), temperature {card.temperature}; "
        f"{signed}"
    )
    return 0


def package_run(opened: Run, models: Path, more: More | None = None) -> Card:
    """Package a run: files, recipe, what quantising cost, the temperature, and ``more``.

    Args:
        opened: a run with ``model.tflite``; with ``model.onnx`` that is taken too.
        models: the folder with one folder per model.
        more: further parts of the card; None: those in the run's ``more.toml``, if there is one.

    Raises:
        InputError: a file is missing, is not the one that was quantised last, or ``more.toml`` is wrong.
    """
    try:
        tflite = opened.tflite.read_bytes()
    except FileNotFoundError:
        problem = f"{opened.tflite} is missing"
        raise InputError(problem, f"Run `python -m converters quantise {opened.folder}` first") from None
    recipe, file = opened.recipe, TfliteFile(tflite)
    units, output_units = dict(recipe.inputs), dict(recipe.outputs)
    opened.write_report("audit", record(audit(tflite)))
    added = _more(opened) if more is None else more
    return package(
        models / recipe.name,
        tflite,
        task=recipe.task,
        version=recipe.version,
        licence=recipe.licence,
        command=recipe.command,
        labels=recipe.labels,
        units=[(name, units[name]) for name in file.inputs],
        output_units=[(name, output_units[name]) for name in file.outputs],
        temperature=_temperature(opened, file),
        data=recipe.data,
        notes=recipe.notes,
        metrics=added.metrics,
        onnx=opened.onnx.read_bytes() if opened.onnx.is_file() else None,
        quantised=_quantised(opened, len(tflite)),
        domain=added.domain,
        heads=added.heads,
        families=added.families,
        tries=added.tries,
    )


def _more(opened: Run) -> More:
    path = opened.folder / MORE_FILE
    try:
        return More.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return More()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        problem = f"{path} is wrong: {error}"
        raise InputError(problem, "Write its tables as in a card, or remove it") from error


def _temperature(opened: Run, file: TfliteFile) -> float:
    """Fitted on the int8 file's logits of the validation rows that have a label."""
    held = opened.validation()
    known = held.truth >= 0
    logits: NDArray[np.float32] = file.run({name: array[known] for name, array in held.inputs.items()})[
        opened.recipe.outputs[0][0]
    ]
    return fit_temperature(logits.astype("float64"), held.truth[known])


def _quantised(opened: Run, size: int) -> Quantised:
    said = opened.report("quantise")
    if said.get("bytes") != size:
        problem = f"{opened.tflite} has {size} bytes, quantise.json tells of a file of {said.get('bytes')}"
        raise InputError(problem, f"Run `python -m converters quantise {opened.folder}` again")
    kept = {name: said[name] for name in Quantised.model_fields if name in said}
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in kept.items()}
    return Quantised.model_validate({"on": "validation", **rounded})


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
    onnx: bytes | None = None,
    quantised: Quantised | None = None,
    domain: Domain | None = None,
    speaker_mean: Sequence[float] = (),
    heads: Sequence[Head] = (),
    families: Sequence[Family] = (),
    tries: Sequence[Try] = (),
) -> Card:
    """Write ``model.tflite``, ``card.toml`` and perhaps ``model.onnx`` into ``folder``; its name is the model's name.

    The manifest has to be signed anew after it.

    Args:
        folder: ``models/<name>``; made if absent, its files are replaced.
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
        onnx: the same weights as ONNX; without it an ONNX file of an earlier model is removed.
        quantised: what quantising cost.
        domain: how inputs of another kind are seen.
        speaker_mean: of a voice, see the card.
        heads: outputs beside the labels.
        families: kinds of network that were compared.
        tries: ideas that were tried.
    """
    put(folder / MODEL_FILE, tflite)
    session = Cpu().open(folder / MODEL_FILE)
    found = audit(tflite)
    card = Card(
        name=folder.name,
        task=task,
        version=version,
        date=dt.datetime.now(tz=dt.UTC).date().isoformat(),
        licence=licence,
        command=command,
        sha256=hashlib.sha256(tflite).hexdigest(),
        bytes=len(tflite),
        parameters=found.parameters,
        macs=found.macs,
        labels=tuple(labels),
        temperature=round(temperature, 4),
        inputs=tuple(_tensor(spec, *unit) for spec, unit in zip(session.inputs, units, strict=True)),
        outputs=tuple(_tensor(spec, *unit) for spec, unit in zip(session.outputs, output_units, strict=True)),
        data=tuple(data),
        notes=tuple(notes),
        metrics=tuple(metrics),
        arena_bytes=found.arena_bytes,
        onnx_sha256=None if onnx is None else hashlib.sha256(onnx).hexdigest(),
        edge_tpu=found.card(),
        quantised=quantised,
        families=tuple(families),
        tries=tuple(tries),
        heads=tuple(heads),
        speaker_mean=tuple(round(float(value), 4) for value in speaker_mean),
        domain=domain,
    )
    if onnx is None:
        (folder / ONNX_FILE).unlink(missing_ok=True)
    else:
        put(folder / ONNX_FILE, onnx)
    put(folder / CARD_FILE, dumps(card))
    return card


def dumps(card: Card) -> bytes:
    """A card as TOML; what it does not say is left out."""
    import tomli_w

    said: Mapping[str, Any] = card.model_dump(mode="json", exclude_none=True)
    return tomli_w.dumps({key: value for key, value in said.items() if value not in ([], {})}).encode()


def _tensor(spec: Any, name: str, unit: str) -> Tensor:  # noqa: ANN401 - TensorSpec of any session
    return Tensor(
        name=name, shape=spec.shape, dtype=spec.dtype, scale=spec.scale, zero_point=spec.zero_point, unit=unit
    )
