"""Following the person's face from frame to frame: a face that was just seen is not detected anew.

The landmarks of the last frame give the region of the next one, as in MediaPipe's face mesh (Kartynnik et al., 2019,
section 3). The detector is asked again when the landmark score falls, the face leaps or leaves, the scene is cut, or
the last detection is too old: only it sees who else is there, and who is nearest by now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.perception.face.detector import FURTHER, HALF, OVERLAP, Detector, Face, overlap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.perception.face.landmarks import Landmarks, Mesh

LEAST_PRESENCE = 0.5
"""Landmark score below which a face counts as lost (MediaPipe's ``min_tracking_confidence``)."""
FURTHEST_LEAP = 0.5
"""Parts of the face's own size that its middle may move between two frames. The region reaches half as far again as the
face: of one that moved further a part lies outside, and the mesh is drawn to whatever is there."""
MOST_GROWTH = 1.5
"""Factor by which a face may grow or shrink between two frames."""
GLANCE = (20, 15)
"""Columns and rows of the picture that are compared to see a scene cut."""
CUT = 30.0
"""Mean difference in grey levels between two glances that is a cut."""
ROUND = ((HALF,), (0, 1), (2, 3))
"""Further looks of the detector, taken in turn by frames until somebody is seen: an empty room, which is most of a
device's life, takes half the time, a face that is lost holds nobody up, and a distant one is found two frames later at
most."""
HURRIED_NS = 250_000_000
"""Nanoseconds. A new scene that comes later than this after the frame before is looked at everywhere at once: there is
time for it, and of pictures that are shown one by one there may be no other frame."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The person's face in one frame.

    Attributes:
        mesh: its points.
        score: the detector's probability that this is a face, of the last detection.
        size: longer side of the face's box in pixels of the picture.
        others: further faces, at the last detection.
        detected_ns: ``captured_ns`` of the frame of the last detection.
    """

    mesh: Mesh
    score: float
    size: float
    others: int
    detected_ns: int


class Tracker:
    """Finds the largest face and follows it; its buffers are made once.

    Args:
        detector: finds faces in the whole picture.
        landmarks: fits the mesh.
        redetect_s: seconds after which the detector is asked again; 0 asks it in every frame and remembers nothing.
    """

    def __init__(self, detector: Detector, landmarks: Landmarks, redetect_s: float) -> None:
        self._detector = detector
        self._landmarks = landmarks
        self._redetect_ns = round(redetect_s * 1e9)
        self._last: Sight | None = None
        self._glance = np.zeros((GLANCE[1], GLANCE[0], 3), np.uint8)
        self._glance_before = np.zeros_like(self._glance)
        self._shape: tuple[int, ...] = ()
        self._seen_ns = -HURRIED_NS
        self._searched = 0
        """Frames in a row, up to the last one, in which the detector was asked and showed nobody who could be followed,
        in the same scene. What it takes for a face in a dark room comes and goes, and is no reason to begin anew."""
        self.detections = 0
        """Frames in which the detector was asked."""

    @property
    def light(self) -> float:
        """Mean grey level, 0..255, of the picture that the detector looked at last."""
        return self._detector.light

    def see(self, image: NDArray[np.uint8], captured_ns: int) -> Sight | None:
        """The largest face in (height, width, 3) uint8 BGR, or None. Raises ModelError.

        A time that runs backwards, as in another recording, is a reason to detect.
        """
        cut = self._is_cut(image)
        new = cut or not self._redetect_ns
        last = None if new else self._last
        age_ns = 0 if last is None else captured_ns - last.detected_ns
        sight: Sight | None = None
        if last is not None and 0 <= age_ns < self._redetect_ns:
            sight = self._follow(image, last)
        if sight is None:
            further = self._further(captured_ns, new=new)
            sight = self._detect(image, captured_ns, last, further)
            self._searched = 0 if further is FURTHER or _clear(sight) else self._searched + 1
            if sight is None and last is not None and age_ns >= self._redetect_ns and self._searched < len(ROUND):
                sight = self._follow(image, last)  # it may be where the detector has not looked yet
        self._last = sight if _clear(sight) else None
        self._seen_ns = captured_ns
        return sight

    def lose(self) -> None:
        """Forget the face that was followed."""
        self._last = None

    def _further(self, captured_ns: int, *, new: bool) -> tuple[int, ...]:
        """Where the detector looks when the whole picture showed nobody."""
        hurried = 0 <= captured_ns - self._seen_ns < HURRIED_NS
        if new and not (hurried and self._redetect_ns):
            return FURTHER
        if new:
            self._searched = 0
        return ROUND[self._searched % len(ROUND)]

    def _follow(self, image: NDArray[np.uint8], last: Sight) -> Sight | None:
        """The face of the last frame in this one; None when it cannot be told to be the same."""
        mesh = self._landmarks.follow(image, last.mesh, last.size)
        size = last.size * mesh.extent / last.mesh.extent
        leap = np.linalg.norm(mesh.middle - last.mesh.middle)
        if mesh.presence < LEAST_PRESENCE or leap > FURTHEST_LEAP * last.size:
            return None
        if not 1 / MOST_GROWTH < size / last.size < MOST_GROWTH:
            return None
        return Sight(mesh, last.score, size, last.others, last.detected_ns)

    def _detect(
        self, image: NDArray[np.uint8], captured_ns: int, last: Sight | None, further: tuple[int, ...]
    ) -> Sight | None:
        """The largest face of the picture. One that was followed goes on from its own mesh, which jumps less."""
        self.detections += 1
        faces = self._detector.find(image, further)
        if not faces:
            return None
        face = faces[0]
        followed = self._follow(image, last) if last is not None and _same(face, last) else None
        mesh = self._landmarks.fit(image, face) if followed is None else followed.mesh
        return Sight(mesh, face.score, face.size, len(faces) - 1, captured_ns)

    def _is_cut(self, image: NDArray[np.uint8]) -> bool:
        """Whether this picture shows another scene than the one before."""
        self._glance, self._glance_before = self._glance_before, self._glance
        cv2.resize(image, GLANCE, dst=self._glance, interpolation=cv2.INTER_NEAREST)
        shape, self._shape = self._shape, image.shape
        return (
            shape != image.shape or cv2.norm(self._glance, self._glance_before, cv2.NORM_L1) > CUT * self._glance.size
        )


def _clear(sight: Sight | None) -> bool:
    """Whether there is a face that can be followed."""
    return sight is not None and sight.mesh.presence >= LEAST_PRESENCE


def _same(face: Face, last: Sight) -> bool:
    half = last.size / 2
    x, y = last.mesh.middle
    before = np.array([[x - half, y - half, x + half, y + half]], np.float32)
    return bool(overlap(np.array(face.box, np.float32), before)[0] > OVERLAP)
