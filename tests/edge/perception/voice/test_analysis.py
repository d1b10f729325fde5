from __future__ import annotations

import tracemalloc
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.perception.voice.analysis import HOP, WINDOW, Analysis
from edge.perception.voice.derived import CHANGE_FRAMES, derive
from edge.perception.voice.log_mel import LogMel
from edge.perception.voice.pitch import FRAME, Pitch
from edge.perception.voice.settings import VoiceSettings
from edge.perception.voice.tracks import Tracks
from tests.edge.perception.voice.sounds import harmonics, to_int16, white

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SOUND = to_int16(harmonics(140.0, 2.0) + white(2.0, 0.01))
NAMES = [field.name for field in fields(Tracks)]


@pytest.mark.parametrize("size", [1, 37, 160, 799, 928, 8000, 31_999])
@pytest.mark.parametrize("asked", [True, False], ids=["asked after each piece", "asked at the end"])
def test_pieces_of_any_length_give_the_same_tracks_as_the_whole_to_the_last_bit(size: int, *, asked: bool) -> None:
    sound = SOUND[:6000] if size == 1 else SOUND
    whole, pieces = Analysis(VoiceSettings()), Analysis(VoiceSettings())
    frames, done = whole.push(sound), 0
    for start in range(0, len(sound), size):
        done += pieces.push(sound[start : start + size])
        if asked:
            assert len(pieces.tracks) == done
    assert done == frames
    known = slice(CHANGE_FRAMES, -CHANGE_FRAMES)  # those at the ends wait for neighbours
    for name in NAMES:
        np.testing.assert_array_equal(getattr(pieces.tracks, name)[known], getattr(whole.tracks, name)[known], name)


def test_each_frame_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = dict.fromkeys(("spectra", "pitches", "derived"), 0)
    spectra, pitches = LogMel.__call__, Pitch.__call__

    def counted_spectra(self: LogMel, frames: Floats) -> tuple[Floats, Floats]:
        counts["spectra"] += len(frames)
        return spectra(self, frames)

    def counted_pitches(self: Pitch, frames: Floats) -> tuple[Floats, Floats]:
        counts["pitches"] += len(frames)
        return pitches(self, frames)

    def counted_derived(tracks: Tracks, fresh: int) -> None:
        counts["derived"] += fresh
        derive(tracks, fresh)

    monkeypatch.setattr(LogMel, "__call__", counted_spectra)
    monkeypatch.setattr(Pitch, "__call__", counted_pitches)
    monkeypatch.setattr("edge.perception.voice.analysis.derive", counted_derived)
    analysis = Analysis(VoiceSettings())
    frames = 0
    for start in range(0, len(SOUND), 1777):
        frames += analysis.push(SOUND[start : start + 1777])
        assert len(analysis.tracks) == frames
    assert frames == (len(SOUND) - FRAME) // HOP + 1
    assert counts == dict.fromkeys(counts, frames)


def test_the_window_is_the_end_of_a_longer_one_however_often_its_memory_came_round() -> None:
    short, long = Analysis(VoiceSettings()), Analysis(VoiceSettings(), 4000)
    for part in range(11):
        short.push(SOUND[part:])
        long.push(SOUND[part:])
        if part % 3:
            assert len(short.tracks) <= WINDOW
    assert len(short.tracks) == WINDOW
    known = slice(CHANGE_FRAMES, -CHANGE_FRAMES)
    for name in NAMES:
        last = getattr(long.tracks, name)[-WINDOW:]
        np.testing.assert_array_equal(getattr(short.tracks, name)[known], last[known], name)


def test_each_10_ms_give_one_frame_once_the_first_is_full() -> None:
    analysis = Analysis(VoiceSettings())
    assert analysis.push(SOUND[: FRAME - 1]) == 0
    assert analysis.push(SOUND[FRAME - 1 : FRAME]) == 1
    assert analysis.push(SOUND[FRAME : FRAME + 10 * HOP]) == 10
    assert len(analysis.tracks) == 11
    assert analysis.needed(1) == HOP


def test_the_window_keeps_the_last_three_seconds() -> None:
    analysis = Analysis(VoiceSettings())
    for _ in range(3):
        analysis.push(SOUND)
    assert len(analysis.tracks) == WINDOW
    last = Analysis(VoiceSettings())
    last.push(np.concatenate([SOUND, SOUND])[-(FRAME + (WINDOW - 1) * HOP) :])
    np.testing.assert_allclose(analysis.tracks.levels[-50:], last.tracks.levels[-50:], atol=2.0)


def test_after_forgetting_nothing_of_the_past_is_left() -> None:
    fresh, used = Analysis(VoiceSettings()), Analysis(VoiceSettings())
    used.push(to_int16(white(1.3, 0.3)))
    used.forget()
    assert len(used.tracks) == 0
    fresh.push(SOUND)
    used.push(SOUND)
    np.testing.assert_array_equal(fresh.tracks.log_mels, used.tracks.log_mels)


def test_no_samples_change_nothing() -> None:
    analysis = Analysis(VoiceSettings())
    assert analysis.push(np.zeros(0, np.int16)) == 0
    assert len(analysis.tracks) == 0


def test_memory_does_not_grow_with_what_was_heard() -> None:
    analysis = Analysis(VoiceSettings())
    for _ in range(5):
        analysis.push(SOUND)
    tracemalloc.start()
    for _ in range(5):
        analysis.push(SOUND)
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(50):
        analysis.push(SOUND)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 20_000
