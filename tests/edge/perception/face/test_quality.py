from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from edge.perception.face.pose import Pose
from edge.perception.face.quality import Judge, Signs
from edge.perception.face.settings import FaceSettings

if TYPE_CHECKING:
    from numpy.typing import NDArray

GOOD = Signs(
    detection=0.9,
    presence=1.0,
    size=100,
    light=128,
    burnt=0.0,
    sharpness=0.5,
    texture=0.6,
    flattest="mouth",
    pose=Pose(0, 0, 0),
)


def judge() -> Judge:
    return Judge(FaceSettings())


def test_a_good_face_is_read_with_full_quality() -> None:
    assert judge().reason(GOOD) is None
    assert judge().quality(GOOD) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size": 19.0}, "too small"),
        ({"light": 24.0}, "too dark"),
        ({"light": 226.0}, "over-exposed"),
        ({"burnt": 0.41}, "over-exposed"),
        ({"sharpness": 0.04}, "too blurred"),
        ({"presence": 0.4}, "covered"),
        ({"texture": 0.1}, "covered (nothing to see at the mouth)"),
        ({"pose": Pose(41, 0, 0)}, "turned away (41° to the right)"),
        ({"pose": Pose(0, -33, 0)}, "turned away (33° down)"),
        ({"pose": Pose(0, 0, -51)}, "turned away (leaning by 51° to the left)"),
    ],
)
def test_each_limit_has_its_reason_in_plain_words(change: dict[str, Any], said: str) -> None:
    reason = judge().reason(replace(GOOD, **change))
    assert reason is not None
    assert said in reason


@pytest.mark.parametrize(
    "change",
    [
        {"detection": 0.6},
        {"presence": 0.7},
        {"size": 40.0},
        {"light": 45.0},
        {"light": 200.0},
        {"burnt": 0.2},
        {"sharpness": 0.12},
        {"pose": Pose(30, 0, 0)},
        {"pose": Pose(0, 24, 0)},
        {"pose": Pose(0, 0, -38)},
    ],
)
def test_quality_falls_towards_each_limit(change: dict[str, Any]) -> None:
    signs = replace(GOOD, **change)
    assert judge().reason(signs) is None
    assert 0 < judge().quality(signs) < 1


def test_signs_are_measured_on_the_chip() -> None:
    chip = noise()
    chip[33:41, 15:33] = 100
    signs = judge().signs(chip, detection=0.9, presence=1.0, size=60, pose=Pose(0, 0, 0))
    assert signs.light == pytest.approx(chip.mean())
    assert signs.texture == 0
    assert signs.flattest == "mouth"
    assert signs.sharpness > 1


def test_a_smooth_chip_is_less_sharp_than_a_noisy_one() -> None:
    ramp = np.tile(np.linspace(20, 220, 48), (48, 1)).astype(np.uint8)
    smooth = judge().signs(ramp, detection=0.9, presence=1.0, size=60, pose=Pose(0, 0, 0))
    rough = judge().signs(noise(), detection=0.9, presence=1.0, size=60, pose=Pose(0, 0, 0))
    assert smooth.sharpness < 0.05 < rough.sharpness


def test_a_chip_of_one_grey_level_divides_by_nothing() -> None:
    flat = np.full((48, 48), 255, np.uint8)
    signs = judge().signs(flat, detection=0.9, presence=1.0, size=60, pose=Pose(0, 0, 0))
    assert signs.burnt == 1
    assert judge().reason(signs) == "the face is over-exposed"


def noise() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 255, (48, 48), dtype=np.uint8)
