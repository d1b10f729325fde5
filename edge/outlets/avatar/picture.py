"""When another picture of the face is worth sending."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.outlets.avatar.bearing import Bearing
    from edge.outlets.avatar.looks import Pose
    from edge.outlets.avatar.settings import AvatarSettings


class Gallery:
    """Remembers the pose that was shown last. Not thread-safe."""

    def __init__(self, settings: AvatarSettings) -> None:
        self._settings = settings
        self._shown: Pose | None = None
        self._at = -inf

    def adopt(self, settings: AvatarSettings) -> None:
        """Go on with other settings; the next picture shows their colours."""
        self._settings = settings
        self._shown = None

    def due(self, bearing: Bearing, now: float) -> Pose | None:
        """The pose to show, and it then counts as shown; None while nothing new can be seen, or it is too soon.

        With the words for a crisis the picture stays as it is: that they were said is nobody's business.
        """
        if now - self._at < self._settings.image_interval_s or bearing.private(now):
            return None
        pose = bearing.pose(now)
        if self._shown is not None and apart(self._shown, pose) < self._settings.image_change:
            return None
        self._shown, self._at = pose, now
        return pose


def apart(one: Pose, other: Pose) -> float:
    """How far that part of two poses is apart that is furthest."""
    return max(abs(a - b) for a, b in zip(one.numbers, other.numbers, strict=True))
