"""How something was said, by the code that the device hears people with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.activity import ActivityDetector
from edge.perception.voice.analysis import Analysis
from edge.perception.voice.prosody import Prosody, measure
from edge.perception.voice.settings import VoiceSettings
from edge.sensors.resample import Resampler, to_int16

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.outlets.speech.synthesiser import Sound


def joined(sounds: Iterable[Sound]) -> tuple[np.ndarray, int]:
    """Samples (n,) int16 and their rate, which is one."""
    parts = list(sounds)
    assert len({part.rate for part in parts}) == 1
    return np.concatenate([part.samples for part in parts]), parts[0].rate


def prosody(samples: np.ndarray, rate: int) -> Prosody:
    """Of the first 3 s."""
    resampler = Resampler(rate)
    heard = to_int16(
        np.concatenate((resampler.push(samples.astype(np.float32) / np.float32(32768)), resampler.flush()))
    )[:48_000]
    settings = VoiceSettings()
    analysis = Analysis(settings)
    frames = analysis.push(heard)
    return measure(analysis.tracks, ActivityDetector(settings.speech).judge(analysis.tracks, frames))
