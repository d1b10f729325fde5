"""How the head is turned, and the face as it would look from the front."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.perception.face.landmarks import OUTER_EYES

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOREHEAD, CHIN = 10, 152
"""Top and bottom of the face oval in MediaPipe's face mesh (canonical_face_model_uv_visualization.png)."""
LEVEL_PITCH = -8.7
"""Degrees of pitch that the points of a level face show, since chin and forehead are not in one upright plane: the
median over 1,513 FER2013 training faces (converters/datasets/face_framing.py)."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Degrees.

    ``yaw`` is positive when the face looks to the right of the picture, ``pitch`` when it looks up, ``roll`` when the
    head leans clockwise as seen in the picture.
    """

    yaw: float
    pitch: float
    roll: float


def axes(points: NDArray[np.float32]) -> NDArray[np.float64]:
    """(3, 3) rows: the head's own right, down and back as seen from the camera, from (468, 3) mesh points."""
    right = (points[OUTER_EYES[1]] - points[OUTER_EYES[0]]).astype(np.float64)
    right /= np.linalg.norm(right)
    down = (points[CHIN] - points[FOREHEAD]).astype(np.float64)
    down -= right * (down @ right)
    down /= np.linalg.norm(down)
    return np.stack([right, down, np.cross(right, down)])


def pose_of(points: NDArray[np.float32], region_roll: float) -> Pose:
    """The pose from (468, 3) upright points and the roll, in degrees, that made them upright."""
    right, down, _ = axes(points)
    yaw = np.degrees(np.arctan2(right[2], np.hypot(right[0], right[1])))
    pitch = -np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1]))) - LEVEL_PITCH
    roll = region_roll + np.degrees(np.arctan2(right[1], right[0]))
    return Pose(float(yaw), float(pitch), float((roll + 180) % 360 - 180))


def frontal(points: NDArray[np.float32]) -> NDArray[np.float64]:
    """(468, 3) points turned to the front: origin between the outer corners of the eyes, their distance is 1."""
    outer = points[list(OUTER_EYES)].astype(np.float64)
    return np.asarray((points - outer.mean(axis=0)) @ axes(points).T / np.linalg.norm(outer[1] - outer[0]))
