from __future__ import annotations

import numpy as np

from edge.sensors.segments import Continuity, Segmenter
from edge.sensors.signals import SAMPLE_RATE, AudioChunk

HOP = SAMPLE_RATE // 2


def chunk(number: int, *, gap: bool = False, late_s: float = 0.0) -> AudioChunk:
    """The ``number``-th half second, whose samples all have its number."""
    captured_ns = int(((number + 1) / 2 + late_s) * 1e9)
    return AudioChunk(np.full(HOP, number, np.int16), captured_ns, gap)


def said(flags: str, *, pause_s: float = 1.0, longest_s: float = 15.0) -> list[list[int]]:
    """The half seconds of each segment; a letter of ``flags`` is one, "x" with speech."""
    segmenter = Segmenter(pause_s, longest_s)
    found = []
    for number, flag in enumerate(flags):
        segment = segmenter.push(chunk(number), speech=flag == "x")
        if segment is not None:
            assert segment.captured_ns == chunk(number).captured_ns
            found.append([int(n) for n in segment.samples[::HOP]])
    return found


def test_an_utterance_begins_a_second_early_and_ends_with_the_pause() -> None:
    assert said(".....xx.x..") == [[3, 4, 5, 6, 7, 8, 9, 10]]


def test_two_utterances_share_no_sound() -> None:
    assert said("x..x..") == [[0, 1, 2], [3, 4, 5]]


def test_an_endless_utterance_is_cut_at_its_longest() -> None:
    assert said("xxxxxxxx", longest_s=2.0) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_silence_is_no_utterance_and_is_not_kept() -> None:
    assert said("." * 100) == []
    segmenter = Segmenter(1.0, 15.0)
    for number in range(100):
        segmenter.push(chunk(number), speech=False)
    assert len(segmenter._chunks) <= 2


def test_what_was_said_before_a_hole_is_given_and_nothing_is_kept() -> None:
    segmenter = Segmenter(1.0, 15.0)
    segmenter.push(chunk(0), speech=True)
    segment = segmenter.finish()
    assert segment is not None
    assert segment.seconds == 0.5
    assert segmenter.finish() is None


def test_sound_that_goes_on_has_no_hole() -> None:
    continuity = Continuity()
    assert [continuity.broken(chunk(n, late_s=0.35 * (n % 2))) for n in range(4)] == [(False, False)] * 4


def test_a_flagged_hole_breaks_and_a_silent_one_passes_over_what_follows_it() -> None:
    continuity = Continuity()
    continuity.broken(chunk(0))
    assert continuity.broken(chunk(1, gap=True)) == (True, False)
    assert continuity.broken(chunk(3)) == (True, True)  # one chunk was left out
    assert continuity.broken(chunk(4)) == (False, False)
