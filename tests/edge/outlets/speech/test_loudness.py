from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.outlets.speech.limiter import CEILING, Limiter, true_peak
from edge.outlets.speech.loudness import Loudness

if TYPE_CHECKING:
    from numpy.typing import NDArray


def tone(rate: int, hertz: float, level: float, seconds: float = 3.0) -> NDArray[np.float64]:
    return level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


def measured(sound: NDArray[np.float64], rate: int, portion: int = 1_000) -> float | None:
    meter = Loudness(rate)
    whole = np.rint(sound * 32767).astype(np.int16)
    for at in range(0, len(whole), portion):
        meter.push(whole[at : at + portion])
    return meter.integrated


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 48_000])
def test_a_sine_of_997_hz_at_full_scale_is_minus_3_lufs(rate: int) -> None:
    """BS.1770-4, annex 1: -3.01 LUFS."""
    assert measured(tone(rate, 997.0, 1.0), rate) == pytest.approx(-3.01, abs=0.1)


def test_low_tones_weigh_less_and_high_ones_more() -> None:
    low, middle, high = (measured(tone(48_000, hertz, 0.1), 48_000) for hertz in (40.0, 997.0, 4000.0))
    assert low is not None
    assert middle is not None
    assert high is not None
    assert low < middle - 3
    assert 2.5 < high - middle < 4


def test_pauses_are_gated() -> None:
    sound = tone(22_050, 500.0, 0.1)
    spread = np.concatenate([np.concatenate((part, np.zeros(22_050))) for part in np.split(sound[:66_150], 3)])
    whole, parts = measured(sound, 22_050), measured(spread, 22_050)
    assert whole is not None
    assert parts is not None
    # half of the time nothing sounds: without gates 3 LU less; the blocks at the edges of each tone take 1.1 LU
    assert parts == pytest.approx(whole - 1.1, abs=0.2)


def test_silence_has_no_loudness() -> None:
    assert measured(np.zeros(50_000), 22_050) is None
    assert Loudness(22_050).integrated is None


def test_it_does_not_matter_in_which_portions_the_sound_comes() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 60_000)
    assert measured(noise, 24_000, 37) == measured(noise, 24_000, 60_000)


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100])
def test_it_agrees_with_pyloudnorm(rate: int) -> None:
    pyloudnorm = pytest.importorskip("pyloudnorm", exc_type=ImportError)
    rng = np.random.default_rng(3)
    envelope = np.repeat(rng.uniform(0.0, 1.0, 25), rate // 5)
    sound = 0.2 * envelope * np.convolve(rng.normal(size=len(envelope)), np.ones(8) / 8, "same")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = pyloudnorm.Meter(rate, filter_class="DeMan").integrated_loudness(sound)
    assert measured(sound, rate) == pytest.approx(expected, abs=0.15)


def limited(sound: NDArray[np.float64], rate: int, portion: int) -> NDArray[np.int16]:
    limiter = Limiter(rate)
    parts = [limiter.push(sound[at : at + portion]) for at in range(0, len(sound), portion)]
    return np.concatenate([*parts, limiter.flush()])


def test_what_is_below_the_ceiling_passes_unchanged() -> None:
    sound = tone(22_050, 440.0, 0.5, 0.3)
    assert np.array_equal(limited(sound, 22_050, 700), np.rint(sound * 32768).astype(np.int16))


@pytest.mark.parametrize("portion", [1, 100, 5_000])
def test_what_is_too_loud_is_turned_down_and_not_cut_off(portion: int) -> None:
    sound = np.concatenate(
        (tone(22_050, 440.0, 0.3, 0.1), tone(22_050, 440.0, 3.0, 0.05), tone(22_050, 440.0, 0.3, 0.4))
    )
    out = limited(sound, 22_050, portion) / 32768
    assert len(out) == len(sound)
    assert true_peak(out) <= CEILING * 1.01
    assert np.corrcoef(out[2300:3200], sound[2300:3200])[0, 1] > 0.99
    assert np.abs(out[-2000:]).max() == pytest.approx(0.3, rel=0.02)


def test_the_true_peak_lies_between_the_samples() -> None:
    """A sine of a quarter of the rate, sampled at 45°: samples of 0.707, a peak of 1."""
    sound = np.sin(np.pi / 2 * np.arange(400) + np.pi / 4)
    assert np.abs(sound).max() < 0.71
    assert true_peak(sound) == pytest.approx(1.0, abs=0.03)
