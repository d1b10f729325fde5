"""Where sound comes from: chosen by the settings, opened by nobody but ``attach``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edge.sensors.audio_file import read_audio
from edge.sensors.device_microphone import DeviceMicrophone
from edge.sensors.file_microphone import FileMicrophone
from edge.sensors.wyoming.address import is_wyoming
from edge.sensors.wyoming.satellite import SatelliteMicrophone

if TYPE_CHECKING:
    from edge.sensors.sensor import Sensor
    from edge.sensors.settings import MicrophoneSettings
    from edge.sensors.signals import AudioChunk

__all__ = ["DeviceMicrophone", "FileMicrophone", "SatelliteMicrophone", "open_microphone", "read_audio"]

SUFFIXES = frozenset({".wav", ".wave", ".flac"})


def open_microphone(settings: MicrophoneSettings, *, repeat: bool = False) -> Sensor[AudioChunk] | None:
    """The sensor of ``settings.source``; None for "none". Opens nothing.

    "wyoming://host:port" is a satellite. Another source with a slash, with the suffix of a sound file, or that exists
    as a file is a path; any other is a device.

    Args:
        settings: the table [microphone].
        repeat: play a file again and again.
    """
    source = settings.source
    if source == "none":
        return None
    if is_wyoming(source):
        return SatelliteMicrophone(settings)
    if "/" in source or Path(source).suffix.lower() in SUFFIXES or Path(source).is_file():
        return FileMicrophone(settings, repeat=repeat)
    return DeviceMicrophone(settings)
