from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.perception.face import detector, landmarks
from edge.perception.face.alignment import Cropper
from edge.perception.face.detector import FURTHER, Detector, Face
from edge.perception.face.landmarks import Landmarks
from edge.perception.face.perceiver import FacePerceiver
from edge.perception.face.settings import FaceSettings
from edge.perception.face.tracking import ROUND, Sight, Tracker
from edge.sensors.signals import Frame
from tests.edge.perception.face.support import resized

if TYPE_CHECKING:
    from edge.accelerators.model import Models
    from tests.edge.perception.face.support import Picture

FRAME_NS = 100_000_000
EMPTY = np.full((480, 640, 3), 90, np.uint8)


def tracker(models: Models, redetect_s: float = 1.0) -> Tracker:
    return Tracker(
        Detector(models.load("face-detect", detector.TASK), 0.5),
        Landmarks(models.load("face-landmarks", landmarks.TASK), Cropper()),
        redetect_s,
    )


@pytest.fixture
def following(models: Models) -> Tracker:
    return tracker(models)


def seen(following: Tracker, picture: Picture, at: int) -> Sight:
    """What is seen in frame ``at`` of ten a second."""
    sight = following.see(picture, at * FRAME_NS)
    assert sight is not None
    return sight


def placed(portrait: Picture, x: int, y: int, side: int = 220) -> Picture:
    """The portrait's head, ``side`` pixels wide, at x, y of an otherwise grey scene."""
    scene = EMPTY.copy()
    scene[y : y + side, x : x + side] = resized(portrait[20:240, 170:390], side, side)
    return scene


def test_a_face_that_moves_is_followed_and_not_detected_anew(following: Tracker, portrait: Picture) -> None:
    places = [(60, 60), (75, 64), (95, 70), (120, 70), (120, 90)]
    sights = [seen(following, placed(portrait, x, y), at) for at, (x, y) in enumerate(places)]
    assert following.detections == 1
    first = sights[0].mesh.middle - np.array(places[0])
    for sight, place in zip(sights, places, strict=True):
        assert np.abs(sight.mesh.middle - np.array(place) - first).max() < 6
        assert sight.size == pytest.approx(sights[0].size, rel=0.08)
        assert sight.score == sights[0].score


def test_a_still_face_stays_where_it_is_however_long_it_is_followed(models: Models, portrait: Picture) -> None:
    following = tracker(models, 60.0)
    sights = [seen(following, portrait, at) for at in range(60)]
    assert following.detections == 1
    settled = sights[10]
    for sight in sights[10:]:
        assert np.abs(sight.mesh.picture - settled.mesh.picture).max() < 0.03 * settled.size
        assert sight.size == pytest.approx(settled.size, rel=0.03)


def test_the_detector_looks_again_after_the_set_time(following: Tracker, portrait: Picture) -> None:
    for at in range(21):
        seen(following, portrait, at)
    assert following.detections == 3


def test_zero_detects_in_every_frame(models: Models, portrait: Picture) -> None:
    always = tracker(models, 0.0)
    for at in range(3):
        seen(always, portrait, at)
    assert always.detections == 3


def test_a_face_that_leaves_is_missed_in_that_very_frame(following: Tracker, portrait: Picture) -> None:
    seen(following, placed(portrait, 60, 60), 0)
    assert following.see(EMPTY, FRAME_NS) is None
    assert following.detections == 2


def test_a_face_that_leaps_is_found_in_that_very_frame(following: Tracker, portrait: Picture) -> None:
    before = seen(following, placed(portrait, 10, 10), 0)
    after = seen(following, placed(portrait, 400, 240), 1)
    assert np.abs(after.mesh.middle - before.mesh.middle - np.array([390, 230])).max() < 8
    assert following.detections == 2


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """What the detector was told to look at, call by call."""
    told: list[tuple[int, ...]] = []
    find = Detector.find

    def noted(self: Detector, image: Picture, wanted: tuple[int, ...] = FURTHER) -> list[Face]:
        told.append(tuple(wanted))
        return find(self, image, wanted)

    monkeypatch.setattr(Detector, "find", noted)
    return told


def test_a_new_scene_is_looked_at_everywhere_and_an_empty_one_in_turn(
    following: Tracker, looks: list[tuple[int, ...]], portrait: Picture
) -> None:
    for at in range(5):
        assert following.see(EMPTY, at * FRAME_NS) is None
    assert looks == [FURTHER, *ROUND, ROUND[0]]
    seen(following, placed(portrait, 60, 60), 5)
    assert following.see(EMPTY, 6 * FRAME_NS) is None, "who has left holds nobody up"
    assert following.see(EMPTY, 7 * FRAME_NS) is None
    assert looks[5:] == [ROUND[1], *ROUND[:2]]
    darker = np.asarray(EMPTY * 0.3, np.uint8)
    for at in (8, 9, 10):
        assert following.see(darker, at * FRAME_NS) is None
    assert looks[8:] == [*ROUND], "the next frame comes soon"
    assert following.see(EMPTY, 15 * FRAME_NS) is None
    assert looks[11:] == [FURTHER], "and here it does not"


def test_pictures_that_are_looked_at_one_by_one_are_looked_at_everywhere(
    models: Models, looks: list[tuple[int, ...]]
) -> None:
    always = tracker(models, 0.0)
    for at in range(3):
        always.see(EMPTY, at * FRAME_NS)
    assert looks == [FURTHER] * 3


def test_a_face_is_followed_while_the_detector_looks_for_it_in_turn_and_no_longer(
    following: Tracker, monkeypatch: pytest.MonkeyPatch, portrait: Picture
) -> None:
    for at in range(10):
        seen(following, portrait, at)
    monkeypatch.setattr(Detector, "find", lambda *_: [])
    sights = [following.see(portrait, at * FRAME_NS) for at in range(10, 14)]
    assert [sight is not None for sight in sights] == [True, True, False, False]


@pytest.mark.parametrize("place", [(30, 30), (490, 30), (30, 330), (490, 330)])
def test_a_distant_face_in_an_empty_room_is_found_within_three_frames(
    following: Tracker, portrait: Picture, place: tuple[int, int]
) -> None:
    entered = placed(portrait, *place, 120)
    for at in range(3):
        assert following.see(EMPTY, at * FRAME_NS) is None
    found = [following.see(entered, at * FRAME_NS) for at in (3, 4, 5)]
    assert found[2] is not None
    still = [following.see(entered, at * FRAME_NS) for at in range(6, 30)]
    assert None not in still, "once found it is not lost when it is detected anew"


def test_a_cut_to_another_scene_is_detected_anew(following: Tracker, portrait: Picture) -> None:
    seen(following, portrait, 0)
    darker = np.asarray(portrait * 0.6, np.uint8)
    seen(following, darker, 1)
    assert following.detections == 2


def test_somebody_nearer_becomes_the_person_at_the_next_detection(following: Tracker, portrait: Picture) -> None:
    alone = placed(portrait, 20, 120, 200)
    both = alone.copy()
    both[100:400, 320:620] = placed(portrait, 320, 100, 300)[100:400, 320:620]
    small = seen(following, alone, 0)
    sights = [seen(following, both, at) for at in range(1, 11)]
    assert sights[-2].others == 0, "the detector has not looked yet"
    assert sights[-1].others == 1
    assert sights[-1].size > 1.2 * small.size


@pytest.mark.parametrize("captured_ns", [-1, 5_000_000_000, 86_400_000_000_000])
def test_a_time_that_jumps_is_a_reason_to_detect(following: Tracker, portrait: Picture, captured_ns: int) -> None:
    seen(following, portrait, 0)
    assert following.see(portrait, captured_ns) is not None
    assert following.detections == 2


def test_another_size_of_picture_is_a_reason_to_detect(following: Tracker, portrait: Picture) -> None:
    seen(following, portrait, 0)
    seen(following, resized(portrait, 320, 240), 1)
    assert following.detections == 2


def test_a_followed_face_is_read_as_a_detected_one(models: Models, portrait: Picture) -> None:
    perceiver = FacePerceiver(FaceSettings(), models)
    perceiver.attach()
    first, *later = [perceiver.perceive(Frame(portrait, at * FRAME_NS)) for at in range(9)]
    assert first.affect is not None
    for reading in later:
        assert reading.affect is not None
        assert reading.affect.label == first.affect.label
        assert reading.quality == pytest.approx(first.quality, abs=0.15)
    perceiver.stop()
