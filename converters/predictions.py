"""Write what the packaged models say of held-out data, which `python -m fleet simulate` makes households from.

Only the part that nothing was trained, chosen or fitted on (``converters.fusion_readings``). No picture, sound or
sentence is in the file, only probabilities, qualities and labels.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from converters.fusion_readings import readings
from edge.errors import InputError

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``predictions`` takes."""
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets, see docs/datasets.md")
    parser.add_argument("--models", type=Path, default=Path("models"), help="folder with one folder per model")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="runs of `train voice`, for its folds")
    parser.add_argument("--readings", type=Path, default=Path("runs/fusion"), help="folder where Readings are kept")
    parser.add_argument("--out", type=Path, required=True, help="the .npz to write")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when the file is written."""
    if arguments.out.suffix != ".npz":
        problem = f"--out is {arguments.out}, which does not end in .npz"
        raise InputError(problem, "Give it that ending")
    heard = readings(arguments.data, arguments.models, arguments.runs, arguments.readings)["test"]
    content: dict[str, np.ndarray] = {}
    for sense, one in heard.items():
        content[f"{sense}_probabilities"] = one.probabilities.astype(np.float32)
        content[f"{sense}_quality"] = one.quality.astype(np.float32)
        content[f"{sense}_truth"] = one.truth.astype(np.int8)
    try:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        unfinished = arguments.out.with_suffix(".part.npz")
        np.savez_compressed(unfinished, **content)  # type: ignore[arg-type]
        unfinished.replace(arguments.out)
    except OSError as error:
        problem = f"{arguments.out} cannot be written: {error.strerror}"
        raise InputError(problem, "Give --out a place where you may write") from error
    counts = ", ".join(f"{sense} {len(one.truth)}" for sense, one in heard.items())
    print(f"{arguments.out}: {counts}, {arguments.out.stat().st_size / 1e6:.1f} MB")
    return 0
