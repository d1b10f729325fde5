"""The drawing, measured on its pixels: what a person would see, and not which bytes it has."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.affect import Look
from edge.outlets.avatar.drawing import inside, svg
from edge.outlets.avatar.face import Face, colours, shapes
from tests.edge.outlets.avatar.samples import (
    LEFT_BROW,
    LEFT_EYE,
    MOUTH,
    corners_above_middle,
    height,
    ink,
    numbers,
    pixels,
)

SIZES = (64, 240, 720)
LONG = st.floats(-3, 3)
FACES = st.builds(
    Face,
    look=st.builds(Look, LONG, LONG, LONG, LONG, LONG),
    rounded=st.floats(0, 1),
    blink=st.floats(0, 1),
    breath=st.floats(0, 1),
    gaze=st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
    pupils=st.floats(-1, 1),
    tilt=st.floats(-1, 1),
    doubt=st.floats(0, 1),
    sleep=st.floats(0, 1),
)


@pytest.mark.parametrize("size", SIZES)
def test_a_smile_lifts_the_corners_and_sorrow_lowers_them(size: int) -> None:
    sad, rest, glad = (corners_above_middle(Face(Look(smile=smile)), size) for smile in (-0.8, 0.0, 0.8))
    assert sad < -1 < rest < glad
    assert rest > 1, "at rest it looks friendly"


@pytest.mark.parametrize("size", SIZES)
def test_an_open_mouth_is_higher_and_a_round_one_is_narrower(size: int) -> None:
    shut, opened = ink(Face(), MOUTH, size), ink(Face(Look(mouth=0.7)), MOUTH, size)
    rounded = ink(Face(Look(mouth=0.7), rounded=1.0), MOUTH, size)
    assert height(opened) > height(shut) + 8
    assert np.ptp(rounded[:, 0]) < 0.8 * np.ptp(opened[:, 0])


@pytest.mark.parametrize("size", SIZES)
def test_lids_open_and_shut_the_eyes(size: int) -> None:
    wide, rest, low, shut = (
        height(ink(face, LEFT_EYE, size))
        for face in (Face(Look(lids=1)), Face(), Face(Look(lids=-0.7)), Face(blink=1.0))
    )
    assert wide > rest + 2
    assert rest > low + 4
    assert low > shut + 1
    assert shut > 0, "shut eyes are lines, not nothing"


def test_a_broad_smile_is_seen_in_the_eyes() -> None:
    assert height(ink(Face(Look(smile=0.85)), LEFT_EYE)) < 0.8 * height(ink(Face(), LEFT_EYE))


def test_brows_rise_and_their_inner_ends_tell_worry_from_anger() -> None:
    def inner_above_outer(inner: float) -> float:
        points = ink(Face(Look(inner_brows=inner)), LEFT_BROW)
        left, right = points[:, 0].min(), points[:, 0].max()
        outer_end, inner_end = points[points[:, 0] < left + 3], points[points[:, 0] > right - 3]
        return float(outer_end[:, 1].mean() - inner_end[:, 1].mean())

    raised, rest = (ink(Face(Look(brows=brows)), LEFT_BROW)[:, 1].mean() for brows in (1.0, 0.0))
    assert raised < rest - 4
    assert inner_above_outer(-1.0) < -2 < inner_above_outer(0.0) < inner_above_outer(1.0)


def test_eyes_look_where_the_gaze_goes() -> None:
    left, right = (ink(Face(gaze=(gaze, 0.0)), LEFT_EYE)[:, 0].mean() for gaze in (-1.0, 1.0))
    assert right > left + 5


def test_asleep_it_is_a_moon_with_shut_eyes() -> None:
    awake, asleep = pixels(Face()), pixels(Face(sleep=1.0))
    blue, _, red = (int(value) for value in awake[240, 240])
    assert red > blue
    blue, _, red = (int(value) for value in asleep[240, 240])
    assert blue > red
    assert numbers(shapes(Face(sleep=1.0), colours(Face(sleep=1.0), "light", "amber"))["light-left"]["r"]) == [0]


def test_the_breath_moves_the_head_a_little_and_comes_round() -> None:
    def posture(breath: float) -> str:
        return shapes(Face(breath=breath), colours(Face(), "light", "amber"))["head"]["transform"]

    out, half, full, again = (numbers(posture(breath))[1] for breath in (0.0, 0.25, 0.5, 0.9999))
    assert full < half < out == pytest.approx(again, abs=0.01)
    assert out - full < 3


@given(FACES)
def test_whatever_the_numbers_it_is_a_drawing(face: Face) -> None:
    drawn = svg(face, "dark", "sage", size=99, label='<"&>')
    root = ET.fromstring(drawn)  # noqa: S314 - our own
    assert root.get("aria-label") == '<"&>'
    assert "nan" not in drawn
    assert "inf" not in drawn
    names = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(names) == len(set(names))
    assert set(re.findall(r"url\(#([^)]+)\)", drawn)) <= set(names)
    for attributes in shapes(face, colours(face, "light", "amber")).values():
        assert float(attributes.get("r", 0)) >= 0
        assert 0 <= float(attributes.get("opacity", 0)) <= 1


def test_a_look_beyond_its_extremes_is_drawn_as_the_extreme() -> None:
    assert svg(Face(Look(3, -3, 3, -3, 3))) == svg(Face(Look(1, -1, 1, -1, 1)))


def test_every_shape_that_may_change_is_in_the_drawing() -> None:
    found = shapes(Face(), colours(Face(), "light", "amber"))
    drawn = inside(found)
    assert all(f'id="{name}"' in drawn for name in found)
    assert 'id="a-mouth"' in inside(found, "a-")
    assert "url(#a-mouth-clip)" in inside(found, "a-")


def test_a_drawing_without_ground_can_be_seen_through() -> None:
    assert "<rect" in svg(Face())
    assert "<rect" not in svg(Face(), ground=False)


def test_the_same_face_gives_the_same_drawing() -> None:
    face = Face(Look(smile=0.4), breath=0.3)
    assert svg(face) == svg(replace(face))
