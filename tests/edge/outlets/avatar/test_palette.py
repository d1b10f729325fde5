from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from edge.outlets.avatar.palette import HUES, Colour, Palette, Shade, palette

MOODS = ((-20, 0), (0, 0), (20, 0), (0, 10), (0, 20))
LEAST_CONTRAST = 3.0
"""Of what must be seen in a picture (WCAG 2.2, success criterion 1.4.11)."""
ASLEEP_CONTRAST = 2.5
"""A face that sleeps in a dark room must not shine; nothing is to be read in it."""


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("shade", "colour", "mood"), list(product(get_args(Shade), get_args(Colour), MOODS)))
def test_lines_stand_out_from_the_face(shade: Shade, colour: Colour, mood: tuple[int, int]) -> None:
    paint = palette(shade, colour, *mood)
    least = ASLEEP_CONTRAST if mood[1] else LEAST_CONTRAST
    assert contrast(paint.ink, paint.middle) > least
    assert contrast(paint.ink, paint.rim) > least


@pytest.mark.parametrize("shade", get_args(Shade))
def test_every_colour_is_one(shade: Shade) -> None:
    assert set(get_args(Colour)) == set(HUES)
    for colour, warmth, sleep in product(get_args(Colour), range(-20, 21, 5), range(0, 21, 5)):
        paint = palette(shade, colour, warmth, sleep)
        for name in Palette.__dataclass_fields__:
            value = getattr(paint, name)
            assert len(value) == 7
            assert int(value[1:], 16) >= 0


def test_a_dark_room_is_dark_and_a_face_at_night_does_not_shine() -> None:
    assert luminance(palette("dark", "amber", 0, 0).background) < 0.01
    assert luminance(palette("light", "amber", 0, 0).background) > 0.8
    awake, asleep = palette("dark", "amber", 0, 0), palette("dark", "amber", 0, 20)
    assert luminance(asleep.middle) < 0.5 * luminance(awake.middle)


def test_a_smile_warms_the_face_and_sorrow_brings_dusk() -> None:
    def redness(warmth: int) -> float:
        rim = palette("light", "amber", warmth, 0).rim
        return int(rim[1:3], 16) - int(rim[5:7], 16)

    assert redness(-20) < redness(0) < redness(20)
