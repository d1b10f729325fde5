"""Where pictures come from: chosen by the settings, opened by nobody but ``attach``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.sensors.device_camera import DeviceCamera
from edge.sensors.file_camera import FileCamera
from edge.sensors.live_camera import always
from edge.sensors.pi_camera import PiCamera, is_module
from edge.sensors.picture import read_picture

if TYPE_CHECKING:
    from edge.sensors.live_camera import Due
    from edge.sensors.sensor import Sensor
    from edge.sensors.settings import CameraSettings
    from edge.sensors.signals import Frame

__all__ = ["DeviceCamera", "FileCamera", "PiCamera", "open_camera", "read_picture"]


def open_camera(settings: CameraSettings, *, repeat: bool = False, due: Due = always) -> Sensor[Frame] | None:
    """The sensor of ``settings.source``; None for "none". Opens nothing.

    Args:
        settings: the table [camera].
        repeat: play a file again and again.
        due: says which pictures of a device are wanted; a file is looked at whole.
    """
    if settings.source == "none":
        return None
    if settings.source.isdigit() or settings.source.startswith("/dev/"):
        return DeviceCamera(settings, due=due)
    if is_module(settings.source):
        return PiCamera(settings, due=due)
    return FileCamera(settings, repeat=repeat)
