"""A face as numbers becomes shapes: a pure function from ``Face`` to the attributes of an SVG drawing.

Units are those of the drawing, which reaches from -120 to 120 both ways; y grows downwards. All sizes were chosen by
eye, on pictures of 64, 240 and 720 pixels in a bright and in a dark room.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, pi
from typing import TYPE_CHECKING

from edge.affect import Look
from edge.outlets.avatar.palette import palette

if TYPE_CHECKING:
    from edge.outlets.avatar.palette import Colour, Palette, Shade

Shapes = dict[str, dict[str, str]]
"""Name of a shape → its attributes."""

AT_REST = Look()
SIDES = ((-1, "left"), (1, "right"))
REST_SMILE = 0.32
"""A mouth drawn straight looks stern; at rest its corners are up a little."""
EYE_X, EYE_WIDE, EYE_HIGH = 33.0, 7.2, 10.4
BROW_Y = -28.0
MOUTH_Y = 33.0
LID_SHUT = 0.35
"""Below this opening the eye turns from a dot into the line of two lids that meet."""
FAINTEST = 0.25
"""A light in the eye that would be smaller than this share of itself is left out: it would look like dust."""


@dataclass(frozen=True, slots=True)
class Face:
    """Where every part of the face is at one moment.

    Attributes:
        look: brows, lids, smile and mouth, as a reply or a State has them.
        rounded: lips, from 0 wide to 1 round as for "oo".
        blink: from 0 open to 1 shut.
        breath: phase of the breath in [0, 1): 0 is breathed out, 0.5 breathed in.
        gaze: where it looks, right and down, each in [-1, 1].
        pupils: small (-1) to large (1).
        tilt: of the head, to the left (-1) or to the right (1) of who looks at it.
        doubt: 0 to 1: one brow up, the mouth a little aside.
        sleep: 0 awake to 1 asleep.
    """

    look: Look = AT_REST
    rounded: float = 0.0
    blink: float = 0.0
    breath: float = 0.0
    gaze: tuple[float, float] = (0.0, 0.0)
    pupils: float = 0.0
    tilt: float = 0.0
    doubt: float = 0.0
    sleep: float = 0.0


def colours(face: Face, shade: Shade, colour: Colour) -> Palette:
    """The palette of its mood: warm as far as it smiles, night as far as it sleeps."""
    warmth = min(max(face.look.smile, -1.0), 1.0) * (1.0 - face.sleep)
    return palette(shade, colour, round(20 * warmth), round(20 * face.sleep))


def shapes(face: Face, paint: Palette) -> Shapes:
    """All that may change from one moment to the next. A look beyond its extremes is drawn as the extreme."""
    face = replace(face, look=_bounded(face.look))
    smile = max(face.look.smile, 0.0)
    found = {
        "halo-0": {"stop-color": paint.glow},
        "halo-1": {"stop-color": paint.glow},
        "halo-2": {"stop-color": paint.glow},
        "skin-0": {"stop-color": paint.middle},
        "skin-1": {"stop-color": paint.rim},
        "blush-0": {"stop-color": paint.blush},
        "blush-1": {"stop-color": paint.blush},
        "halo": {"r": _n(116 + 3 * _lifted(face)), "opacity": _n(0.8 + 0.1 * smile - 0.4 * face.sleep)},
        "head": {"transform": _posture(face)},
        "features": {"transform": f"translate({_n(2.4 * face.gaze[0])} {_n(1.6 * face.gaze[1])})"},
    }
    for side, name in SIDES:
        faded = 0.15 * max(-face.look.smile, 0.0)
        found[f"cheek-{name}"] = {"cy": _n(23 - 2.5 * smile), "opacity": _n(0.42 + 0.4 * smile - faded)}
        found[f"eye-{name}"] = {"d": _eye(face, side), "stroke": paint.ink, "fill": paint.ink}
        found[f"light-{name}"] = _light(face, side) | {"fill": paint.light}
        found[f"brow-{name}"] = {"d": _brow(face, side), "stroke": paint.ink, "fill": paint.ink}
    mouth = _mouth(face)
    found["mouth"] = {"d": mouth, "fill": paint.mouth, "stroke": paint.ink}
    found["mouth-shape"] = {"d": mouth}
    found["tongue"] = {
        "cy": _n(MOUTH_Y + 12 + 15.5 * face.look.mouth + 2 * smile + 30 * max(0.25 - face.look.mouth, 0.0)),
        "fill": paint.tongue,
    }
    return found


def _bounded(look: Look) -> Look:
    brows, inner, lids, smile = (
        min(max(part, -1.0), 1.0) for part in (look.brows, look.inner_brows, look.lids, look.smile)
    )
    return Look(brows, inner, lids, smile, min(max(look.mouth, 0.0), 1.0))


def _lifted(face: Face) -> float:
    """How far the breath lifts the head, from 0 to 1."""
    return 0.5 - 0.5 * cos(2 * pi * face.breath)


def _posture(face: Face) -> str:
    lift = _lifted(face) * (1 + 0.6 * face.sleep)
    down = 3.0 * face.sleep - 2.2 * lift
    wide, high = 1 + 0.004 * lift, 1 + 0.012 * lift
    return f"translate(0 {_n(down)}) rotate({_n(6 * face.tilt + 3 * face.sleep)} 0 60) scale({wide:.4f} {high:.4f})"


def _eye(face: Face, side: int) -> str:
    """The dot of the eye between its two lids. Shut, they meet in a line that hangs a little.

    The lower lid comes up with the cheek: a smile is seen in the eyes (Duchenne; AU 6 of the facial action coding
    system).
    """
    look = face.look
    lids = 1 + (0.32 if look.lids > 0 else 0.8) * look.lids
    opened = max(0.0, lids * (1 - face.blink) * (1 - face.sleep))
    shut = 1 - min(1.0, opened / LID_SHUT)
    glad = max(look.smile, 0.0) ** 2 * (1 - shut)
    grown = 1 + 0.07 * face.pupils
    wide = EYE_WIDE * grown * (1 + 0.08 * max(look.lids, 0.0)) + 3.2 * shut + 2.2 * glad
    upper = EYE_HIGH * grown * opened * (1 - shut) - 3.6 * shut
    lower = EYE_HIGH * grown * min(opened, 1.15) * (1 - 0.25 * max(-look.lids, 0.0)) * (1 - shut) + 3.6 * shut
    lower -= 1.85 * glad * lower
    x, y = side * EYE_X + 2.6 * face.gaze[0], 2.2 * face.gaze[1] + 2 * shut + 2.5 * glad
    near = wide * (1 - 0.45 * max(shut, glad))
    up, down = 4 / 3 * upper, 4 / 3 * lower  # a cubic curve reaches three quarters of the way to its control points
    return (
        f"M{_n(x - wide)} {_n(y)}C{_n(x - near)} {_n(y - up)} {_n(x + near)} {_n(y - up)} {_n(x + wide)} {_n(y)}"
        f"C{_n(x + near)} {_n(y + down)} {_n(x - near)} {_n(y + down)} {_n(x - wide)} {_n(y)}Z"
    )


def _light(face: Face, side: int) -> dict[str, str]:
    """The light in the eye, gone before the lids meet."""
    opened = (1 + min(face.look.lids, 0.0)) * (1 - face.blink) * (1 - face.sleep)
    seen = min(max((opened - 0.3) / 0.3, 0.0), 1.0) * (1 - min(max(2.5 * face.look.smile - 1.25, 0.0), 1.0))
    x = side * EYE_X - 2.4 + 3.4 * face.gaze[0]
    y = 2.6 * face.gaze[1] - 4.2 * min(opened, 1.1)
    radius = (2.7 + 0.3 * face.pupils) * seen
    return {"cx": _n(x), "cy": _n(y), "r": _n(radius if seen > FAINTEST else 0.0)}


def _brow(face: Face, side: int) -> str:
    """A line that thins towards the temple: the outline of a quadratic curve with a width."""
    inner = face.look.inner_brows
    raised = face.look.brows - 0.25 * face.sleep + (0.7 if side > 0 else -0.2) * face.doubt
    x0, y0 = 23 + 3 * min(inner, 0.0), BROW_Y - 7 * raised - 7 * inner
    x2, y2 = 46.0, BROW_Y + 3.5 - 6 * raised + 3.5 * inner
    x1, y1 = 35.0, (y0 + y2) / 2 - 6 - 2 * max(raised, 0.0) + 3.5 * abs(inner)
    thick, middle, thin = 0.3, 0.75, 0.05
    return (
        f"M{_n(side * x0)} {_n(y0 - thick)}Q{_n(side * x1)} {_n(y1 - middle)} {_n(side * x2)} {_n(y2 - thin)}"
        f"L{_n(side * x2)} {_n(y2 + thin)}Q{_n(side * x1)} {_n(y1 + middle)} {_n(side * x0)} {_n(y0 + thick)}Z"
    )


def _mouth(face: Face) -> str:
    """Upper and lower lip from corner to corner; shut, they are one line. Open without a smile it is an oval."""
    smile, opened = face.look.smile + REST_SMILE, face.look.mouth
    glad = min(max(smile, 0.0), 1.0)
    oval = opened * (1 - glad)
    wide = (20 + 6 * glad + 2 * min(smile, 0.0) - 9 * oval) * (1 - 0.42 * face.rounded)
    corner = MOUTH_Y - 6 * smile + 9 * opened
    upper = MOUTH_Y + 6.5 * smile - 9 * opened * (1 - 0.6 * glad) - (9 * smile + 6) * oval
    lower = MOUTH_Y + 6.5 * smile + 32 * opened
    left, right, skew = 3 * face.doubt - wide, 3 * face.doubt + wide, 2.2 * face.doubt
    near = wide * (0.52 - 0.75 * min(oval, 0.5))
    return (
        f"M{_n(left)} {_n(corner + skew)}C{_n(left + near)} {_n(upper + skew)} {_n(right - near)} {_n(upper - skew)} "
        f"{_n(right)} {_n(corner - skew)}C{_n(right - near)} {_n(lower - skew)} {_n(left + near)} {_n(lower + skew)} "
        f"{_n(left)} {_n(corner + skew)}Z"
    )


def _n(value: float) -> str:
    """A number as short as two decimals allow."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written
