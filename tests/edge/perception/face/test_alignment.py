from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.perception.face.alignment import Cropper, Region, inverse, region_between


@given(
    x=st.floats(-50, 700),
    y=st.floats(-50, 500),
    side=st.floats(4, 2000),
    angle=st.floats(-3.1, 3.1),
)
def test_a_region_s_centre_goes_to_the_crop_s_centre_and_back(x: float, y: float, side: float, angle: float) -> None:
    affine = Region(x, y, side, angle).onto(48)
    middle = affine[:, :2] @ [x, y] + affine[:, 2]
    assert np.allclose(middle, 23.5, atol=1e-6)
    back = inverse(affine)
    assert np.allclose(back[:, :2] @ middle + back[:, 2], [x, y], atol=1e-6)


def test_eyes_become_level() -> None:
    left, right = np.array([100.0, 100.0]), np.array([140.0, 130.0])
    affine = region_between(left, right, (120, 115), 100).onto(192)
    eyes = np.stack([left, right]) @ affine[:, :2].T + affine[:, 2]
    assert eyes[0, 1] == pytest.approx(eyes[1, 1])
    assert eyes[0, 0] < eyes[1, 0]
    assert eyes[1, 0] - eyes[0, 0] == pytest.approx(50 * 192 / 100)


@pytest.mark.parametrize("factor", [1, 3, 9])
def test_a_crop_is_the_same_from_a_finer_picture(factor: int) -> None:
    columns, rows = np.meshgrid(np.arange(200), np.arange(160))
    plain = np.stack([columns, rows, columns + rows], axis=-1).astype(np.float32) / 2
    picture = plain.astype(np.uint8)
    fine = np.repeat(np.repeat(picture, factor, axis=0), factor, axis=1)
    shift = (factor - 1) / 2
    crops = []
    for image, scale, offset in ((picture, 1, 0.0), (fine, factor, shift)):
        into = np.zeros((64, 64, 3), np.uint8)
        region = Region(100 * scale + offset, 80 * scale + offset, 90 * scale, 0.3)
        Cropper().crop(image, region, into, cv2.BORDER_REPLICATE)
        crops.append(into.astype(int))
    assert np.abs(crops[0] - crops[1]).max() <= 3


def test_what_lies_beyond_the_picture_is_black_when_asked_so() -> None:
    into = np.full((32, 32, 3), 7, np.uint8)
    Cropper().crop(np.full((20, 20, 3), 200, np.uint8), Region(0, 0, 20, 0.0), into, cv2.BORDER_CONSTANT)
    assert into[0, 0].tolist() == [0, 0, 0]
    assert into[-1, -1].tolist() == [200, 200, 200]


def test_a_region_quite_outside_the_picture_is_no_trouble() -> None:
    into = np.zeros((32, 32, 3), np.uint8)
    Cropper().crop(np.full((20, 20, 3), 200, np.uint8), Region(900, -900, 5000, 1.0), into, cv2.BORDER_CONSTANT)
    assert into.max() <= 200
