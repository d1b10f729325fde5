from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.perception.face.cues import brow_raise, cues_of, eye_openness, smile
from edge.perception.face.landmarks import POINTS
from edge.perception.face.pose import LEVEL_PITCH, Pose, frontal, pose_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = Pose(0, 0, 0)


def head() -> NDArray[np.float32]:
    """A level face of a few points, 100 units between the outer corners of the eyes: x right, y down, z away."""
    points = np.zeros((POINTS, 3), np.float32)
    places = {33: (-50, 0), 133: (-18, 0), 263: (50, 0), 362: (18, 0), 10: (0, -60), 152: (0, 110)}
    places |= {160: (-42, -4), 158: (-26, -4), 144: (-42, 4), 153: (-26, 4), 387: (42, -4), 385: (26, -4)}
    places |= {380: (26, 4), 373: (42, 4), 159: (-34, -4), 386: (34, -4)}
    places |= dict.fromkeys((105, 66, 52), (-34, -25)) | dict.fromkeys((334, 296, 282), (34, -25))
    places |= {13: (0, 60), 14: (0, 62), 61: (-25, 61), 291: (25, 61)}
    for index, place in places.items():
        points[index, :2] = place
    return points


def rotated(points: NDArray[np.float32], degrees: float, plane: tuple[int, int]) -> NDArray[np.float32]:
    """Points turned so that the first axis of ``plane`` moves towards the second."""
    first, second = plane
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned = points.copy()
    turned[:, first] = cos * points[:, first] - sin * points[:, second]
    turned[:, second] = sin * points[:, first] + cos * points[:, second]
    return turned


@pytest.mark.parametrize("degrees", [-40, -10, 0, 25, 60])
def test_yaw_is_positive_when_the_right_side_goes_away(degrees: float) -> None:
    pose = pose_of(rotated(head(), degrees, (0, 2)), 0.0)
    assert pose.yaw == pytest.approx(degrees, abs=1e-3)
    assert pose.roll == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("degrees", [-30, 0, 20])
def test_pitch_is_positive_when_the_chin_comes_near(degrees: float) -> None:
    pose = pose_of(rotated(head(), -degrees, (1, 2)), 0.0)
    assert pose.pitch == pytest.approx(degrees - LEVEL_PITCH, abs=1e-3)


def test_roll_adds_what_the_region_was_turned_by() -> None:
    assert pose_of(rotated(head(), 12, (0, 1)), 30.0).roll == pytest.approx(42, abs=1e-3)
    assert pose_of(rotated(head(), 12, (0, 1)), 175.0).roll == pytest.approx(-173, abs=1e-3)


def test_cues_do_not_change_when_the_head_turns() -> None:
    points = head()
    points[[61, 291], 1] -= 4
    turned = rotated(rotated(points, 25, (0, 2)), 15, (1, 2))
    for measure in (smile, brow_raise, eye_openness):
        assert measure(frontal(turned)) == pytest.approx(measure(frontal(points)), abs=1e-4)


def test_measures_are_in_eye_distances() -> None:
    points = head()
    points[[61, 291], 1] = 56
    assert smile(frontal(points)) == pytest.approx(0.05)
    assert brow_raise(frontal(points)) == pytest.approx(0.21)
    assert eye_openness(frontal(points)) == pytest.approx(8 / 32)


@pytest.mark.parametrize(("lift", "phrase"), [(6, "smiling"), (0, "mouth corners level"), (-5, "mouth corners down")])
def test_a_lift_of_the_mouth_s_corners_is_told_in_words(lift: float, phrase: str) -> None:
    points = head()
    points[[61, 291], 1] -= lift
    (cue,) = (cue for cue in cues_of(points, LEVEL, 0) if cue.name == "smile")
    assert cue.phrase == phrase
    assert cue.value == pytest.approx(lift)
    assert 0 <= cue.strength <= 1


def test_a_turned_head_is_told_by_its_side() -> None:
    phrases = {cue.phrase for cue in cues_of(head(), Pose(-35, 0, 30), 3)}
    assert {"head turned to the left", "head leaning to the right", "3 other faces in view"} <= phrases
