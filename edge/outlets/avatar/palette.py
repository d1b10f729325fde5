"""The face's colours, made in OKLab, where equal steps of lightness, strength and hue look equal.

Formulas of OKLab: Björn Ottosson (2020), A perceptual color space for image processing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians, sin
from typing import Literal

Shade = Literal["light", "dark"]
"""Of the room: what stands behind the face."""
Colour = Literal["amber", "rose", "sage", "sky"]

HUES: dict[Colour, tuple[float, float]] = {
    "amber": (75.0, 58.0),
    "rose": (42.0, 20.0),
    "sage": (138.0, 152.0),
    "sky": (240.0, 254.0),
}
"""Degrees of hue in the middle of the face and at its rim. None is meant for a skin: it is a lamp and no person."""
STRENGTH: dict[Colour, float] = {"amber": 1.0, "rose": 0.95, "sage": 0.62, "sky": 0.66}
"""Of the colour: green and blue of the same strength look loud."""
INK: dict[Colour, float] = {"amber": 38.0, "rose": 10.0, "sage": 150.0, "sky": 262.0}
BLUSH: dict[Colour, float] = {"amber": 28.0, "rose": 18.0, "sage": 60.0, "sky": 330.0}
DUSK: dict[Colour, float] = {"amber": -52.0, "rose": -40.0, "sage": 40.0, "sky": 30.0}
"""Degrees by which an unhappy face turns from noon to dusk: towards the night's blue, and never over grey, which looks
ill."""
EVENING: dict[Shade, float] = {"light": 0.34, "dark": 0.22}
"""How much of the night is in a face that is wholly unhappy."""
NIGHT = 285.0
"""Degrees of hue of a face that sleeps: a lamp by day, a moon by night."""

LINEAR_TO = 0.0031308
"""Below it sRGB is a straight line (IEC 61966-2-1)."""

Lab = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as #rrggbb; ``middle`` and ``rim`` are of the head, ``light`` of the light in the eyes."""

    background: str
    glow: str
    middle: str
    rim: str
    ink: str
    blush: str
    mouth: str
    tongue: str
    light: str


@lru_cache(maxsize=128)
def palette(shade: Shade, colour: Colour, warmth_20ths: int, sleep_20ths: int) -> Palette:
    """The colours for a mood.

    Args:
        shade: of the room.
        colour: of the head.
        warmth_20ths: from -20, dusk, to 20, golden and bright.
        sleep_20ths: from 0, awake, to 20, asleep.
    """
    dark = shade == "dark"
    warmth, sleep = warmth_20ths / 20, sleep_20ths / 20
    dusk = max(-warmth, 0.0)
    noon, noon_rim = HUES[colour]
    turn = DUSK[colour] * dusk
    bright, strong = 0.02 * warmth - 0.02 * dusk, (1 + 0.2 * warmth) * STRENGTH[colour]
    awake = _lab((0.865 if dark else 0.905) + bright, (0.094 if dark else 0.088) * strong, noon + turn)
    awake_rim = _lab((0.79 if dark else 0.83) + bright, 0.118 * strong, noon_rim + turn)
    moon = _lab(0.62, 0.055, NIGHT) if dark else _lab(0.87, 0.035, NIGHT)
    moon_rim = _lab(0.5, 0.075, NIGHT) if dark else _lab(0.78, 0.06, NIGHT)
    night = max(sleep, EVENING[shade] * dusk)
    middle, rim = _mixed(awake, moon, night), _mixed(awake_rim, moon_rim, night)
    ink = _mixed(_lab(0.32, 0.05, INK[colour]), _lab(0.24 if dark else 0.36, 0.05, NIGHT), sleep)
    blush = _lab(0.7 if dark else 0.735, (0.15 + 0.02 * warmth) * STRENGTH[colour], BLUSH[colour])
    return Palette(
        background=_hex(_lab(0.17, 0.012, noon_rim) if dark else _lab(0.97, 0.012, noon)),
        glow=_hex(_mixed(rim, middle, 0.4)),
        middle=_hex(middle),
        rim=_hex(rim),
        ink=_hex(ink),
        blush=_hex(_mixed(blush, _mixed(moon_rim, blush, 0.35), sleep)),
        mouth=_hex(_lab(0.42, 0.1, 22)),
        tongue=_hex(_lab(0.7, 0.12, 25)),
        light=_hex(_lab(0.985, 0.012, noon)),
    )


def _lab(lightness: float, chroma: float, hue: float) -> Lab:
    return lightness, chroma * cos(radians(hue)), chroma * sin(radians(hue))


def _mixed(one: Lab, other: Lab, share: float) -> Lab:
    """``share`` of the other, the rest of the one."""
    lightness, a, b = (x + (y - x) * share for x, y in zip(one, other, strict=True))
    return lightness, a, b


def _hex(lab: Lab) -> str:
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _gamma(value)):02x}" for value in linear)


def _gamma(linear: float) -> float:
    """Transfer function of sRGB (IEC 61966-2-1), for what a screen can show."""
    value = min(max(linear, 0.0), 1.0)
    return 12.92 * value if value <= LINEAR_TO else 1.055 * value ** (1 / 2.4) - 0.055
