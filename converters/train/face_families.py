"""Compare the kinds of network for the face: about the same size, the same short training, the same held-out rows.

``python -m converters.train.face_families --data DIR`` writes ``families.toml`` into the run folder, and the card of
the next ``train face --package`` shows it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.count import count
from converters.datasets.face import load
from converters.datasets.face_aligned import aligned
from converters.datasets.face_batches import FaceBatches, stacked
from converters.train import options
from converters.train.face import SAMPLES, figures, train
from converters.train.face_network import FAMILIES
from edge.accelerators.card import Family
from edge.accelerators.cpu import Cpu

if TYPE_CHECKING:
    from collections.abc import Sequence

    from converters.datasets.face import Faces, Split

SIDE = 32
EPOCHS = 3
COMPARED = tuple(name for name in FAMILIES if name != "wide")
FILE = "families.toml"
REPEATS = 300


def main(given: Sequence[str] | None = None) -> int:
    """Train each family and write the table."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds face/fer2013_train_public.npz")
    parser.add_argument("--models", type=Path, default=Path("models"), help="where the detector's files are")
    options.add_arguments(parser, epochs=EPOCHS)
    arguments = parser.parse_args(given)
    from converters.train.loop import begin

    begin(arguments.seed, arguments.threads)
    split = load(arguments.data)
    folder = arguments.runs / "face"
    cuts = aligned(split.training.images, arguments.models, folder / "aligned.npy")
    batches = FaceBatches(split.training, cuts, arguments.epochs, arguments.seed, sides=((1.0, SIDE),))
    rows = []
    for family in COMPARED:
        arguments.family = family
        rows.append(compared(batches, split, arguments, folder / FILE.removesuffix(".toml") / family))
        print(rows[-1])
        write(folder / FILE, rows)
    return 0


def compared(batches: FaceBatches, split: Split, arguments: argparse.Namespace, folder: Path) -> Family:
    """One row of the table: ``arguments.family`` after its short training."""
    model = train(batches, split.held_out, arguments, folder)
    found = figures(model, split.held_out, SIDE)
    tflite = _int8(model, split.training)
    parameters, macs = count(tflite)
    return Family(
        name=arguments.family,
        parameters=parameters,
        bytes=len(tflite),
        macs=macs,
        ms=round(_milliseconds(tflite), 3),
        figures={name: round(value, 4) for name, value in found.items()},
        on=f"held-out rows of FER2013 Training, FER+ majority; float; {arguments.epochs} epochs on {SIDE}-pixel chips",
    )


def write(path: Path, rows: Sequence[Family]) -> None:
    """Keep the rows that are there."""
    import tomli_w

    path.write_text(tomli_w.dumps({"families": [row.model_dump(mode="json") for row in rows]}), encoding="utf-8")


def read(path: Path) -> tuple[Family, ...]:
    """The table of an earlier comparison; empty when there was none."""
    if not path.is_file():
        return ()
    return tuple(Family.model_validate(row) for row in tomllib.loads(path.read_text(encoding="utf-8"))["families"])


def _int8(model: Any, faces: Faces) -> bytes:  # noqa: ANN401 - tf_keras has no types
    from converters.datasets.face import resized
    from converters.quantise import to_int8

    chips = stacked(resized(faces.images[:SAMPLES], SIDE))
    return to_int8(model, ((chip[None],) for chip in chips))


def _milliseconds(tflite: bytes) -> float:
    """Median time of one invocation on one thread."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        path.write_bytes(tflite)
        session = Cpu().open(path)
        chip = np.zeros(session.inputs[0].shape, session.inputs[0].dtype)
        times = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            session.invoke([chip])
            times.append(time.perf_counter() - start)
    return 1e3 * float(np.median(times))


if __name__ == "__main__":
    raise SystemExit(main())
