"""Who speaks over the device interrupts it; noise, clicks and what was said before it spoke do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.affect import Reading, Sense
from edge.perception.voice.interruption import Interruption
from edge.perception.voice.perceiver import VoicePerceiver
from edge.perception.voice.settings import VoiceSettings
from edge.sensors.signals import AudioChunk
from tests.edge.perception.voice.sounds import RATE, needs_espeak, quiet, spoken, to_int16, white

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

CHUNK = RATE // 10
SECOND = 1_000_000_000


class Device:
    """A voice sense without its model, within an Interruption; sound comes in chunks of 0.1 s from time 0 on."""

    def __init__(self) -> None:
        settings = VoiceSettings()
        self.voice = VoicePerceiver(settings, None)  # type: ignore[arg-type]  # no model is needed to hear speech
        self.since_ns: int | None = None
        self.told: list[int] = []
        self.at_ns = 0
        self.heard = Interruption(self, self.voice, settings, lambda: self.since_ns, self.told.append)

    sense = Sense.VOICE

    def attach(self) -> None: ...

    def stop(self) -> None: ...

    def perceive(self, signal: AudioChunk) -> Reading | None:
        self.voice._analysis.push(signal.samples)
        return None

    def hear(self, sound: NDArray[np.float64]) -> None:
        samples = to_int16(sound)
        for at in range(0, len(samples) - CHUNK + 1, CHUNK):
            self.at_ns += SECOND // 10
            self.heard.perceive(AudioChunk(samples[at : at + CHUNK], self.at_ns))

    def speaks(self) -> None:
        self.since_ns = self.at_ns + 1


@pytest.fixture
def device() -> Device:
    made = Device()
    made.hear(white(2.0, 0.0005))
    return made


@needs_espeak
def test_a_voice_over_the_device_interrupts_it_once_and_soon(device: Device, tmp_path: Path) -> None:
    device.speaks()
    begun_ns = device.at_ns
    device.hear(spoken("No, wait a moment, please.", tmp_path))
    assert len(device.told) == 1
    assert device.told[0] - begun_ns <= 0.6 * SECOND
    device.speaks()
    device.hear(spoken("No, wait a moment, please.", tmp_path))
    assert len(device.told) == 2


@needs_espeak
def test_nobody_is_interrupted_who_does_not_speak(device: Device, tmp_path: Path) -> None:
    device.hear(spoken("No, wait a moment, please.", tmp_path))
    assert device.told == []


@needs_espeak
def test_what_was_said_before_the_device_spoke_does_not_interrupt_it(device: Device, tmp_path: Path) -> None:
    device.hear(spoken("No, wait a moment, please.", tmp_path))
    device.speaks()
    device.hear(white(1.5, 0.0005))
    assert device.told == []


def test_noise_and_clicks_do_not_interrupt_the_device(device: Device) -> None:
    device.speaks()
    device.hear(white(1.0, 0.03))
    clicks = quiet(2.0)
    clicks[:: RATE // 4] = 0.9
    device.hear(clicks)
    assert device.told == []
