from __future__ import annotations

import numpy as np

from edge.perception.voice import log_mel
from edge.perception.voice.log_mel import BANDS, FFT, FRAME, LogMel
from tests.edge.perception.voice.sounds import RATE, sine, white


def direct(frame: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[list[float], float]:
    """The definition, written out: one frame, double precision, a discrete Fourier transform by its sum."""
    window = [0.5 - 0.5 * np.cos(2 * np.pi * k / FRAME) for k in range(FRAME)]
    weighted = frame * window
    bins = np.arange(FFT // 2 + 1)
    spectrum = np.exp(-2j * np.pi * np.outer(bins, np.arange(FRAME)) / FFT) @ weighted
    power = 2 * np.abs(spectrum) ** 2 / (FFT * np.sum(np.square(window)))
    hz = bins * RATE / FFT
    mel = 2595 * np.log10(1 + hz / 700)
    low, high = (2595 * np.log10(1 + edge / 700) for edge in (60.0, 8000.0))
    centres = [low + (high - low) * k / (BANDS + 1) for k in range(BANDS + 2)]
    width = centres[1] - centres[0]
    rows = [float(np.sum(power * np.maximum(0, 1 - np.abs(mel - centre) / width))) for centre in centres[1:-1]]
    return [10 * np.log10(value) for value in rows], float(10 * np.log10(np.sum(power[hz >= 80])))


def test_the_spectrum_is_the_one_of_its_definition() -> None:
    frames = white(0.5, 0.1)[: 5 * FRAME].reshape(5, FRAME)
    bands, levels = LogMel(5)(frames.astype(np.float32))
    for frame, row, level in zip(frames, bands, levels, strict=True):
        expected, expected_level = direct(frame)
        np.testing.assert_allclose(row, expected, atol=0.02)
        assert abs(level - expected_level) < 0.02


def test_every_band_hears_something() -> None:
    assert (log_mel.filter_bank().sum(axis=0) > 0.3).all()


def test_a_full_scale_sine_is_3_db_under_full_scale() -> None:
    _, levels = LogMel(1)(sine(1000, 0.025, amplitude=1.0)[None].astype(np.float32))
    assert abs(levels[0] + 3.01) < 0.1


def test_digital_silence_lies_at_the_floor_and_not_at_minus_infinity() -> None:
    bands, levels = LogMel(1)(np.zeros((1, FRAME), np.float32))
    np.testing.assert_allclose(bands, log_mel.SILENCE_DB, atol=1e-3)
    np.testing.assert_allclose(levels, log_mel.SILENCE_DB, atol=1e-3)


def test_fewer_frames_than_the_buffers_hold_give_the_same_rows() -> None:
    frames = white(0.5, 0.1)[: 4 * FRAME].reshape(4, FRAME).astype(np.float32)
    full = LogMel(4)(frames)[0].copy()
    made_for_more = LogMel(20)
    made_for_more(np.ones((20, FRAME), np.float32))
    np.testing.assert_allclose(made_for_more(frames[:2])[0], full[:2], atol=1e-4)
