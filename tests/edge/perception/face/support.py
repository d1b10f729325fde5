from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.sensors.signals import Frame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.affect import Reading
    from edge.perception.face.perceiver import FacePerceiver

    Picture = NDArray[np.uint8]

EYES_AT = (275, 94)
"""x, y between the eyes of the portrait at 640x480; they are 43 pixels apart."""


def read(perceiver: FacePerceiver, picture: Picture) -> Reading:
    return perceiver.perceive(Frame(picture, 7))


def reason(perceiver: FacePerceiver, picture: Picture) -> str:
    reading = read(perceiver, picture)
    assert reading.affect is None
    assert reading.quality == 0
    assert reading.reason is not None
    return reading.reason


def relit(picture: Picture, factor: float) -> Picture:
    return np.asarray(np.clip(picture * factor, 0, 255), np.uint8)


def resized(picture: Picture, width: int, height: int) -> Picture:
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def covered(picture: Picture, rows: slice, columns: slice) -> Picture:
    hidden = picture.copy()
    hidden[rows, columns] = (110, 140, 190)
    return hidden


def turned(picture: Picture, degrees: float) -> Picture:
    turn = cv2.getRotationMatrix2D(EYES_AT, degrees, 1)
    return np.asarray(cv2.warpAffine(picture, turn, (640, 480), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def blurred(picture: Picture, sigma: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)
