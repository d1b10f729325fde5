from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.perception.voice.activity import Activity, ActivityDetector, long_runs, spread
from edge.perception.voice.analysis import Analysis
from edge.perception.voice.settings import VoiceSettings
from tests.edge.perception.voice.sounds import (
    ALSA,
    coloured,
    harmonics,
    needs_alsa,
    needs_espeak,
    quiet,
    read_wav,
    sine,
    spoken,
    to_int16,
    white,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SETTINGS = VoiceSettings()
SENTENCE = "I did not expect to see you here today, what a surprise"


def heard(sound: NDArray[np.float64]) -> list[Activity]:
    """What the detector says at each half second."""
    analysis, detector = Analysis(SETTINGS), ActivityDetector(SETTINGS.speech)
    samples = to_int16(sound)
    found = []
    for start in range(0, len(samples), 8000):
        frames = analysis.push(samples[start : start + 8000])
        found.append(detector.judge(analysis.tracks, frames))
    return found


def most_speech_s(sound: NDArray[np.float64]) -> float:
    return max(float(activity.speech.sum()) / 100 for activity in heard(sound))


@pytest.mark.parametrize("rms", [0.0005, 0.01, 0.2])
def test_white_noise_is_not_speech(rms: float) -> None:
    assert most_speech_s(white(6.0, rms)) == 0.0
    assert most_speech_s(np.concatenate([quiet(1.0), white(5.0, rms)])) == 0.0


@pytest.mark.parametrize("hz", [50, 100, 220, 440, 1000, 3000])
def test_a_tone_is_not_speech_not_even_when_it_begins_or_beeps(hz: float) -> None:
    assert most_speech_s(sine(hz, 5.0)) == 0.0
    assert most_speech_s(np.concatenate([quiet(1.0), sine(hz, 4.0)])) == 0.0
    assert most_speech_s(np.tile(np.concatenate([sine(hz, 0.2), quiet(0.3)]), 8)) == 0.0


@pytest.mark.parametrize("level", [1.0, 0.03])
def test_hum_is_not_speech(level: float) -> None:
    hum = harmonics(50.0, 5.0, count=30)
    assert most_speech_s(hum * level) == 0.0
    assert most_speech_s(hum * level + white(5.0, 0.01 * level)) == 0.0


@pytest.mark.parametrize("colour", [1.0, 2.0])
def test_pink_and_brown_noise_are_not_speech_either(colour: float) -> None:
    rumble = coloured(5.0, 0.05, colour)
    assert most_speech_s(rumble) < 0.15
    assert most_speech_s(np.concatenate([quiet(1.0), rumble, quiet(1.0)])) < 0.15


def test_noise_in_bursts_is_not_speech() -> None:
    assert most_speech_s(np.tile(np.concatenate([white(0.2, 0.1), quiet(0.2)]), 12)) == 0.0


def test_silence_is_not_speech() -> None:
    assert most_speech_s(quiet(4.0)) == 0.0


@needs_espeak
@pytest.mark.parametrize("level", [1.0, 0.1, 0.01])
@pytest.mark.parametrize("options", [("-v", "en"), ("-v", "en", "-p", "90", "-s", "230"), ("-v", "en+f3", "-p", "10")])
def test_spoken_words_are_speech_loud_and_soft(level: float, options: tuple[str, ...], tmp_path: Path) -> None:
    sound = spoken(SENTENCE, tmp_path, *options)
    assert most_speech_s(sound * level) > 1.2


@needs_espeak
def test_spoken_mandarin_is_speech(tmp_path: Path) -> None:
    assert most_speech_s(spoken("今天天气很好，我很高兴见到你", tmp_path, "-v", "cmn")) > 1.2


@needs_espeak
def test_speech_is_found_in_noise_10_db_under_it(tmp_path: Path) -> None:
    sound = spoken(SENTENCE, tmp_path, "-v", "en")
    assert most_speech_s(sound + white(len(sound) / 16_000, float(sound.std()) / 10**0.5)[: len(sound)]) > 0.8


@needs_espeak
def test_the_pause_before_and_after_words_is_not_speech(tmp_path: Path) -> None:
    sound = spoken("hello there", tmp_path, "-v", "en")
    room = white(4.0, 0.001)
    room[16_000 : 16_000 + len(sound)] += sound
    flags = heard(room[: 3 * 16_000])[-1].speech
    end = 100 + len(sound) // 160
    assert not flags[:80].any()
    assert flags[90:end].sum() > 30
    assert not flags[end + 20 :].any()


@needs_alsa
@pytest.mark.parametrize("level", [1.0, 0.03])
def test_recorded_human_words_are_speech(level: float) -> None:
    for path in ALSA:
        sound = read_wav(path) * level
        assert most_speech_s(np.concatenate([quiet(0.5), sound, quiet(0.5)])) > 0.4, path.name


def test_the_noise_floor_falls_at_once_and_rises_slowly() -> None:
    floors = [activity.floor_dbfs for activity in heard(np.concatenate([white(3.0, 0.001), white(3.0, 0.1)]))]
    assert abs(floors[5] + 60) < 2
    steps = np.diff(floors[6:])
    assert (steps <= SETTINGS.speech.floor_rise_db_per_s * 0.5 + 0.1).all()
    falling = [activity.floor_dbfs for activity in heard(np.concatenate([white(3.0, 0.1), white(1.0, 0.001)]))]
    assert falling[-1] < falling[5] - 30


def test_flags_spread_to_both_sides_and_short_runs_go() -> None:
    flags = np.zeros(12, np.bool_)
    flags[[3, 8, 9, 10]] = True
    assert np.flatnonzero(spread(flags, 1)).tolist() == [2, 3, 4, 7, 8, 9, 10, 11]
    assert np.flatnonzero(long_runs(flags, 3)).tolist() == [8, 9, 10]


def test_a_window_of_no_frames_has_no_speech() -> None:
    activity = ActivityDetector(SETTINGS.speech).judge(Analysis(SETTINGS).tracks, 0)
    assert activity.speech.shape == (0,)
