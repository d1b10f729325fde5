"""Style vectors of faces: how far brows, lids and mouth of FER2013's pictures are from rest, by the device's mesh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from converters.answers import with_progress
from converters.datasets.face import load
from converters.expression.vectors import Vectors
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import EMOTIONS, Emotion
from edge.perception.face import detector, landmarks
from edge.perception.face.alignment import Cropper
from edge.perception.face.cues import INNER_LIPS, MOUTH_CORNERS, brow_raise, eye_openness, mouth_opening
from edge.perception.face.detector import Detector
from edge.perception.face.landmarks import Landmarks, Mesh
from edge.perception.face.pose import frontal, pose_of
from edge.perception.face.settings import FaceSettings

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SIDE = 192
"""Pixels to which the chips of 48 are enlarged: the side of the mesh's own input."""
CLEAR = 0.5
"""Part of the FER+ votes above which an emotion is taken as the picture's."""
MOST = 1200
"""Pictures of one emotion, of each part of the set."""
MOST_TURN = 20.0
"""Degrees of yaw and pitch: of a face turned further one brow is foreshortened, and a chip is too small for it."""
INNER = (107, 336)
INNER_CORNERS = (133, 362)
"""Inner ends of the brows, and inner corners of the eyes (canonical_face_model_uv_visualization.png)."""
LOWER_LIP = 0.3
"""Part of the mouth's opening by which its corners go down of themselves when the jaw drops: slope over some 1,600
FER2013 training faces that are not happy. The device's cue takes half: there a shout is half a smile."""
TRAINING, TEST = "Training", "PublicTest"
NEUTRAL = EMOTIONS.index(Emotion.NEUTRAL)
LOW, HIGH = 1.0, 99.0
"""Percentiles that are called extreme, as in ``edge.perception.face.cues``."""
MOUTH = 4
"""Place of the mouth's opening, which has no less than closed."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Rest and extremes of each measure (5,): 0, -1 and 1 of a Look."""

    rest: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, values: Floats, emotion: NDArray[np.int64]) -> Scale:
        """Rest is the median of neutral faces, the extremes are percentiles over all, each emotion counting the same.

        What lies between rest and an extreme must differ, or a measure says nothing.
        """
        rest = np.median(values[emotion == NEUTRAL], axis=0)
        kinds = np.unique(emotion)
        fewest = 200
        drawn = [np.random.default_rng(0).choice(np.flatnonzero(emotion == kind), fewest) for kind in kinds]
        low, high = np.percentile(values[np.concatenate(drawn)], [LOW, HIGH], axis=0)
        low[MOUTH] = rest[MOUTH] - (high[MOUTH] - rest[MOUTH])
        return cls(rest, low, high)

    def __call__(self, values: Floats) -> Floats:
        """(n, 5) measures as parts of the way from rest to the extreme on their side."""
        far = values - self.rest
        return np.where(far > 0, far / (self.high - self.rest), far / (self.rest - self.low))


def read(data: Path, models: Path, seed: int = 0) -> Vectors:
    """The vectors of up to MOST clear pictures an emotion of Training and PublicTest; ``group`` is that part.

    The scale is Training's. Raises InputError as ``load`` does, and ModelError where the device's models are not there.
    """
    split = load(data)
    mesher = _Mesher(models)
    measures, emotions, groups = [], [], []
    for name, faces in ((TRAINING, split.training), (TEST, split.test)):
        generator = np.random.default_rng(seed)
        clear = [generator.permutation(np.flatnonzero(votes > CLEAR))[:MOST] for votes in faces.votes.T]
        chosen = np.concatenate(clear)
        for row in with_progress(chosen.tolist(), f"faces of {name}"):
            mesh = mesher.mesh(faces.images[row])
            if mesh is not None:
                measures.append(measured(mesh))
                emotions.append(int(faces.votes[row].argmax()))
                groups.append(name)
    values, emotion, group = np.array(measures), np.array(emotions), np.array(groups)
    scale = Scale.of(values[group == TRAINING], emotion[group == TRAINING])
    return Vectors(scale(values).astype(np.float32), emotion, group)


class _Mesher:
    """The device's detector and mesh on enlarged chips; None where either fails or the head is turned."""

    def __init__(self, models: Path) -> None:
        self._limits, loaded, cropper = FaceSettings(), Models(models, Cpu()), Cropper()
        self._find = Detector(loaded.load("face-detect", detector.TASK), self._limits.least_detection)
        self._fit = Landmarks(loaded.load("face-landmarks", landmarks.TASK), cropper)

    def mesh(self, chip: NDArray[np.uint8]) -> Mesh | None:
        large = cv2.resize(chip, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        picture = np.asarray(cv2.cvtColor(large, cv2.COLOR_GRAY2BGR), np.uint8)
        faces = self._find.find(picture)
        mesh = self._fit.fit(picture, faces[0]) if faces else None
        if mesh is None or mesh.presence < self._limits.least_presence:
            return None
        pose = pose_of(mesh.upright, mesh.roll)
        return mesh if max(abs(pose.yaw), abs(pose.pitch)) <= MOST_TURN else None


def measured(mesh: Mesh) -> list[float]:
    """Brows, inner brows, lids, smile and mouth, in the order of Look: eye distances, the rest height over width."""
    turned = frontal(mesh.upright)
    return [
        brow_raise(turned),
        inner_brows(turned),
        eye_openness(turned),
        corner_lift(turned),
        mouth_opening(mesh.upright),
    ]


def inner_brows(points: Floats) -> float:
    """How far the brows' inner ends are up and apart, in eye distances; the mean of both sides.

    Up is above the inner corners of the eyes, apart is from the middle. FACS: unit 1 raises them, 4 draws them together
    and down (Ekman & Friesen, 1978).
    """
    ends = points[list(INNER)]
    up = points[list(INNER_CORNERS), 1].mean() - ends[:, 1].mean()
    return float(up + np.linalg.norm(ends[0] - ends[1]) / 2)


def corner_lift(points: Floats) -> float:
    """How far the mouth's corners stand above where an unmoved mouth of this opening has them, in eye distances."""
    upper, lower = points[list(INNER_LIPS), 1]
    return float(upper + LOWER_LIP * (lower - upper) - points[list(MOUTH_CORNERS), 1].mean())
