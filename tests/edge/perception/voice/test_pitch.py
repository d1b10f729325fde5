from __future__ import annotations

import numpy as np
import pytest

from edge.perception.voice.analysis import Analysis
from edge.perception.voice.settings import VoiceSettings
from tests.edge.perception.voice.sounds import harmonics, quiet, to_int16, white


@pytest.mark.parametrize("hz", [70.0, 82.4, 110.0, 155.6, 220.0, 311.1, 392.0, 480.0])
def test_the_pitch_of_a_buzz_is_right_within_one_percent(hz: float) -> None:
    analysis = Analysis(VoiceSettings())
    analysis.push(to_int16(harmonics(hz, 1.0)))
    assert abs(np.median(analysis.tracks.pitches) / hz - 1) < 0.01
    assert analysis.tracks.periodicities.min() > 0.6


@pytest.mark.parametrize("hz", [100.0, 180.0, 300.0])
def test_the_pitch_holds_in_noise_10_db_under_the_voice(hz: float) -> None:
    voice = harmonics(hz, 1.0)
    analysis = Analysis(VoiceSettings())
    analysis.push(to_int16(voice + white(1.0, float(voice.std()) / 10**0.5)))
    assert abs(np.median(analysis.tracks.pitches) / hz - 1) < 0.01


def test_a_missing_fundamental_is_still_the_pitch() -> None:
    voice = harmonics(150.0, 1.0) - harmonics(150.0, 1.0, count=1)
    analysis = Analysis(VoiceSettings())
    analysis.push(to_int16(voice))
    assert abs(np.median(analysis.tracks.pitches) / 150.0 - 1) < 0.01


def test_noise_and_silence_are_not_periodic() -> None:
    analysis = Analysis(VoiceSettings())
    analysis.push(to_int16(white(2.0, 0.1)))
    assert analysis.tracks.periodicities.max() < 0.5
    analysis.forget()
    analysis.push(to_int16(quiet(1.0)))
    assert analysis.tracks.periodicities.max() == 0.0
