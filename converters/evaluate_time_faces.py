"""Real faces as a camera sees them for a while: each through the device's own face sense, picture after picture.

A face of FER+ stands still before a camera that is no ideal one: head and hand sway, light flickers, the sensor has
noise. Every picture goes through detector, mesh, framing, expression net and the judge of quality.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from converters.answers import with_progress
from converters.arrays import read, replaced
from converters.datasets.face import load
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import EMOTIONS
from edge.errors import InputError
from edge.perception.face.perceiver import FacePerceiver
from edge.perception.face.settings import FaceSettings
from edge.sensors.signals import Frame

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PER_EMOTION = 40
PICTURES = 24
"""Pictures of each face."""
STEP_NS = 100_000_000
ABSENT_NS = 10_000_000_000
"""Between two faces, so that the second is detected anew."""
SEED = 6

# What a still face is from one picture to the next. Ours, stated so that they can be doubted: a web camera indoors.
SIZE = (240, 320)
GROWN = 3.5
"""Times a chip of 48 pixels is enlarged: a face of 168 pixels at about a metre."""
SWAY, TURN, NEARING = 1.5, 1.0, 0.01
"""Standard deviations: pixels, degrees, part of the size."""
FLICKER, NOISE = 0.03, 4.0
"""Standard deviations: part of the brightness, grey levels of each pixel."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the face sense said of faces that it could read.

    Attributes:
        label: (n,) int64, the emotion with most FER+ votes.
        probabilities: (n, PICTURES, 7) float32, each row sums to 1.
        quality: (n, PICTURES) float32 in 0..1; 0 where the sense abstained.
        faces: how many were tried.
    """

    label: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    quality: NDArray[np.float32]
    faces: int

    def save(self, path: Path) -> None:
        """Write what was said, and nothing of a picture, to a .npz file."""
        with path.open("wb") as file:  # by its name, numpy would add a suffix to it
            np.savez(
                file,
                label=self.label,
                probabilities=self.probabilities,
                quality=self.quality,
                faces=np.array(self.faces),
            )


def seen(data: Path, models: Path, cache: Path | None = None) -> Seen:
    """PER_EMOTION clear faces of each emotion of PublicTest, PICTURES of each; those mostly read, the others counted.

    Args:
        data: the folder that holds ``face/fer2013_train_public.npz``.
        models: the folder with one folder per model.
        cache: a .npz file that keeps the result for the next run; nothing of a picture is in it.

    Raises:
        InputError: the data is missing or is not such a file, or no face of it can be read.
        ModelError: a model is missing or does not fit.
    """
    if cache is not None and cache.is_file():
        arrays = read(cache)
        if set(arrays) != {"label", "probabilities", "quality", "faces"}:
            problem = f"{cache} has {', '.join(sorted(arrays))}"
            raise InputError(problem, "It is no cache of this command; give --cache another path")
        return Seen(arrays["label"], arrays["probabilities"], arrays["quality"], int(arrays["faces"]))
    found = _perceived(data, models)
    if cache is not None:
        cache.parent.mkdir(parents=True, exist_ok=True)
        replaced(cache, found.save)
    return found


def picture(chip: NDArray[np.uint8], generator: np.random.Generator) -> NDArray[np.uint8]:
    """(height, width, 3) uint8: a (48, 48) chip before the camera at one moment."""
    height, width = SIZE
    grown = GROWN * (1 + generator.normal(0, NEARING))
    place = cv2.getRotationMatrix2D((chip.shape[1] / 2, chip.shape[0] / 2), generator.normal(0, TURN), grown)
    x, y = generator.normal(0, SWAY, 2)
    place[:, 2] += (width / 2 - chip.shape[1] / 2 + x, height / 2 - chip.shape[0] / 2 + y)
    warped = cv2.warpAffine(chip, place, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    light = warped * (1 + generator.normal(0, FLICKER)) + generator.normal(0, NOISE, warped.shape)
    grey = np.clip(np.rint(light), 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)


def _perceived(data: Path, models: Path) -> Seen:
    test = load(data).test
    generator = np.random.default_rng(SEED)
    rows = np.concatenate(
        [generator.permutation(np.flatnonzero(test.ferplus == each))[:PER_EMOTION] for each in range(len(EMOTIONS))]
    )
    perceiver = FacePerceiver(FaceSettings(), Models(models, Cpu()))
    perceiver.attach()
    now_ns, labels, probabilities, quality = 0, [], [], []
    for row in with_progress(rows.tolist(), "faces"):
        now_ns += ABSENT_NS
        said = np.full((PICTURES, len(EMOTIONS)), 1 / len(EMOTIONS), np.float32)
        worth = np.zeros(PICTURES, np.float32)
        for number in range(PICTURES):
            now_ns += STEP_NS
            reading = perceiver.perceive(Frame(picture(test.images[row], generator), now_ns))
            if reading.affect is not None:
                said[number], worth[number] = reading.affect.probabilities, reading.quality
        if (worth > 0).mean() > 0.5:  # noqa: PLR2004 - mostly
            labels.append(int(test.ferplus[row]))
            probabilities.append(said)
            quality.append(worth)
    if not labels:
        problem = f"none of {len(rows)} faces of PublicTest in {data} can be read by the face sense"
        raise InputError(problem, "Use FER2013 as docs/datasets.md says, and the models of this version")
    return Seen(np.array(labels, np.int64), np.array(probabilities), np.array(quality), len(rows))
