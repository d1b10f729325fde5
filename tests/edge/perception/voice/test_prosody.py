from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.perception.voice.activity import Activity, ActivityDetector
from edge.perception.voice.analysis import Analysis
from edge.perception.voice.cues import cues
from edge.perception.voice.prosody import Prosody, measure
from edge.perception.voice.settings import VoiceSettings
from tests.edge.perception.voice.sounds import RATE, harmonics, needs_espeak, quiet, spoken, to_int16

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SETTINGS = VoiceSettings()


def prosody_of(sound: NDArray[np.float64]) -> Prosody:
    analysis = Analysis(SETTINGS)
    detector = ActivityDetector(SETTINGS.speech)
    frames = analysis.push(to_int16(sound))
    return measure(analysis.tracks, detector.judge(analysis.tracks, frames))


def bursts(per_s: float, hz: float = 150.0, seconds: float = 2.8) -> NDArray[np.float64]:
    """A buzz whose loudness swings ``per_s`` times a second, 25 dB deep, and whose colour moves as a mouth's does."""
    time = np.arange(int(seconds * RATE)) / RATE
    swing = 10 ** (-25 / 20 * (0.5 + 0.5 * np.cos(2 * np.pi * per_s * time)))
    dark, bright = harmonics(hz, seconds, 6), harmonics(hz, seconds, 40)
    mix = 0.5 + 0.5 * np.sin(2 * np.pi * per_s / 2 * time)
    return np.concatenate([quiet(0.1), swing * (mix * bright + (1 - mix) * dark), quiet(0.1)])


@pytest.mark.parametrize("per_s", [2.0, 3.0, 4.0, 5.0, 6.0])
def test_the_syllable_rate_of_bursts_is_right_within_a_syllable_in_the_window(per_s: float) -> None:
    found = prosody_of(bursts(per_s))
    assert abs(found.syllables_per_s - per_s) < 0.5


@pytest.mark.parametrize("hz", [100.0, 160.0, 260.0])
def test_the_pitch_is_the_median_of_voiced_frames(hz: float) -> None:
    found = prosody_of(bursts(4.0, hz))
    assert found.pitch_hz is not None
    assert found.range_semitones is not None
    assert abs(found.pitch_hz / hz - 1) < 0.01
    assert found.range_semitones < 0.5


def test_twice_the_amplitude_is_6_db_more() -> None:
    assert prosody_of(bursts(4.0)).level_dbfs - prosody_of(bursts(4.0) / 2).level_dbfs == pytest.approx(6.02, abs=0.1)


def test_silence_between_two_words_is_a_pause() -> None:
    word = bursts(4.0, seconds=0.8)
    found = prosody_of(np.concatenate([word, quiet(0.8), word]))
    assert 0.25 < found.pause_share < 0.55
    assert prosody_of(word).pause_share < 0.15


def test_without_voiced_frames_there_is_no_pitch() -> None:
    analysis = Analysis(SETTINGS)
    analysis.push(to_int16(bursts(4.0)))
    flags = np.ones(len(analysis.tracks), np.bool_)
    found = measure(analysis.tracks, Activity(flags, ~flags, -90.0))
    assert found.pitch_hz is None
    assert found.range_semitones is None
    assert found.syllables_per_s == 0.0
    assert [cue.name for cue in cues(found, SETTINGS.usual) if cue.name.startswith("pitch")] == []


@needs_espeak
def test_faster_and_higher_speech_measures_faster_and_higher(tmp_path: Path) -> None:
    words = "I did not expect to see you here today"
    slow = prosody_of(spoken(words, tmp_path, "-v", "en", "-s", "110", "-p", "10"))
    fast = prosody_of(spoken(words, tmp_path, "-v", "en", "-s", "220", "-p", "90"))
    assert slow.pitch_hz is not None
    assert fast.pitch_hz is not None
    assert fast.pitch_hz > 1.3 * slow.pitch_hz
    assert fast.syllables_per_s > 1.3 * slow.syllables_per_s


def test_cues_carry_units_and_words_and_the_most_notable_comes_first() -> None:
    told = cues(Prosody(300.0, 5.0, -60.0, 6.0, 0.1), SETTINGS.usual)
    phrases = {cue.name: (cue.phrase, cue.unit) for cue in told}
    assert phrases == {
        "pitch": ("high voice", "Hz"),
        "pitch range": ("usual melody", "semitones"),
        "energy": ("soft voice", "dBFS"),
        "speech rate": ("fast speech", "syllables/s"),
        "pauses": ("few pauses", "share"),
    }
    assert told[0].name == "energy"
    assert told[0].strength == 1.0
    assert [cue.strength for cue in told] == sorted((cue.strength for cue in told), reverse=True)
    assert told[-1].strength == 0.0
