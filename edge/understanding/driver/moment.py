"""What one picture shows of a driver."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """What was measured; None where it was not.

    Attributes:
        at_s: seconds of CLOCK_MONOTONIC when the light reached the sensor.
        left: height over width of the eye on the left of the picture.
        right: of the eye on the right.
        mouth: height over width of the inner mouth.
        yaw: degrees, positive to the right of the picture.
        pitch: degrees, positive up.
    """

    at_s: float
    left: float | None = None
    right: float | None = None
    mouth: float | None = None
    yaw: float | None = None
    pitch: float | None = None

    @property
    def seen(self) -> bool:
        """Whether there is a face whose pose is known."""
        return self.yaw is not None and self.pitch is not None
