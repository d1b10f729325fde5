from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.sensors.resample import Resampler, to_int16

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _tone(hertz: float, rate: int, seconds: float = 1.0) -> NDArray[np.float32]:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def _resampled(samples: NDArray[np.float32], rate: int, block: int = 1000) -> NDArray[np.float32]:
    resampler = Resampler(rate)
    parts = [resampler.push(samples[at : at + block]) for at in range(0, len(samples), block)]
    return np.concatenate([*parts, resampler.flush()])


def _decibels(samples: NDArray[np.float32]) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(samples, dtype=np.float64))) + 1e-12))


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
def test_a_tone_keeps_its_place_in_time_and_its_loudness(rate: int) -> None:
    out = _resampled(_tone(1000, rate), rate)
    assert len(out) == 16_000
    error = out[800:15_200] - _tone(1000, 16_000)[800:15_200]
    assert _decibels(error) < -60


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
def test_what_sixteen_kilohertz_cannot_hold_is_gone(rate: int) -> None:
    assert _decibels(_resampled(_tone(9_000, rate), rate)[800:15_200]) < -65


@pytest.mark.parametrize("rate", [22_050, 32_000, 44_100, 48_000, 96_000, 192_000])
def test_the_pass_band_is_flat_and_the_stop_band_is_deep(rate: int) -> None:
    """To 6.7 kHz within a tenth of a decibel; at 8 kHz 56 dB down, and from 8.02 kHz on more than 60."""
    level = _decibels(_tone(1000, 16_000))
    for hertz in (50, 300, 2000, 4000, 6000, 6700):
        passed = _resampled(_tone(hertz, rate), rate)[800:15_200]
        assert abs(_decibels(passed) - level) < 0.1, hertz
    for hertz in np.geomspace(8_020, 0.49 * rate, 12):
        assert _decibels(_resampled(_tone(hertz, rate), rate)[800:15_200]) - level < -60, hertz
    assert _decibels(_resampled(_tone(8_001, rate), rate)[800:15_200]) - level < -56


def test_a_slower_rate_gets_no_images_above_its_own_band() -> None:
    out = _resampled(_tone(3_000, 8_000), 8_000)[800:15_200].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(out * np.kaiser(len(out), 14)))
    hertz = np.fft.rfftfreq(len(out), 1 / 16_000)
    assert 20 * np.log10(spectrum[hertz > 4_500].max() / spectrum.max()) < -60


@pytest.mark.parametrize("block", [1, 37, 441, 5000, 60_000])
def test_the_size_of_the_blocks_changes_nothing(block: int) -> None:
    samples = np.random.default_rng(3).uniform(-1, 1, 4410).astype(np.float32)
    assert np.allclose(_resampled(samples, 44_100, block), _resampled(samples, 44_100, 4410), atol=1e-6)


def test_sixteen_kilohertz_passes_unchanged() -> None:
    whole = np.arange(-32768, 32768, 7, dtype=np.int16)
    assert np.array_equal(to_int16(_resampled((whole / 32768).astype(np.float32), 16_000)), whole)
