"""What the linear part of the model is given: contours, loudness, cepstra and modulation of known sounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.perception.voice import cepstra, modulation, statistics
from edge.perception.voice.activity import Activity
from edge.perception.voice.contour import CONTOUR, Sung, contour, correlation
from edge.perception.voice.derived import REGIONS
from edge.perception.voice.log_mel import BANDS
from edge.perception.voice.loudness import LOUDNESS, loudness
from tests.edge.perception.voice.frames import tracks_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMES = [one.name for one in CONTOUR]


def everything(frames: int) -> Activity:
    flags = np.ones(frames, np.bool_)
    return Activity(flags, flags, -90.0)


def rows(frames: int = 200, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(-30, 6, (frames, BANDS)).astype(np.float32)


def measured(semitones: NDArray[np.float32], levels: NDArray[np.float32] | None = None) -> dict[str, float]:
    flat = np.zeros(len(semitones), np.float32)
    sung = Sung.of(semitones, np.ones(len(semitones), np.bool_))
    found = contour(sung, flat if levels is None else levels, flat)
    return dict(zip(NAMES, found, strict=True))


def test_a_rising_voice_has_its_slope_and_a_high_end() -> None:
    rising = measured(np.linspace(0, 10, 100, dtype=np.float32))
    assert rising["slope over the window, semitones"] == pytest.approx(10, rel=0.02)
    assert rising["last quarter over the mean, semitones"] == pytest.approx(3.75, abs=0.1)
    assert rising["first quarter over the mean, semitones"] == pytest.approx(-3.75, abs=0.1)
    assert rising["pitch unsteadiness, mean, semitones"] == pytest.approx(0, abs=1e-4)


def test_a_trembling_voice_is_unsteady_by_what_it_trembles() -> None:
    trembling = measured(np.tile(np.array([0.0, 0.5], np.float32), 50))
    assert trembling["pitch unsteadiness, mean, semitones"] == pytest.approx(1.0)
    assert trembling["mean rising step, semitones per 10 ms"] == pytest.approx(0.5)
    assert trembling["mean falling step, semitones per 10 ms"] == pytest.approx(-0.5)


def test_octave_errors_are_no_movement() -> None:
    steady = np.tile(np.array([0.0, 0.1], np.float32), 50)
    jumping = steady.copy()
    jumping[50] += 12
    name = "deviation of pitch steps, semitones per 10 ms"
    assert measured(jumping)[name] == pytest.approx(measured(steady)[name], abs=0.01)


def test_pitch_that_follows_level_correlates_with_it() -> None:
    wave = np.sin(np.arange(100) / 5).astype(np.float32)
    assert measured(wave, 3 * wave + 1)["correlation of pitch and level"] == pytest.approx(1.0, abs=1e-3)
    assert correlation(wave, -wave) == pytest.approx(-1.0, abs=1e-3)
    assert correlation(wave, np.ones(100, np.float32)) == 0.0


def test_without_enough_voice_the_contour_is_at_its_centre() -> None:
    flat = np.zeros(20, np.float32)
    assert contour(Sung.of(flat, np.zeros(20, np.bool_)), flat, flat) == [one.centre for one in CONTOUR]


def swelling_of(log_mels: NDArray[np.float32]) -> list[float]:
    tracks = tracks_of(log_mels)
    return loudness(tracks.loudness, tracks.flux)


def test_loudness_does_not_depend_on_the_level_and_swells_are_told() -> None:
    steady = np.full((100, BANDS), -30, np.float32)
    swelling = steady + (6 * np.sin(np.arange(100) / 3))[:, None].astype(np.float32)
    found, soft = swelling_of(swelling), swelling_of(swelling - 20)
    np.testing.assert_allclose(found, soft, atol=1e-3)
    assert len(found) == len(LOUDNESS)
    assert swelling_of(steady)[0] == pytest.approx(0, abs=1e-5)
    assert found[0] > 0.2
    assert found[6] == pytest.approx(5, abs=1)  # peaks a second, of a period of 0.19 s
    assert swelling_of(steady[:3]) == [one.centre for one in LOUDNESS]


def test_a_region_that_swells_four_times_a_second_has_its_power_there() -> None:
    log_mels = np.full((300, BANDS), -30, np.float32)
    log_mels[:, 10:15] += (8 * np.sin(2 * np.pi * 4 * np.arange(300) / 100))[:, None].astype(np.float32)
    out = np.zeros(modulation.SIZE, np.float32)
    modulation.modulation(tracks_of(log_mels).regions, -30.0, out)
    by_band = (out * modulation._SCALES + modulation._CENTRES).reshape(-1, REGIONS)
    assert by_band.argmax() == 2 * REGIONS + 2  # 3 to 5 Hz, bands 10 to 14
    assert by_band[:, 5].max() == pytest.approx(10 * np.log10(modulation.LEAST), abs=0.1)


def test_the_cosine_transform_is_orthonormal_and_blind_to_level() -> None:
    cosines = cepstra.transform()
    np.testing.assert_allclose(cosines.T @ cosines, np.eye(cepstra.COUNT), atol=1e-5)
    np.testing.assert_allclose(cosines.sum(axis=0), 0, atol=1e-4)


def test_a_spectrum_that_tilts_to_and_fro_moves_its_first_cepstrum() -> None:
    wave = np.where(np.arange(100) % 10 < 5, 1.0, -1.0)[:, None]
    out = np.zeros(cepstra.SIZE, np.float32)
    tracks = tracks_of((-30 + 5 * wave * cepstra.transform()[:, 0]).astype(np.float32))
    cepstra.cepstra(tracks.cepstra, everything(100), out)
    moved = (out * cepstra._SCALES + cepstra._CENTRES).reshape(-1, cepstra.COUNT)[1:]
    assert moved[1, 0] == pytest.approx(10, abs=0.3)  # over 50 ms it is always on the other side
    assert moved[0, 0] == pytest.approx(4, abs=0.3)  # over 20 ms in two frames of five
    np.testing.assert_allclose(moved[:, 1:], 0, atol=1e-4)


def test_a_microphone_moves_only_the_mean_cepstra() -> None:
    coloured = rows() + np.linspace(-6, 6, BANDS, dtype=np.float32)
    found = []
    for log_mels in (rows(), coloured):
        tracks = tracks_of(log_mels)
        found.append(statistics.statistics(tracks, everything(200), np.zeros(statistics.SHAPE, np.float32))[0])
    means = slice(2 * BANDS, 2 * BANDS + cepstra.COUNT)
    differs = np.abs(found[0] - found[1])
    assert differs[means].max() > 0.3
    differs[means] = 0
    assert differs.max() < 0.05


def test_statistics_of_a_single_voiceless_frame_are_finite_and_within_the_limit() -> None:
    flags = np.zeros(10, np.bool_)
    flags[4] = True
    activity = Activity(flags, ~np.ones(10, np.bool_), -90.0)
    out = statistics.statistics(tracks_of(rows(10)), activity, np.full(statistics.SHAPE, 9, np.float32))
    assert np.isfinite(out).all()
    assert np.abs(out).max() <= statistics.LIMIT
