from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.datasets import voice_changes as changes
from edge.sensors.signals import SAMPLE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray


def tone(hz: float, seconds: float = 1.0) -> NDArray[np.float64]:
    return np.asarray(0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE))


def voice(hz: float, seconds: float = 1.0) -> NDArray[np.float64]:
    """Ten harmonics that fall by 6 dB an octave, swelling three times a second as syllables do."""
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * 3 * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)
    return np.asarray(swell * np.sum([tone(hz * n, seconds) / n for n in range(1, 11)], axis=0))


def loudest_hz(sound: NDArray[np.float64]) -> float:
    inner = sound[2000:-2000]
    spectrum = np.abs(np.fft.rfft(inner * np.hanning(len(inner)), 1 << 18))
    return float(spectrum.argmax() * SAMPLE_RATE / (1 << 18))


@pytest.mark.parametrize("snr_db", [-5.0, 0.0, 12.5, 40.0])
@pytest.mark.parametrize("colour", [0.0, 1.0, 2.0])
def test_noise_stands_at_the_promised_distance_from_the_voice(snr_db: float, colour: float) -> None:
    clean = voice(140)
    added = changes.at_snr(clean, snr_db, np.random.default_rng(5), colour) - clean
    measured = 10 * np.log10(np.mean(clean**2) / np.mean(added**2))
    assert abs(measured - snr_db) < 0.1


def test_noise_does_not_come_to_silence_and_leaves_the_original_alone() -> None:
    assert not changes.at_snr(np.zeros(100), 10, np.random.default_rng(5)).any()
    clean = voice(140)
    kept = clean.copy()
    changes.at_snr(clean, 10, np.random.default_rng(5))
    assert np.array_equal(clean, kept)


@pytest.mark.parametrize("semitones", [-3.0, -1.0, 0.0, 1.5, 3.0])
def test_pitch_moves_by_semitones_and_the_length_stays(semitones: float) -> None:
    sound = tone(440)
    moved = changes.pitched(sound, semitones)
    assert len(moved) == len(sound)
    assert abs(12 * np.log2(loudest_hz(moved) / 440) - semitones) < 0.05


@pytest.mark.parametrize("tempo", [0.8, 1.0, 1.25])
def test_tempo_changes_the_length_and_the_pitch_stays(tempo: float) -> None:
    moved = changes.stretched(tone(220), tempo)
    assert len(moved) == round(SAMPLE_RATE / tempo)
    assert abs(12 * np.log2(loudest_hz(moved) / 220)) < 0.05


@pytest.mark.parametrize("semitones", [-3.0, 3.0])
def test_the_swelling_of_a_voice_keeps_its_pace_when_the_pitch_moves(semitones: float) -> None:
    def pace_hz(sound: NDArray[np.float64]) -> float:
        level = np.sqrt(np.convolve(sound**2, np.ones(800) / 800, "same"))[4000:-4000:40]
        return float(
            np.fft.rfftfreq(1 << 15, 40 / SAMPLE_RATE)[np.abs(np.fft.rfft(level - level.mean(), 1 << 15)).argmax()]
        )

    sound = voice(150, seconds=3.0)
    assert abs(pace_hz(changes.pitched(sound, semitones)) - pace_hz(sound)) < 0.15


def test_a_voice_neither_stretched_nor_pitched_is_as_it_was() -> None:
    sound = voice(150)
    for same in (changes.stretched(sound, 1.0), changes.pitched(sound, 0.0)):
        error = same[600:-600] - sound[600:-600]
        assert np.mean(error**2) < 1e-6 * np.mean(sound**2)


@pytest.mark.parametrize("count", [1, 100, 511, 513])
def test_a_recording_shorter_than_a_frame_can_be_changed(count: int) -> None:
    sound = tone(300)[:count]
    assert changes.pitched(sound, 2.0).shape == (count,)
    assert changes.stretched(sound, 1.25).shape == (round(count / 1.25),)


def test_masks_cover_whole_bands_and_times_up_to_their_size_and_leave_the_rest() -> None:
    window = np.random.default_rng(1).normal(size=(300, 40)).astype(np.float32)
    kept = window.copy()
    widest = longest = 0
    for seed in range(60):
        masked = changes.spec_masked(window, np.random.default_rng(seed))
        hidden = masked != window
        times, bands = hidden.all(axis=1), hidden.all(axis=0)
        assert np.array_equal(hidden, times[:, None] | bands[None, :])
        widest, longest = max(widest, int(bands.sum())), max(longest, int(times.sum()))
        assert np.all(masked[hidden] == window.mean())
    assert changes.BAND_MASK < widest <= changes.MASKS * changes.BAND_MASK
    assert changes.TIME_MASK < longest <= changes.MASKS * changes.TIME_MASK
    assert np.array_equal(window, kept)


def test_a_window_smaller_than_the_masks_can_be_masked() -> None:
    small = np.ones((3, 2), np.float32)
    assert changes.spec_masked(small, np.random.default_rng(1)).shape == (3, 2)
