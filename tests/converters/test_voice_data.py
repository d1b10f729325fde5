"""The voice clips, their variants and the windows cut from them; all sounds are made here."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from converters.datasets.voice import Clip, read_clips, speaker_folds
from converters.datasets.voice_variants import noise, resample, reverberate, rms, variant
from converters.datasets.voice_windows import Recordings, alter, draw
from edge.errors import InputError
from edge.perception.voice import spectrogram
from edge.perception.voice.activity import ActivityDetector
from edge.perception.voice.analysis import Analysis
from edge.perception.voice.inputs import Inputs
from edge.perception.voice.settings import VoiceSettings
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
    for colour in (0.0, 1.0):
        made = noise(32_000, colour, random)
        assert rms(made) == pytest.approx(1.0)
        power = np.abs(np.fft.rfft(made)) ** 2
        octaves = [power[a : 2 * a].mean() for a in (1000, 2000, 4000, 8000)]
        falls = -np.diff(10 * np.log10(octaves))
        assert falls.mean() == pytest.approx(3.01 * colour, abs=0.5)


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


def recordings() -> Recordings:
    """Two recordings of a voice-like sound, 2 and 5 s."""
    settings = VoiceSettings()
    tracks, flags, voiced, ends = [], [], [], []
    for seconds in (2.0, 5.0):
        time = np.arange(int(seconds * 16_000)) / 16_000
        sound = harmonics(150, seconds, 30) * (0.1 + 0.9 * np.sin(2 * np.pi * 2 * time) ** 2)
        samples = to_int16(np.concatenate([sound + white(seconds, 1e-4), quiet(0.5)]))
        analysis = Analysis(settings, 700)
        frames = analysis.push(samples)
        activity = ActivityDetector(settings.speech).judge(analysis.tracks, frames)
        tracks.append(analysis.tracks)
        flags.append(activity.speech)
        voiced.append(activity.voiced)
        ends.append(frames)
    names = ("log_mels", "levels", "pitches", "periodicities", "clipped")
    joined = type(tracks[0])(*(np.concatenate([getattr(part, name) for part in tracks]) for name in names))
    return Recordings(joined, np.concatenate(flags), np.concatenate(voiced), np.cumsum(ends), np.array([0, 1]))


def test_windows_are_the_devices_own_inputs() -> None:
    both = recordings()
    inputs = Inputs()
    image, numbers = inputs.ordered(("spectrogram", "functionals"))
    random = np.random.default_rng(0)
    seen = set()
    for _ in range(10):
        draw(both, 1, random, inputs)
        assert np.isfinite(image).all()
        assert image.min() >= spectrogram.LOWEST
        assert image.max() <= spectrogram.HIGHEST
        assert numbers[0, 3] == pytest.approx((12 * np.log2(1.5) - 11.1) / 6.4, abs=0.02)
        seen.add(float(image.sum()))
    assert len(seen) > 3


def test_altering_keeps_the_limits_and_changes_the_window() -> None:
    image = np.random.default_rng(0).uniform(-2, 1.5, spectrogram.SHAPE).astype(np.float32)
    before = image.copy()
    alter(image, np.random.default_rng(1))
    assert image.min() >= spectrogram.LOWEST
    assert image.max() <= spectrogram.HIGHEST
    assert np.abs(image - before).max() > 0.1


def test_data_and_training_do_not_load_tensorflow_before_they_train() -> None:
    code = "import sys, converters.train.voice; print({'tensorflow', 'tf_keras'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "set()\n"
