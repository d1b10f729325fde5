"""States and Replies for the tests of this folder, and what can be measured on a drawing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.affect import EMOTIONS, Affect, Emotion, Language, Look, Reply, Sense, State, Style
from edge.outlets.avatar.drawing import svg
from edge.outlets.avatar.raster import png

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.outlets.avatar.face import Face
    from edge.outlets.avatar.palette import Shade

Pixels = "NDArray[np.uint8]"


def state(label: Emotion | None = Emotion.HAPPY, *, confidence: float = 0.7, anybody: bool = True) -> State:
    leading = label or Emotion.NEUTRAL
    rest = (1 - confidence) / (len(EMOTIONS) - 1)
    return State(
        captured_ns=1,
        label=label,
        affect=Affect.of(tuple(confidence if emotion is leading else rest for emotion in EMOTIONS)),
        reason=None if label else "the senses disagree",
        shares=((Sense.FACE, 1.0),) if anybody else (),
        absent=(),
        cues=(),
    )


def reply(
    text: str = "That sounds like a good day.",
    *,
    language: Language = Language.EN,
    look: Look = Look(),  # noqa: B008 - frozen
    crisis: bool = False,
) -> Reply:
    return Reply(text, language, "affirm", 1, Style(), look, crisis=crisis)


def pixels(face: Face, size: int = 480, shade: Shade = "light") -> NDArray[np.uint8]:
    """The drawing as blue, green, red; shape [size, size, 3]."""
    drawn = cv2.imdecode(np.frombuffer(png(svg(face, shade), size), np.uint8), cv2.IMREAD_COLOR)
    assert drawn is not None
    return drawn.astype(np.uint8)


def ink(face: Face, box: tuple[float, float, float, float], size: int = 480) -> NDArray[np.float64]:
    """Where the dark lines are within ``box`` (left, top, right, bottom): rows of x and y, in units of the drawing."""
    scale = size / 240
    left, top, right, bottom = (round((side + 120) * scale) for side in box)
    dark = pixels(face, size)[top:bottom, left:right].max(axis=2) < 110
    y, x = np.nonzero(dark)
    return np.stack([(x + left + 0.5) / scale - 120, (y + top + 0.5) / scale - 120], axis=1)


MOUTH = (-40.0, 18.0, 40.0, 66.0)
LEFT_EYE = (-50.0, -18.0, -16.0, 18.0)
LEFT_BROW = (-56.0, -52.0, -16.0, -16.5)


def corners_above_middle(face: Face, size: int = 480) -> float:
    """How far the corners of the mouth are above its middle, in units of the drawing."""
    points = ink(face, MOUTH, size)
    left, right = points[:, 0].min(), points[:, 0].max()
    edge = 0.1 * (right - left)
    corners = points[(points[:, 0] < left + edge) | (points[:, 0] > right - edge)]
    middle = points[np.abs(points[:, 0] - (left + right) / 2) < edge]
    return float(middle[:, 1].mean() - corners[:, 1].mean())


def height(points: NDArray[np.float64]) -> float:
    return float(points[:, 1].max() - points[:, 1].min())


def numbers(path: str) -> list[float]:
    """All numbers of a path."""
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path)]
