"""FER2013 chips as the device would cut them: through its own detector, mesh and framing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from converters.arrays import replaced
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.perception.face import detector, landmarks
from edge.perception.face.alignment import Cropper
from edge.perception.face.detector import Detector
from edge.perception.face.expression import Chipper
from edge.perception.face.landmarks import Landmarks
from edge.perception.face.settings import FaceSettings

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def aligned(images: NDArray[np.uint8], models: Path, cache: Path) -> NDArray[np.uint8]:
    """(n, 48, 48) uint8 chips cut anew; where no face is found in one, it stays as it is.

    Args:
        images: (n, 48, 48) uint8.
        models: the folder with the fetched detector and landmark files.
        cache: a .npy file that keeps the result for the next run.

    Raises:
        ModelError: the detector or the landmark net is missing.
    """
    if cache.is_file():
        kept: NDArray[np.uint8] = np.load(cache)
        if kept.shape == images.shape:
            return kept
    from tqdm import tqdm

    limits = FaceSettings()
    loaded = Models(models, Cpu())
    find = Detector(loaded.load("face-detect", detector.TASK), limits.least_detection)
    cropper = Cropper()
    chipper = Chipper(cropper)
    fit = Landmarks(loaded.load("face-landmarks", landmarks.TASK), cropper)
    chips = images.copy()
    for row, image in enumerate(tqdm(images, desc="align", mininterval=5)):
        picture = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
        faces = find.find(picture)
        mesh = fit.fit(picture, faces[0]) if faces else None
        if mesh is not None and mesh.presence >= limits.least_presence:
            chips[row] = chipper.chip(picture, mesh)
    cache.parent.mkdir(parents=True, exist_ok=True)
    replaced(cache, lambda part: np.save(part, chips))
    return chips
