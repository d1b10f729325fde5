"""What every camera that is a device has in common: a thread that waits for it, upright pictures, and their health."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from edge.affect import Sense
from edge.errors import SensorError
from edge.sensors.health import FrameHealth
from edge.sensors.pump import Pump
from edge.sensors.signals import Frame
from edge.sensors.turn import Turn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edge.sensors.settings import CameraSettings

log = logging.getLogger(__name__)

SMALLEST, LARGEST = 32, 8192
"""Pixels of a side. A driver that grants less or more is broken, or is no camera."""


Due = Callable[[int], bool]


def always(_captured_ns: int) -> bool:
    """Every picture is wanted."""
    return True


@dataclass(frozen=True, slots=True)
class Mode:
    """What was asked of a camera, or what it granted, which need not be the same. ``format`` is a FOURCC, in words."""

    width: int
    height: int
    fps: float
    format: str = "unknown"

    def __str__(self) -> str:
        """For the log: "640×480 MJPG at 15 frames per second"."""
        return f"{self.width}×{self.height} {self.format} at {self.fps:g} frames per second"


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture as a device gave it: (height, width, 3) uint8 BGR, when it was taken, and whether it is news."""

    image: NDArray[np.uint8]
    captured_ns: int
    fresh: bool


class Device(Protocol):
    """An open camera. ``pull`` and ``close`` belong to the pump's thread."""

    asked: Mode
    mode: Mode

    def pull(self, health: FrameHealth, due: Due) -> Shot | None:
        """The next picture, judged by ``health``; None when there is none or it is not ``due``. Raises SensorGone."""
        ...

    def close(self) -> None:
        """Close the camera."""
        ...


class LiveCamera(ABC):
    """Pictures from a device. It is opened by ``attach`` and closed by ``stop``; nothing else touches it.

    A frozen picture is not handed on, and a camera that stays frozen is lost: whoever reads opens it anew.

    Args:
        settings: the table [camera].
        due: told the time of each picture, in CLOCK_MONOTONIC ns, says whether it is wanted; asked before decoding.
    """

    sense = Sense.FACE
    live = True

    def __init__(self, settings: CameraSettings, *, due: Due = always) -> None:
        self.source = f"camera {settings.source}"
        self.asked: Mode | None = None
        self.mode: Mode | None = None
        self._settings = settings
        self._due = due
        self._health = FrameHealth(settings.health, self.source)
        self._turn = Turn(settings)
        self._pump: Pump[Shot] | None = None

    def attach(self) -> None:
        """Open the camera and negotiate. Raises SensorGone when it is not there, SensorError when it is refused."""
        self.stop()
        device = self._open()
        self.asked, self.mode = device.asked, device.mode
        try:
            _refuse_absurd(self.source, device.mode)
        except SensorError:
            device.close()
            raise
        log.info("%s grants %s; asked were %s", self.source, device.mode, device.asked)
        if device.asked.format != device.mode.format:
            log.warning("%s does not send %s but %s", self.source, device.asked.format, device.mode.format)
        health, due = self._health, self._due
        health.begin(device.mode.width, device.mode.height, time.monotonic_ns())

        def pull() -> Shot | None:
            return device.pull(health, due)

        self._pump = Pump(self.source, pull, device.close, newest_wins=True, stall_s=self._settings.stall_s)
        self._pump.start()

    def read(self) -> Frame | None:
        """The newest picture, upright. Its image is not written again while anyone holds it. Raises SensorGone."""
        pump = self._pump
        while pump is not None:
            shot = pump.take()
            if shot is None:
                return None
            if shot.fresh:
                return Frame(self._turn(shot.image), shot.captured_ns)
            if self._health.give_up():
                raise self._health.gone()
        return None

    def stop(self) -> None:
        """Close the camera."""
        pump, self._pump = self._pump, None
        if pump is not None:
            pump.stop()
            self._health.end()

    def condition(self) -> str | None:
        """What is wrong with its pictures, and the remedy; None when nothing is."""
        return self._health.condition()

    @abstractmethod
    def _open(self) -> Device:
        """Open the device and negotiate. Raises SensorGone when it is not there, SensorError when it is refused."""


def _refuse_absurd(source: str, mode: Mode) -> None:
    if all(SMALLEST <= side <= LARGEST for side in (mode.width, mode.height)):
        return
    problem = f"{source} grants pictures of {mode.width}×{mode.height} pixels, {SMALLEST} to {LARGEST} are allowed"
    raise SensorError(problem, "Name another device in camera.source: this one is no camera, or its driver is broken")
