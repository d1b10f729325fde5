"""The voice clips, their variants and the windows cut from them; all sounds are made here."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from converters.datasets.voice import Clip, read_clips, speaker_folds
from converters.datasets.voice_alter import alter, warped
from converters.datasets.voice_batches import batches
from converters.datasets.voice_variants import colour, noise, resample, reverberate, rms, stretch, variant
from converters.datasets.voice_windows import Windows, cut, load, save
from edge.errors import InputError
from edge.perception.voice import spectrogram
from edge.perception.voice.inputs import SHAPES
from tests.edge.perception.voice.sounds import harmonics, quiet, sine, to_int16, white

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "path,dataset,speaker,emotion\n"


def test_clips_come_with_our_words_for_emotions(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", to_int16(sine(200, 0.5)), 16_000)
    (tmp_path / "manifest.csv").write_text(HEADER + "a.flac,emodb,s1,fearful\na.flac,nemo,s2,surprised\n")
    (clip,) = read_clips(tmp_path, "emodb")
    assert (clip.label, clip.speaker, len(clip.samples)) == ("fear", "s1", 8000)
    assert clip.samples.dtype == np.int16
    assert read_clips(tmp_path, "nemo")[0].label == "surprise"


def test_a_folder_without_manifest_or_with_another_rate_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"manifest\.csv"):
        read_clips(tmp_path, "emodb")
    soundfile.write(tmp_path / "a.flac", to_int16(sine(200, 0.5)), 8000)
    (tmp_path / "manifest.csv").write_text(HEADER + "a.flac,emodb,s1,sad\n")
    with pytest.raises(InputError, match=r"a\.flac has 8000 Hz"):
        read_clips(tmp_path, "emodb")
    with pytest.raises(InputError, match="no row with dataset 'nemo'"):
        read_clips(tmp_path, "nemo")


def test_each_speaker_is_left_out_once_and_never_seen_in_that_fold() -> None:
    clips = [Clip(np.zeros(1, np.int16), "sad", f"s{k:02}") for k in range(10)]
    folds = speaker_folds(clips)
    assert folds[0] == ("s00", "s05")
    assert sorted(speaker for pair in folds for speaker in pair) == [clip.speaker for clip in clips]
    with pytest.raises(InputError, match="9 speakers"):
        speaker_folds(clips[1:])


def test_noise_has_its_power_and_its_colour() -> None:
    random = np.random.default_rng(0)
    for slope in (0.0, 1.0):
        made = noise(32_000, slope, random)
        assert rms(made) == pytest.approx(1.0)
        power = np.abs(np.fft.rfft(made)) ** 2
        octaves = [power[a : 2 * a].mean() for a in (1000, 2000, 4000, 8000)]
        falls = -np.diff(10 * np.log10(octaves))
        assert falls.mean() == pytest.approx(3.01 * slope, abs=0.5)


def test_faster_is_shorter_and_higher() -> None:
    fast = resample(sine(200, 1.0), 1.25)
    assert len(fast) == 12_800
    crossings = np.sum((fast[:-1] < 0) & (fast[1:] >= 0))
    assert crossings == pytest.approx(250 * 0.8, abs=2)


def test_a_room_adds_a_tail_at_the_stated_level() -> None:
    click = np.zeros(16_000)
    click[0] = 1.0
    heard = reverberate(click, 0.5, 6.0, np.random.default_rng(0))
    assert heard[0] == pytest.approx(1.0)
    assert 10 * np.log10(np.sum(heard[1:] ** 2)) == pytest.approx(-6.0, abs=0.2)
    assert np.abs(heard[8000:]).max() < 1e-6


def test_variants_differ_and_the_same_seed_gives_the_same() -> None:
    samples = to_int16(harmonics(150, 1.0))
    first, second = (variant(samples, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert first.dtype == np.int16
    assert not np.array_equal(first, variant(samples, np.random.default_rng(4)))


def test_a_stretched_sound_keeps_its_pitch_and_changes_its_length() -> None:
    fast = stretch(sine(200, 1.0), 1.25)
    assert len(fast) == pytest.approx(16_000 / 1.25, abs=512)
    inner = fast[600:-600]
    crossings = np.sum((inner[:-1] < 0) & (inner[1:] >= 0)) / (len(inner) / 16_000)
    assert crossings == pytest.approx(200, abs=3)
    assert np.abs(inner).max() == pytest.approx(0.3, abs=0.02)


def test_a_microphone_changes_each_octave_by_its_gain() -> None:
    for hz, gain in ((500.0, 6.0), (3500.0, -6.0)):
        heard = colour(sine(hz, 1.0), np.array([0.0, 6.0, 0.0, -6.0, 0.0]))
        assert 20 * np.log10(rms(heard) / rms(sine(hz, 1.0))) == pytest.approx(gain, abs=0.1)


def clips() -> list[Clip]:
    """Two voice-like clips of 2 and 5 s, and one that is silent."""
    made = []
    for number, seconds in enumerate((2.0, 5.0)):
        time = np.arange(int(seconds * 16_000)) / 16_000
        sound = harmonics(150, seconds, 30) * (0.1 + 0.9 * np.sin(2 * np.pi * 2 * time) ** 2)
        made.append(Clip(to_int16(np.concatenate([sound + white(seconds, 1e-4), quiet(0.5)])), "sad", f"s{number}"))
    return [*made, Clip(to_int16(quiet(2.0)), "happy", "s2")]


def test_windows_are_the_devices_own_inputs_and_silence_gives_none() -> None:
    windows = cut(clips(), variants=1, draws=4, seed=0)
    assert set(windows.source.tolist()) == {0, 1}
    assert windows.original.sum() == 8
    image, numbers, statistics = windows.inputs(np.flatnonzero(windows.original))
    assert {part.dtype.name for part in (image, numbers, statistics)} == {"float32"}
    assert [part.shape[1:] for part in (image, numbers, statistics)] == [shape[1:] for shape in SHAPES.values()]
    assert image.min() >= spectrogram.LOWEST
    assert image.max() <= spectrogram.HIGHEST
    assert numbers[:, 3] == pytest.approx((12 * np.log2(1.5) - 11.1) / 6.4, abs=0.02)
    assert len(np.unique(image[windows.source[windows.original] == 1].sum(axis=(1, 2, 3)))) > 1


def test_windows_come_back_from_their_file_as_they_were(tmp_path: Path) -> None:
    windows = cut(clips()[:1], variants=0, draws=1, seed=0)
    save(windows, tmp_path / "windows.npz")
    again = load(tmp_path / "windows.npz")
    np.testing.assert_array_equal(again.spectrogram, windows.spectrogram)
    np.testing.assert_array_equal(again.statistics, windows.statistics)
    assert again.original.tolist() == [True]


def test_altering_keeps_the_limits_and_changes_every_window() -> None:
    images = np.random.default_rng(0).uniform(-2, 1.5, (3, *spectrogram.SHAPE[1:])).astype(np.float32)
    before = images.copy()
    altered = alter(images, np.random.default_rng(1))
    np.testing.assert_array_equal(images, before)
    assert altered.shape == images.shape
    assert altered.min() >= spectrogram.LOWEST
    assert altered.max() <= spectrogram.HIGHEST
    assert (np.abs(altered - before).reshape(3, -1).max(axis=1) > 0.1).all()


def test_a_warped_window_has_its_middle_bands_moved_and_its_ends_in_place() -> None:
    ramp = np.tile(np.arange(40, dtype=np.float32), (2, 3, 1))
    moved = warped(ramp, np.array([1.5, -1.5], np.float32)) - ramp
    np.testing.assert_allclose(moved[:, :, [0, -1]], 0, atol=1e-5)
    np.testing.assert_allclose(moved[:, 0, 20], [1.5, -1.5], atol=0.01)


def test_every_label_comes_equally_often_and_an_epoch_can_be_drawn_again() -> None:
    labels = np.array([0, 0, 0, 1, 2])
    rows = len(labels) * 2
    source = np.repeat(np.arange(5), 2)
    windows = Windows(
        np.zeros((rows, *SHAPES["spectrogram"][1:]), np.float16),
        np.tile(source[:, None].astype(np.float32), (1, SHAPES["functionals"][1])),
        np.zeros((rows, SHAPES["statistics"][1]), np.float32),
        source,
        np.ones(rows, np.bool_),
    )
    draw = batches(windows, labels, np.array([0, 1, 3, 4]), seed=3)
    (inputs, targets, weights), (again, _, _), (other, _, _) = next(draw(0)), next(draw(0)), next(draw(1))
    assert weights is None
    np.testing.assert_array_equal(inputs[1], again[1])
    assert not np.array_equal(inputs[1], other[1])
    drawn = draw(0)
    shares = np.mean([next(drawn)[1].mean(axis=0) for _ in range(40)], axis=0)
    assert shares[:3] == pytest.approx([1 / 3] * 3, abs=0.05)
    np.testing.assert_allclose(targets.sum(axis=1), 1, atol=1e-5)
    assert 2.0 not in inputs[1]  # the clip that was not chosen, when it is not mixed


def test_data_and_training_do_not_load_tensorflow_before_they_train() -> None:
    code = "import sys, converters.train.voice; print({'tensorflow', 'tf_keras'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "set()\n"
