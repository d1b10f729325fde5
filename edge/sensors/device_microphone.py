"""A microphone by PortAudio. A device that does not do 16 kHz is heard at its own rate and resampled."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.affect import Sense
from edge.errors import SensorError, SensorGone
from edge.sensors.mixer import switch_agc_off
from edge.sensors.pump import Pump
from edge.sensors.resample import FASTEST, SLOWEST, Resampler, to_int16
from edge.sensors.signals import SAMPLE_RATE, AudioChunk
from edge.sensors.sound_health import SoundHealth, SoundLevel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.sensors.settings import MicrophoneSettings

log = logging.getLogger(__name__)

BLOCK_S = 0.05
"""Seconds of sound read at a time: a stop is noticed within it."""
MOST_CHANNELS = 32
"""ALSA's own devices, such as "default", claim hundreds."""
INSTALL = (
    "Type: sudo apt install portaudio19-dev gcc python3-dev && pip install 'rapport-edge[mic]'; "
    'or set microphone.source = "none"'
)


class DeviceMicrophone:
    """Sound from an input device. Nothing of it is opened, or even listed, before ``attach``."""

    sense = Sense.VOICE
    live = True

    def __init__(self, settings: MicrophoneSettings) -> None:
        self.source = f"microphone {settings.source}"
        self._settings = settings
        self._pump: Pump[AudioChunk] | None = None
        self._health: SoundHealth | None = None

    def attach(self) -> None:
        """Open the device. Raises SensorError when PyAudio is not there, SensorGone when the device is not."""
        self.stop()
        capture = _Capture(self._settings)
        log.info("%s is %s at %d Hz, %d channel(s)", self.source, capture.name, capture.rate, capture.channels)
        self._health = capture.health
        self._pump = Pump(self.source, capture.pull, capture.close, newest_wins=False, stall_s=self._settings.stall_s)
        self._pump.start()

    def read(self) -> AudioChunk | None:
        """The next ``hop_s`` seconds of sound. Raises SensorGone."""
        pump = self._pump
        return None if pump is None else pump.take()

    def stop(self) -> None:
        """Close the device."""
        pump, self._pump = self._pump, None
        self._health = None
        if pump is not None:
            pump.stop()

    def condition(self) -> str | None:
        """What is wrong with its sound, and the remedy; None when nothing is."""
        health = self._health
        return None if health is None else health.condition()

    @property
    def level(self) -> SoundLevel | None:
        """How loud the last whole second was, and how much of it was clipped; None before there was one."""
        health = self._health
        return None if health is None else health.level


class _Capture:
    """An open input stream. ``pull`` and ``close`` belong to the pump's thread."""

    def __init__(self, settings: MicrophoneSettings) -> None:
        try:
            import pyaudio
        except ImportError as error:
            problem = f"microphone.source is {settings.source!r}, a device, and PyAudio cannot be imported: {error}"
            raise SensorError(problem, INSTALL) from error
        self._source = settings.source
        self._hop = round(settings.hop_s * SAMPLE_RATE)
        self._overflowed: int = pyaudio.paInputOverflowed
        self._audio: Any = pyaudio.PyAudio()
        try:
            device = find_device(self._audio, settings.source)
            self.name = str(device["name"])
            self.rate, self.channels = _mode(self._audio, device, pyaudio.paInt16, settings.channel)
            if settings.agc == "off":
                switch_agc_off(self.name)
            self._block = round(self.rate * BLOCK_S)
            self._stream: Any = self._audio.open(
                rate=self.rate,
                channels=self.channels,
                format=pyaudio.paInt16,
                input=True,
                input_device_index=int(device["index"]),
                frames_per_buffer=self._block,
            )
        except OSError as error:
            self._audio.terminate()
            raise _gone(self._source, error) from error
        except SensorError:
            self._audio.terminate()
            raise
        self._heard = slice(None) if settings.channel == 0 else slice(settings.channel - 1, settings.channel)
        self.health = SoundHealth(settings.health, f"microphone {settings.source}", self.rate)
        self._resampler = Resampler(self.rate)
        self._held: NDArray[np.int16] = np.zeros(0, np.int16)
        self._gap = False

    def pull(self) -> AudioChunk | None:
        """Read one block; a chunk when there is enough, else None. Raises SensorGone."""
        try:
            raw = self._stream.read(self._block, exception_on_overflow=True)
            late = max(0, self._stream.get_read_available())
        except OSError as error:
            if error.errno != self._overflowed:
                raise _gone(self._source, error) from error
            self._gap = True
            return None
        captured_ns = time.monotonic_ns() - late * 1_000_000_000 // self.rate
        frames = np.frombuffer(raw, np.int16).reshape(-1, self.channels)[:, self._heard]
        mono = frames.mean(axis=1, dtype=np.float32) / np.float32(32768)
        self.health.hear(frames, mono, captured_ns, gap=self._gap)
        self._held = np.concatenate((self._held, to_int16(self._resampler.push(mono))))
        if len(self._held) < self._hop:
            return None
        samples, self._held = self._held[: self._hop].copy(), self._held[self._hop :]
        gap, self._gap = self._gap, False
        return AudioChunk(samples, captured_ns - len(self._held) * 1_000_000_000 // SAMPLE_RATE, gap)

    def close(self) -> None:
        """Close the stream and PortAudio; a stream whose device is gone refuses to be closed, and that is fine."""
        try:
            self._stream.close()
        except OSError as error:
            log.info("%s: %s while closing", self.name, error)
        finally:
            self._audio.terminate()


def find_device(audio: Any, wanted: str) -> dict[str, Any]:  # noqa: ANN401 - PyAudio has no types
    """PortAudio's description of an input device.

    Args:
        audio: a ``pyaudio.PyAudio``.
        wanted: "default", an index, or a part of a name in any case.

    Raises:
        SensorGone: there is no such input device; the problem lists those that there are.
    """
    devices: list[dict[str, Any]] = [
        info
        for index in range(audio.get_device_count())
        if (info := audio.get_device_info_by_index(index))["maxInputChannels"] > 0
    ]
    if wanted == "default":
        try:
            default: dict[str, Any] = audio.get_default_input_device_info()
        except OSError:
            default = {}
        matching = [default] if default else []
    elif wanted.isdigit():
        matching = [info for info in devices if info["index"] == int(wanted)]
    else:
        matching = [info for info in devices if wanted.lower() in str(info["name"]).lower()]
    if not matching:
        names = "; ".join(f"{info['index']}: {info['name']}" for info in devices) or "none"
        problem = f"microphone.source is {wanted!r}, and no input device is called so; there are: {names}"
        raise SensorGone(problem, "Plug the microphone in, or set microphone.source to one of these")
    return matching[0]


def _mode(audio: Any, device: dict[str, Any], sample_format: int, channel: int) -> tuple[int, int]:  # noqa: ANN401 - PyAudio has no types
    """Rate and channels: 16 kHz mono when the device does it, else what comes nearest.

    Args:
        audio: a ``pyaudio.PyAudio``.
        device: PortAudio's description of the device.
        sample_format: PortAudio's number of 16 bits.
        channel: the channel that is wanted, from 1, so that at least as many are opened; 0 when any number will do.

    Raises:
        SensorError: it has no such channel, or no mode that can be used.
    """
    own, most = int(device["defaultSampleRate"]), int(device["maxInputChannels"])
    if channel > most:
        problem = f"microphone.channel is {channel}, and {device['name']} has {most}"
        raise SensorError(problem, f"Set microphone.channel to 0 (the mean of all) or to 1 to {most}")
    most = min(most, MOST_CHANNELS)
    counts = list(range(channel, most + 1)) if channel else sorted({1, 2, most})
    rates = [SAMPLE_RATE] + ([own] if SLOWEST <= own <= FASTEST else [])
    for rate in rates:
        for channels in counts:
            try:
                audio.is_format_supported(
                    rate,
                    input_device=int(device["index"]),
                    input_channels=channels,
                    input_format=sample_format,
                )
            except ValueError:
                continue
            return rate, channels
    problem = f"{device['name']} supports neither {SAMPLE_RATE} nor {own} Hz with 16 bits and up to {most} channels"
    raise SensorError(problem, "Use another input device, or put an ALSA plug device before it")


def _gone(source: str, error: OSError) -> SensorGone:
    problem = f"microphone {source} fails: {error}"
    return SensorGone(problem, "Check its cable and that no other program holds it; it is opened again by itself")
