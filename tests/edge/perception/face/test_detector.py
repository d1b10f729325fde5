from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.perception.face.detector import TASK, Detector, anchors, merged, overlap, tiles
from tests.edge.perception.face.support import EYES_AT, resized

if TYPE_CHECKING:
    from edge.accelerators.model import Models
    from tests.edge.perception.face.support import Picture


@pytest.fixture(scope="module")
def detector(models: Models) -> Detector:
    return Detector(models.load("face-detect", TASK), 0.5)


def test_anchors_are_two_in_each_fine_cell_and_six_in_each_coarse_one() -> None:
    centres = anchors()
    assert centres.shape == (896, 2)
    assert np.allclose(centres[0], 0.5 / 16)
    assert np.allclose(centres[1], centres[0])
    assert np.allclose(centres[2], [1.5 / 16, 0.5 / 16])
    assert np.allclose(centres[512:518], 0.5 / 8)
    assert np.allclose(centres[-1], 7.5 / 8)


def test_the_face_of_the_portrait_is_where_it_is(detector: Detector, portrait: Picture) -> None:
    (face,) = detector.find(portrait)
    left, top, right, bottom = face.box
    assert left < EYES_AT[0] < right
    assert top < EYES_AT[1] < bottom
    assert 80 < face.size < 130
    assert np.linalg.norm(face.points[:2].mean(axis=0) - EYES_AT) < 8
    assert face.points[0, 0] < face.points[1, 0]


@pytest.mark.parametrize("height", [200, 480, 760])
def test_it_is_the_same_place_in_every_shape_of_picture(detector: Detector, portrait: Picture, height: int) -> None:
    (face,) = detector.find(portrait)
    tall = np.full((height, 640, 3), 90, np.uint8)
    rows = min(height, 480)
    tall[:rows] = portrait[:rows]
    again = detector.find(tall)[0]
    assert np.allclose(again.points[:2], face.points[:2], atol=20)


def test_a_bare_chip_is_found_by_the_second_look(detector: Detector, portrait: Picture) -> None:
    chip = resized(portrait[50:190, 210:350], 48, 48)
    (face,) = detector.find(chip)
    assert 20 < face.size < 60


@pytest.mark.parametrize(("left", "top"), [(0, 0), (920, 0), (0, 480), (460, 240), (920, 480)])
def test_a_small_face_in_a_large_picture_is_found_by_the_closer_look(
    detector: Detector, portrait: Picture, left: int, top: int
) -> None:
    scene = np.full((720, 1280, 3), 120, np.uint8)
    scene[top : top + 240, left : left + 360] = portrait[:240, 100:460]
    (face,) = detector.find(scene)
    assert np.linalg.norm(face.points[:2].mean(axis=0) - (left + EYES_AT[0] - 100, top + EYES_AT[1])) < 25


def test_tiles_cover_the_picture_and_share_a_third() -> None:
    views = tiles(np.zeros((100, 200, 3), np.uint8))
    assert [(left, top, *tile.shape[:2]) for left, top, tile in views] == [
        (0, 0, 60, 120),
        (80, 0, 60, 120),
        (0, 40, 60, 120),
        (80, 40, 60, 120),
    ]


def test_light_is_that_of_the_picture_and_not_of_its_surround(detector: Detector) -> None:
    detector.find(np.full((40, 400, 3), 200, np.uint8))
    assert detector.light == pytest.approx(200, abs=1)


def test_overlap_is_shared_area_over_joint_area() -> None:
    box = np.array([0, 0, 2, 2], np.float32)
    others = np.array([[0, 0, 2, 2], [1, 0, 3, 2], [5, 5, 6, 6]], np.float32)
    assert overlap(box, others) == pytest.approx([1, 1 / 3, 0])


def test_overlapping_candidates_become_their_weighted_mean() -> None:
    boxes = np.array([[0, 0, 10, 10], [2, 0, 12, 10], [50, 50, 60, 60]], np.float32)
    points = np.zeros((3, 6, 2), np.float32)
    points[1] = 4
    faces = merged(boxes, points, np.array([0.9, 0.3, 0.6]))
    assert [face.score for face in faces] == pytest.approx([0.9, 0.6])
    assert faces[0].box == pytest.approx((0.5, 0, 10.5, 10))
    assert np.allclose(faces[0].points, 1)
