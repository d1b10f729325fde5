"""Make a finished run a folder under ``models/``: the files and their card, with all that can be read off the file."""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError

from converters import golden
from converters.audit import audit, record
from converters.calibration import fit_temperature
from converters.run import Run
from converters.sign import read_key, sign
from converters.tflite_file import TfliteFile
from edge.accelerators.card import (
    CARD_FILE,
    MODEL_FILE,
    ONNX_FILE,
    ONNX_INT8_FILE,
    Card,
    Domain,
    Family,
    Head,
    Metric,
    Quantised,
    Strict,
    Sureness,
    Tensor,
    Try,
)
from edge.accelerators.cpu import Cpu
from edge.accelerators.fetch import put
from edge.errors import InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

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
    speaker_mean: tuple[float, ...] = ()
    sureness: Sureness = Field(default={})
    temperature: float | None = Field(default=None, gt=0, description="fitted by the training itself, on more data")
    quantised: Quantised | None = Field(default=None, description="measured by the training itself, on more data")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters package``."""
    parser.add_argument("run_folder", metavar="RUN", type=Path, help="a run folder with model.tflite")
    parser.add_argument("--models", type=Path, default=Path("models"), help="the folder with one folder per model")
    parser.add_argument("--key", type=Path, metavar="FILE", help="also sign the models with this private key")


def run(arguments: argparse.Namespace) -> int:
    """Write the folder, sign if a key is given, and print what it is."""
    card = package_run(Run.open(arguments.run_folder), arguments.models)
    golden.compare_onnx(arguments.models / card.name, card)
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
    """Write ``model.tflite``, ``golden.npz``, ``card.toml`` and perhaps ONNX files into a folder under ``models``.

    The card says what the recipe says, what can be read off the file, what quantising cost, the temperature, and
    ``more``. The manifest has to be signed anew after it.

    Args:
        opened: a run with ``model.tflite``; ONNX files that it has are taken too, otherwise earlier ones are removed.
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
    added = _more(opened) if more is None else more
    added = added.model_copy(
        update={
            "temperature": round(added.temperature or _temperature(opened, TfliteFile(tflite)), 4),
            "quantised": added.quantised or _quantised(opened, len(tflite)),
        }
    )
    onnx = {
        name: path.read_bytes()
        for name, path in ((ONNX_FILE, opened.onnx), (ONNX_INT8_FILE, opened.onnx_int8))
        if path.is_file()
    }
    folder = models / opened.recipe.name
    put(folder / MODEL_FILE, tflite)
    card = _card(opened, folder / MODEL_FILE, tflite, added, onnx)
    for name in (ONNX_FILE, ONNX_INT8_FILE):
        if name in onnx:
            put(folder / name, onnx[name])
        else:
            (folder / name).unlink(missing_ok=True)
    card = card.model_copy(update={"golden": golden.make(folder, card)})
    put(folder / CARD_FILE, dumps(card))
    return card


def _card(opened: Run, path: Path, tflite: bytes, added: More, onnx: Mapping[str, bytes]) -> Card:
    recipe, session, file = opened.recipe, Cpu().open(path), TfliteFile(tflite)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in onnx.items()}
    units, output_units = dict(recipe.inputs), dict(recipe.outputs)
    found = audit(tflite)
    opened.write_report("audit", record(found))
    return Card(
        name=recipe.name,
        task=recipe.task,
        version=recipe.version,
        date=dt.datetime.now(tz=dt.UTC).date().isoformat(),
        licence=recipe.licence,
        command=recipe.command,
        sha256=hashlib.sha256(tflite).hexdigest(),
        bytes=len(tflite),
        parameters=found.parameters,
        macs=found.macs,
        labels=recipe.labels,
        inputs=tuple(_tensor(spec, name, units[name]) for spec, name in zip(session.inputs, file.inputs, strict=True)),
        outputs=tuple(
            _tensor(spec, name, output_units[name]) for spec, name in zip(session.outputs, file.outputs, strict=True)
        ),
        data=recipe.data,
        notes=recipe.notes,
        arena_bytes=found.arena_bytes,
        onnx_sha256=hashes.get(ONNX_FILE),
        onnx_int8_sha256=hashes.get(ONNX_INT8_FILE),
        edge_tpu=found.card(),
        **{name: getattr(added, name) for name in More.model_fields},
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


def dumps(card: Card) -> bytes:
    """A card as TOML; what it does not say is left out."""
    import tomli_w

    said: Mapping[str, Any] = card.model_dump(mode="json", exclude_none=True)
    return tomli_w.dumps({key: value for key, value in said.items() if value not in ([], {})}).encode()


def _tensor(spec: Any, name: str, unit: str) -> Tensor:  # noqa: ANN401 - TensorSpec of any session
    return Tensor(
        name=name, shape=spec.shape, dtype=spec.dtype, scale=spec.scale, zero_point=spec.zero_point, unit=unit
    )
