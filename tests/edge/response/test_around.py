"""Who is heard, and who is seen."""

from __future__ import annotations

import numpy as np

from edge.affect import Cue, Emotion, Reading, Sense
from edge.perception.face.cues import company
from edge.response.around import Around
from edge.sensors.signals import AudioChunk
from tests.edge.response.support import SECOND, affect_of


def chunk(at_s: float) -> AudioChunk:
    return AudioChunk(np.zeros(1, np.int16), int(at_s * SECOND))


def face(others: int, at_s: float, *, seen: bool = True) -> Reading:
    cues: tuple[Cue, ...] = company(others)
    affect = affect_of(Emotion.SAD, 0.9) if seen else None
    return Reading(Sense.FACE, int(at_s * SECOND), affect, 1.0, cues, None if seen else "turned away")


def test_somebody_talks_until_a_pause_has_passed() -> None:
    around = Around()
    assert not around.talking(0, 0.6)
    around.hear(chunk(10.0), speech=True)
    around.hear(chunk(10.5), speech=False)
    assert around.talking(int(10.59 * SECOND), 0.6)
    assert not around.talking(int(10.6 * SECOND), 0.6)


def test_a_microphone_that_is_closed_hears_nobody() -> None:
    around = Around()
    around.hear(chunk(10.0), speech=True)
    around.forget()
    assert not around.talking(10 * SECOND, 0.6)


def test_others_are_there_until_the_person_is_seen_alone() -> None:
    around = Around()
    around.see(face(2, 1))
    assert around.company(2 * SECOND)
    around.see(face(0, 3))
    assert not around.company(3 * SECOND)


def test_a_face_that_is_not_seen_well_says_nothing_of_others_but_they_are_forgotten() -> None:
    around = Around()
    around.see(face(1, 1, seen=False))
    around.see(face(0, 2, seen=False))
    assert around.company(11 * SECOND)
    assert not around.company(11 * SECOND + 1)


def test_a_camera_that_is_closed_sees_nobody() -> None:
    around = Around()
    around.see(face(1, 1))
    around.leave()
    assert not around.company(SECOND)
