from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from edge.perception.voice.analysis import HOP, WINDOW, Analysis
from edge.perception.voice.pitch import FRAME
from edge.perception.voice.settings import VoiceSettings
from tests.edge.perception.voice.sounds import harmonics, to_int16, white

SOUND = to_int16(harmonics(140.0, 2.0) + white(2.0, 0.01))


@pytest.mark.parametrize("size", [1, 37, 160, 799, 8000, 31_999])
def test_pieces_of_any_length_give_the_same_tracks_as_the_whole(size: int) -> None:
    sound = SOUND[:6000] if size == 1 else SOUND
    whole, pieces = Analysis(VoiceSettings()), Analysis(VoiceSettings())
    frames = whole.push(sound)
    assert sum(pieces.push(sound[i : i + size]) for i in range(0, len(sound), size)) == frames
    for name in ("log_mels", "levels", "pitches", "periodicities", "clipped"):
        np.testing.assert_allclose(getattr(pieces.tracks, name), getattr(whole.tracks, name), rtol=1e-4, atol=1e-3)


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
