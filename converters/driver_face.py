"""A driver's face for measuring: the real mesh and the real lids of a portrait, moved in known ways.

The points are those that the nets of the device found on the picture. Lids are closed and the mouth is opened by moving
their points, the head is turned in three dimensions, each point is given noise of its own; the device's own code
makes cues of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import Reading, Sense
from edge.errors import InputError
from edge.perception.face import detector, eyes, landmarks
from edge.perception.face.alignment import Cropper
from edge.perception.face.cues import INNER_CORNERS, INNER_LIPS, driver_cues, mouth_opening, pose_cues
from edge.perception.face.detector import Detector
from edge.perception.face.eyes import INNER, LOWER, MARGIN, OUTER, SIDE, UPPER, Eyes, openness_of
from edge.perception.face.landmarks import OUTER_EYES, Landmarks
from edge.perception.face.perceiver import NO_FACE, NOT_ASKED
from edge.perception.face.pose import CHIN, FOREHEAD, pose_of
from edge.sensors.picture import read_picture
from edge.understanding.driver.settings import SHUT_SHOWS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.accelerators.model import Models

MESH_NOISE = 0.5
"""Standard deviation of each coordinate of the mesh, in pixels of its 192-pixel region."""
LID_NOISE = 0.5
"""… and of the lids, in pixels of the eye's 64-pixel region."""
LOST = 62.0
"""Degrees of yaw from which no face is found any more."""
USED = (*OUTER_EYES, FOREHEAD, CHIN, *INNER_LIPS, *INNER_CORNERS)


@dataclass(frozen=True, slots=True)
class Look:
    """What a driver does at one moment.

    Attributes:
        closed: 0 eyes open, 1 shut.
        mouth: height over width of the inner mouth.
        yaw: degrees from straight into the camera.
        pitch: degrees, positive up.
        seen: False where something hides the face.
    """

    closed: float = 0.0
    mouth: float = 0.08
    yaw: float = 0.0
    pitch: float = 0.0
    seen: bool = True


class DriverFace:
    """The portrait's points, and Readings of them in any posture."""

    def __init__(self, mesh: NDArray[np.float32], outlines: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
        """From (468, 3) upright mesh points and two outlines of (71, 2) points."""
        self._mesh = mesh - mesh.mean(axis=0)
        self._outlines = tuple(_sized(outline) for outline in outlines)
        level = pose_of(self._mesh, 0.0)
        self._mesh = _turned(self._mesh, -level.yaw, -level.pitch)

    @classmethod
    def of(cls, portrait: Path, models: Models) -> DriverFace:
        """Fit the device's nets to the largest face of a picture. Raises InputError when there is none."""
        picture, cropper = read_picture(portrait), Cropper()
        faces = Detector(models.load("face-detect", detector.TASK), 0.5).find(picture)
        if not faces:
            problem = f"no face is found in {portrait}"
            raise InputError(problem, "Give a picture of one face")
        mesh = Landmarks(models.load("face-landmarks", landmarks.TASK), cropper).fit(picture, faces[0])
        net = Eyes(models.load(eyes.NAME, eyes.TASK), cropper)
        left, right = net.outlines(picture, mesh)
        return cls(mesh.upright, (left, right))

    def reading(
        self,
        at_s: float,
        look: Look,
        random: np.random.Generator,
        *,
        narrow: float = 1.0,
        hidden: int | None = None,
    ) -> Reading:
        """What the face sense of a device that watches for drowsiness alone would give.

        Args:
            at_s: seconds, the time of capture.
            look: what the driver does.
            random: of the noise.
            narrow: factor of the height of the open eye: a driver with small eyes.
            hidden: 0 or 1: a dark glass is before that eye; its points stay where open lids mostly are.
        """
        captured_ns = round(at_s * 1e9)
        if not look.seen or abs(look.yaw) >= LOST:
            return Reading(Sense.FACE, captured_ns, None, 0.0, reason=NO_FACE)
        points = self._mesh.copy()
        _open_mouth(points, look.mouth)
        points = _turned(points, look.yaw, look.pitch)
        points[list(USED)] += random.normal(0, MESH_NOISE, (len(USED), 3)).astype(np.float32)
        left, right = (self._openness(side, 0.0 if side == hidden else look.closed, narrow, random) for side in (0, 1))
        cues = (*pose_cues(pose_of(points, 0.0)), *driver_cues(points, (left, right)))
        return Reading(Sense.FACE, captured_ns, None, 0.0, cues, NOT_ASKED)

    def _openness(self, side: int, closed: float, narrow: float, random: np.random.Generator) -> float:
        points = self._outlines[side].copy()
        kept = narrow * (1 - closed * (1 - SHUT_SHOWS))
        upper, lower = list(UPPER), list(LOWER)
        points[upper] = points[lower] + kept * (points[upper] - points[lower])
        points += random.normal(0, LID_NOISE, points.shape).astype(np.float32)
        return openness_of(points)


def _sized(outline: NDArray[np.float64]) -> NDArray[np.float32]:
    """An eye as large as it is in the net's region, so that noise is in the same pixels."""
    wide = float(np.linalg.norm(outline[OUTER] - outline[INNER]))
    return np.asarray(outline * (SIDE / MARGIN / wide), np.float32)


def _open_mouth(points: NDArray[np.float32], wanted: float) -> None:
    """Move the lower lip down until the inner mouth has the height ``wanted``, over its width."""
    lower = INNER_LIPS[1]
    left, right = INNER_CORNERS
    width = float(np.linalg.norm(points[right] - points[left]))
    points[lower, 1] += (wanted - mouth_opening(points)) * width


def _turned(points: NDArray[np.float32], yaw: float, pitch: float) -> NDArray[np.float32]:
    """(n, 3) points nodded by ``pitch``, then turned by ``yaw`` degrees, as ``pose_of`` counts them."""
    up, side = np.radians(pitch), np.radians(yaw)
    nod = np.array([[1, 0, 0], [0, np.cos(up), np.sin(up)], [0, -np.sin(up), np.cos(up)]])
    turn = np.array([[np.cos(side), 0, -np.sin(side)], [0, 1, 0], [np.sin(side), 0, np.cos(side)]])
    return np.asarray(points @ (turn @ nod).T, np.float32)
