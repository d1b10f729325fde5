"""Measured signs of a face, in words and numbers.

Usual and extreme values are the median, the 1st and the 99th percentile over 1,513 FER2013 training faces (up to 250 an
emotion) that went through this detector and this mesh, measured on the points turned to the front by
converters/datasets/face_framing.py. Two are set by hand: the least openness of an eye (all but shut; the 1st
percentile, 0.18, is a hearty smile) and the extremes of the pose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import Cue
from edge.perception.face.pose import Pose, frontal

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Points of MediaPipe's face mesh (canonical_face_model_uv_visualization.png); left and right as seen in the picture.
EYES = ((33, 160, 158, 133, 153, 144), (263, 387, 385, 362, 380, 373))
"""Outer corner, two points of the upper lid, inner corner, the two of the lower lid below them."""
UPPER_LIDS = ((159, 158, 160), (386, 385, 387))
BROWS = ((105, 66, 52), (334, 296, 282))
INNER_LIPS = (13, 14)
INNER_CORNERS = (78, 308)
MOUTH_CORNERS = (61, 291)
LEFT_EYE, RIGHT_EYE, MOUTH = "left eye", "right eye", "mouth opening"
"""Names of the cues that tell how a driver is; left and right as seen in the picture."""
NOTABLE = 0.5
"""From this strength on a cue is told as more than usual."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How to tell one value: its usual, what is extremely little or much, and words for little, usual and much."""

    name: str
    unit: str
    usual: float
    low: float
    high: float
    little: str
    plain: str
    much: str

    def cue(self, value: float) -> Cue:
        """The cue for ``value``."""
        far = self.high - self.usual if value > self.usual else self.usual - self.low
        strength = min(abs(value - self.usual) / far, 1.0)
        phrase = self.plain
        if strength >= NOTABLE:
            phrase = self.much if value > self.usual else self.little
        return Cue(self.name, round(value, 3), self.unit, phrase, round(strength, 3))


SMILE = Scale("smile", "% of eye distance", -0.7, -3.6, 5.5, "mouth corners down", "mouth corners level", "smiling")
BROW = Scale("brow raise", "% of eye distance", 20.2, 14.8, 27.1, "brows lowered", "brows at rest", "brows raised")
EYE = Scale("eye openness", "height/width", 0.276, 0.12, 0.355, "eyes narrowed", "eyes open", "eyes wide open")
YAW = Scale(
    "head yaw", "°", 0.0, -45.0, 45.0, "head turned to the left", "facing the camera", "head turned to the right"
)
PITCH = Scale("head pitch", "°", 0.0, -30.0, 30.0, "head bowed", "head level", "head raised")
ROLL = Scale(
    "head roll", "°", 0.0, -45.0, 45.0, "head leaning to the left", "head upright", "head leaning to the right"
)

OTHERS = "other faces"
"""Name of the cue that says how many further faces are in view."""
UNFEELING = frozenset({YAW.name, PITCH.name, ROLL.name, LEFT_EYE, RIGHT_EYE, MOUTH})
"""Names of cues that tell where a head looks and whether somebody is awake."""


def cues_of(points: NDArray[np.float32], pose: Pose, others: int) -> tuple[Cue, ...]:
    """Cues of one face, the most notable first.

    Args:
        points: (468, 3) upright mesh points.
        pose: of the same face.
        others: further faces in view.
    """
    turned = frontal(points)
    cues = [
        SMILE.cue(100 * smile(turned)),
        BROW.cue(100 * brow_raise(turned)),
        EYE.cue(eye_openness(turned)),
        YAW.cue(pose.yaw),
        PITCH.cue(pose.pitch),
        ROLL.cue(pose.roll),
    ]
    cues += company(others)
    return tuple(sorted(cues, key=lambda cue: -cue.strength))


def company(others: int) -> tuple[Cue, ...]:
    """That further faces are in view; nothing where there are none."""
    if not others:
        return ()
    phrase = "another face in view" if others == 1 else f"{others} other faces in view"
    return (Cue(OTHERS, float(others), "faces", phrase, NOTABLE),)


def pose_cues(pose: Pose) -> tuple[Cue, ...]:
    """How the head is turned, whatever else can be seen of it."""
    return YAW.cue(pose.yaw), PITCH.cue(pose.pitch), ROLL.cue(pose.roll)


def driver_cues(points: NDArray[np.float32], eyes: tuple[float, float]) -> tuple[Cue, ...]:
    """What tells whether somebody is awake; of no strength, since it says nothing about a feeling.

    A part that looks flat is measured all the same: so does a lid that is shut.

    Args:
        points: (468, 3) upright mesh points.
        eyes: height over width of the eyes on the left and on the right of the picture.
    """
    values = ((LEFT_EYE, eyes[0]), (RIGHT_EYE, eyes[1]), (MOUTH, mouth_opening(points)))
    return tuple(Cue(name, round(value, 3), "height/width", name, 0.0) for name, value in values)


def mouth_opening(points: NDArray[np.float32]) -> float:
    """Distance of the inner lips over that of the inner corners of the mouth, of (468, 3) points.

    About 0.1 closed or smiling; of 1,418 FER2013 training faces the 95th percentile is 0.35, the 99th, screaming, 0.44.
    """
    (upper, lower), (left, right) = points[list(INNER_LIPS)], points[list(INNER_CORNERS)]
    return float(np.linalg.norm(upper - lower) / max(float(np.linalg.norm(right - left)), 1e-6))


def smile(points: NDArray[np.float64]) -> float:
    """How far the mouth's corners stand above the middle of the inner lips, in eye distances."""
    return float(points[list(INNER_LIPS), 1].mean() - points[list(MOUTH_CORNERS), 1].mean())


def brow_raise(points: NDArray[np.float64]) -> float:
    """How far the brows stand above the upper lids, in eye distances; the mean of both sides."""
    heights = [
        points[list(lid), 1].mean() - points[list(brow), 1].mean() for lid, brow in zip(UPPER_LIDS, BROWS, strict=True)
    ]
    return float(np.mean(heights))


def eye_openness(points: NDArray[np.float64]) -> float:
    """Height of the eye over its width, the mean of both eyes.

    Source: Soukupová & Čech, Real-Time Eye Blink Detection using Facial Landmarks, 2016, equation 1.
    """
    ratios = []
    for outer, upper_1, upper_2, inner, lower_2, lower_1 in EYES:
        height = np.linalg.norm(points[upper_1] - points[lower_1]) + np.linalg.norm(points[upper_2] - points[lower_2])
        ratios.append(height / (2 * np.linalg.norm(points[outer] - points[inner])))
    return float(np.mean(ratios))
