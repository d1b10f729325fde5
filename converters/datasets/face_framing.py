"""Where faces stand in FER2013's chips, and how far their cues range: whence edge.perception.face has its constants.

``python -m converters.datasets.face_framing --data DIR`` prints them anew.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from converters.datasets.face import Faces, load
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.perception.face import detector, expression, landmarks
from edge.perception.face.alignment import Cropper
from edge.perception.face.cues import brow_raise, eye_openness, smile
from edge.perception.face.detector import Detector
from edge.perception.face.landmarks import Landmarks, Mesh
from edge.perception.face.pose import LEVEL_PITCH, frontal, pose_of
from edge.perception.face.settings import FaceSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

PER_EMOTION = 250
CLEAR = 0.75
"""Part of the votes that the leading emotion must have: faces of which people are sure."""


def chosen(training: Faces) -> NDArray[np.int64]:
    """Rows with up to PER_EMOTION clear faces of each emotion."""
    generator = np.random.default_rng(1)
    clear = [generator.permutation(np.flatnonzero(votes > CLEAR))[:PER_EMOTION] for votes in training.votes.T]
    return np.concatenate(clear)


def meshes(images: NDArray[np.uint8], models: Path) -> Iterator[Mesh]:
    """The mesh of each (48, 48) uint8 chip in which the device finds a face."""
    limits, loaded, cropper = FaceSettings(), Models(models, Cpu()), Cropper()
    find = Detector(loaded.load("face-detect", detector.TASK), limits.least_detection)
    fit = Landmarks(loaded.load("face-landmarks", landmarks.TASK), cropper)
    for image in images:
        picture = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
        faces = find.find(picture)
        mesh = fit.fit(picture, faces[0]) if faces else None
        if mesh is not None and mesh.presence >= limits.least_presence:
            yield mesh


def measured(mesh: Mesh) -> dict[str, float]:
    """What the constants rest on, in pixels of the chip, percent of eye distance and degrees."""
    region = expression.framed(mesh)
    size = expression.SIDE / region.side
    eyes = mesh.picture[[*expression.LEFT_EYE, *expression.RIGHT_EYE]].mean(axis=0)
    middle = (eyes + mesh.picture[list(expression.MOUTH)].mean(axis=0)) / 2
    turned = frontal(mesh.upright)
    return {
        "feature span": expression.FEATURE_SPAN / size,
        "feature middle x": middle[0],
        "feature middle y": middle[1],
        "pitch before levelling": pose_of(mesh.upright, mesh.roll).pitch + LEVEL_PITCH,
        "smile": 100 * smile(turned),
        "brow raise": 100 * brow_raise(turned),
        "eye openness": eye_openness(turned),
    }


def main() -> None:
    """Print the 1st percentile, the median and the 99th percentile of each measure."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds face/fer2013_train_public.npz")
    parser.add_argument("--models", type=Path, default=Path("models"))
    arguments = parser.parse_args()
    training = load(arguments.data).training
    rows = [measured(mesh) for mesh in meshes(training.images[chosen(training)], arguments.models)]
    print(f"{len(rows)} faces")
    for name in rows[0]:
        low, median, high = np.percentile([row[name] for row in rows], [1, 50, 99])
        print(f"{name:24} {low:8.3f} {median:8.3f} {high:8.3f}")


if __name__ == "__main__":
    main()
