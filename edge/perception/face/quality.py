"""Whether a face can be read at all, and how well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.perception.face.pose import Pose
    from edge.perception.face.settings import FaceSettings

BURNT = 250
"""Grey level from which a pixel holds no detail."""
PARTS = {"left eye": np.s_[16:21, 9:22], "right eye": np.s_[16:21, 26:39], "mouth": np.s_[33:41, 15:33]}
"""Where eyes (as seen in the picture) and mouth stand in an aligned 48-pixel chip."""

# Where quality is full again, beyond each limit: medians or better of 700 FER2013 training chips.
GOOD_DETECTION = 0.75
GOOD_PRESENCE = 0.95
GOOD_SIZES = 3.0
"""Times the least size."""
GOOD_LIGHT = 45.0
"""Grey levels inside the darkest and the brightest."""
GOOD_SHARPNESS = 4.0
"""Times the least sharpness."""
GOOD_POSE = 0.5
"""Part of the most degrees."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What is measured on one face; units as in FaceSettings."""

    detection: float
    presence: float
    size: float
    light: float
    burnt: float
    sharpness: float
    texture: float
    flattest: str
    pose: Pose


class Judge:
    """Measures an aligned chip and holds it against the settings; its buffer is made once."""

    def __init__(self, settings: FaceSettings) -> None:
        self._settings = settings
        self._edges = np.zeros((48, 48), np.int16)

    def signs(self, chip: NDArray[np.uint8], *, detection: float, presence: float, size: float, pose: Pose) -> Signs:
        """The signs of a face whose aligned chip is (48, 48) uint8."""
        spread = max(float(chip.std()), 1.0)
        cv2.Laplacian(chip, cv2.CV_16S, dst=self._edges)
        sharpness = float(self._edges.var()) / spread**2
        textures = {name: float(chip[part].std()) / spread for name, part in PARTS.items()}
        flattest = min(textures, key=textures.__getitem__)
        burnt = float(np.count_nonzero(chip >= BURNT)) / chip.size
        light = float(chip.mean())
        return Signs(detection, presence, size, light, burnt, sharpness, textures[flattest], flattest, pose)

    def reason(self, signs: Signs) -> str | None:
        """Why the face is not read, in plain words; None when it is."""
        limits, pose = self._settings, signs.pose
        turned = "the face is turned away"
        findings = (
            *self._blinding(signs),
            (abs(pose.yaw) > limits.most_yaw, f"{turned} ({abs(pose.yaw):.0f}° to the {_side(pose.yaw)})"),
            (
                abs(pose.pitch) > limits.most_pitch,
                f"{turned} ({abs(pose.pitch):.0f}° {'up' if pose.pitch > 0 else 'down'})",
            ),
            (
                abs(pose.roll) > limits.most_roll,
                f"{turned} (leaning by {abs(pose.roll):.0f}° to the {_side(pose.roll)})",
            ),
            (signs.texture < limits.least_texture, f"the face is covered (nothing to see at the {signs.flattest})"),
        )
        return next((sentence for failed, sentence in findings if failed), None)

    def blind(self, signs: Signs) -> bool:
        """Whether not even a single part of the face can be measured; its pose may be, where there is a mesh."""
        return any(failed for failed, _ in self._blinding(signs))

    def _blinding(self, signs: Signs) -> tuple[tuple[bool, str], ...]:
        limits = self._settings
        return (
            (
                signs.size < limits.least_size,
                f"the face is too small ({signs.size:.0f} pixels, {limits.least_size:.0f} are needed)",
            ),
            (signs.light < limits.darkest, "it is too dark to see a face"),
            (signs.light > limits.brightest or signs.burnt > limits.most_burnt, "the face is over-exposed"),
            (signs.sharpness < limits.least_sharpness, "the face is too blurred"),
            (signs.presence < limits.least_presence, "the face is covered or cannot be made out"),
        )

    def quality(self, signs: Signs) -> float:
        """0 at a limit, 1 well inside all of them: the worst sign decides."""
        limits, pose = self._settings, signs.pose
        return min(
            _rise(signs.detection, limits.least_detection, GOOD_DETECTION),
            _rise(signs.presence, limits.least_presence, GOOD_PRESENCE),
            _rise(signs.size, limits.least_size, limits.least_size * GOOD_SIZES),
            _rise(signs.light, limits.darkest, limits.darkest + GOOD_LIGHT),
            _rise(-signs.light, -limits.brightest, -limits.brightest + GOOD_LIGHT),
            _rise(-signs.burnt, -limits.most_burnt, 0.0),
            _rise(signs.sharpness, limits.least_sharpness, limits.least_sharpness * GOOD_SHARPNESS),
            _rise(-abs(pose.yaw), -limits.most_yaw, -limits.most_yaw * GOOD_POSE),
            _rise(-abs(pose.pitch), -limits.most_pitch, -limits.most_pitch * GOOD_POSE),
            _rise(-abs(pose.roll), -limits.most_roll, -limits.most_roll * GOOD_POSE),
        )


def _side(degrees: float) -> str:
    return "right" if degrees > 0 else "left"


def _rise(value: float, limit: float, good: float) -> float:
    """0 up to ``limit``, 1 from ``good`` on, a straight line between."""
    if value >= good:
        return 1.0
    return 0.0 if value <= limit else (value - limit) / (good - limit)
