"""What the model is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice import functionals as numbers
from edge.perception.voice import spectrogram as image
from edge.perception.voice.activity import Activity, ActivityDetector
from edge.perception.voice.analysis import Analysis
from edge.perception.voice.log_mel import BANDS
from edge.perception.voice.prosody import measure
from edge.perception.voice.settings import VoiceSettings
from tests.edge.perception.voice.frames import tracks_of
from tests.edge.perception.voice.sounds import needs_espeak, spoken, to_int16, white

if TYPE_CHECKING:
    from pathlib import Path


SETTINGS = VoiceSettings()


def test_the_spectrogram_repeats_the_speech_until_the_window_is_full() -> None:
    log_mels = np.full((120, BANDS), -90, np.float32)
    log_mels[20:90] = np.random.default_rng(0).normal(-30, 5, (70, BANDS))
    speech = np.zeros(120, np.bool_)
    speech[20:90] = True
    filled = image.spectrogram(
        tracks_of(log_mels), Activity(speech, speech, -90.0), np.full(image.SHAPE, 9, np.float32)
    )
    rows = filled[0, :, :, 0]
    expected = (log_mels[20:90] - log_mels[20:90].mean()) / image.SCALE_DB
    for start in (0, 70, 140, 210):
        np.testing.assert_allclose(rows[start : start + 70], expected, atol=1e-5)
    np.testing.assert_allclose(rows[280:], expected[:20], atol=1e-5)


def test_the_spectrogram_stays_within_its_limits() -> None:
    log_mels = np.zeros((50, BANDS), np.float32)
    log_mels[10:20] = -100
    log_mels[30] = 100
    everything = np.ones(50, np.bool_)
    filled = image.spectrogram(
        tracks_of(log_mels), Activity(everything, everything, -100.0), np.zeros(image.SHAPE, np.float32)
    )
    assert filled.min() == image.LOWEST
    assert filled.max() == image.HIGHEST


@needs_espeak
def test_neither_input_depends_on_how_loud_the_recording_is(tmp_path: Path) -> None:
    words = spoken("I did not expect to see you here today", tmp_path, "-v", "en")
    sound = words + white(len(words) / 16_000 + 1, 0.002)[: len(words)]
    found = []
    for level in (0.5, 0.1):
        analysis, detector = Analysis(SETTINGS), ActivityDetector(SETTINGS.speech)
        frames = analysis.push(to_int16(sound * level))
        tracks, activity = analysis.tracks, detector.judge(analysis.tracks, frames)
        prosody = measure(tracks, activity)
        found.append(
            (
                image.spectrogram(tracks, activity, np.zeros(image.SHAPE, np.float32)),
                numbers.functionals(tracks, activity, prosody, np.zeros(numbers.SHAPE, np.float32)),
            )
        )
    (loud_image, loud_numbers), (soft_image, soft_numbers) = found
    assert np.abs(loud_image - soft_image).mean() < 0.05
    assert np.abs(loud_numbers - soft_numbers).max() < 0.3


@needs_espeak
def test_the_functionals_are_of_a_size_that_an_int8_can_hold(tmp_path: Path) -> None:
    analysis, detector = Analysis(SETTINGS), ActivityDetector(SETTINGS.speech)
    frames = analysis.push(to_int16(spoken("I did not expect to see you here", tmp_path, "-v", "en")))
    activity = detector.judge(analysis.tracks, frames)
    row = numbers.functionals(
        analysis.tracks, activity, measure(analysis.tracks, activity), np.zeros(numbers.SHAPE, np.float32)
    )
    assert np.isfinite(row).all()
    assert np.abs(row).max() <= numbers.LIMIT
    assert np.median(np.abs(row)) < 2.0


def test_speech_without_a_voiced_frame_leaves_pitch_at_its_centre() -> None:
    tracks = tracks_of(np.random.default_rng(0).normal(-30, 5, (80, BANDS)).astype(np.float32))
    flags = np.ones(80, np.bool_)
    activity = Activity(flags, ~flags, -90.0)
    row = numbers.functionals(tracks, activity, measure(tracks, activity), np.ones(numbers.SHAPE, np.float32))
    assert not row[0, :12].any()
    assert np.isfinite(row).all()
