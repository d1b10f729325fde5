"""Where the faces are: BlazeFace short range (MediaPipe) on a letterboxed picture.

Sources: Bazarevsky et al., BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs, 2019 (anchors, blended
suppression); MediaPipe's face_detection_short_range_common.pbtxt (strides, offsets, the scale of the regressors).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from edge.accelerators.model import Model

TASK = "face-detect"
SIDE = 128
GRIDS = ((8, 2), (16, 6))
"""(stride in pixels, anchors per cell): two anchors in each cell of the one layer of stride 8 and the three of 16."""
OVERLAP = 0.3
"""Candidates that overlap more than this (intersection over union) are one face; MediaPipe's value."""
LOOKS = (1.0, 0.5)
"""Parts of the input that the picture fills: at first all of it, then, if nothing was found, half. A face that fills
its picture has no surround, and BlazeFace was trained on faces
with one. A picture smaller than the input is most likely such a cut-out: there the half comes first."""
CLOSER_FROM = 2 * SIDE
"""Pixels of the longer side. In such a picture the corners are looked at one by one when the whole showed no face."""
TILE = 0.6
"""Part of the picture that each corner takes; neighbours share a third, so that a face lies whole in one of them."""
HALF = 4
FURTHER = (0, 1, 2, 3, HALF)
"""Looks that may follow a first one that showed nobody: at the corners (upper left, upper right, lower left, lower
right), and at the picture as the other one of LOOKS."""
FILL = 128
"""Grey level around the picture. Black, as in MediaPipe, hides 0.5 % of 800 FER2013 training chips; this hides none."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face in the coordinates of the picture, in pixels.

    Attributes:
        score: probability of being a face.
        box: left, top, right, bottom; may reach beyond the picture.
        points: (6, 2) float32: the eye on the left of the picture, the one on the right, nose tip, mouth, left ear,
            right ear (left and right as seen in the picture).
    """

    score: float
    box: tuple[float, float, float, float]
    points: NDArray[np.float32]

    @property
    def size(self) -> float:
        """Longer side of the box in pixels."""
        left, top, right, bottom = self.box
        return max(right - left, bottom - top)


def anchors() -> NDArray[np.float32]:
    """(896, 2) centres of the anchors, x and y as parts of the input's side."""
    parts = []
    for stride, count in GRIDS:
        cells = SIDE // stride
        centre = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        grid = np.stack(np.meshgrid(centre, centre), axis=-1).reshape(-1, 2)
        parts.append(np.repeat(grid, count, axis=0))
    return np.concatenate(parts)


class Detector:
    """Finds faces; its buffers are made once."""

    def __init__(self, model: Model, least_score: float) -> None:
        self._model = model
        self._anchors = anchors()
        self._least_logit = float(np.log(least_score / (1 - least_score)))
        self._canvas = np.zeros((SIDE, SIDE, 3), np.uint8)
        self._rgb = np.zeros_like(self._canvas)
        self._input = np.zeros((1, SIDE, SIDE, 3), np.float32)
        self.light = 0.0
        """Mean grey level, 0..255, of the picture that was looked at last."""

    def find(self, image: NDArray[np.uint8], further: Collection[int] = FURTHER) -> list[Face]:
        """Faces in (height, width, 3) uint8 BGR, the largest (so, mostly, the nearest) first.

        Args:
            image: the picture.
            further: which of FURTHER may follow when the first look shows nobody.
        """
        longest = max(image.shape[:2])
        first, second = reversed(LOOKS) if longest < SIDE else LOOKS
        faces = self._look(image, first)
        light = self.light
        if not faces and HALF in further:
            faces = self._look(image, second)
        if not faces and longest >= CLOSER_FROM:
            corners = [tile for number, tile in enumerate(tiles(image)) if number in further]
            faces = _distinct([face for left, top, tile in corners for face in self._look(tile, 1.0, left, top)])
        self.light = light
        return faces

    def _look(self, image: NDArray[np.uint8], part: float, left: int = 0, top: int = 0) -> list[Face]:
        """Faces in ``image``, whose corner stands at (left, top) in the whole picture."""
        scale, margin_x, margin_y = self._letterbox(image, part)
        cv2.cvtColor(self._canvas, cv2.COLOR_BGR2RGB, dst=self._rgb)
        np.multiply(self._rgb, np.float32(1 / 127.5), out=self._input[0])
        self._input -= 1
        regressors, logits = self._model.run(self._input)
        found = self._decode(regressors[0], logits[0, :, 0])
        faces = [_placed(face, scale, left - margin_x / scale, top - margin_y / scale) for face in found]
        return sorted(faces, key=lambda face: face.size, reverse=True)

    def _letterbox(self, image: NDArray[np.uint8], part: float) -> tuple[float, int, int]:
        """Draw the picture into the canvas; gives pixels of canvas per pixel of picture, and its corner there."""
        high, wide = image.shape[:2]
        scale = SIDE * part / max(high, wide)
        rows, columns = max(round(high * scale), 1), max(round(wide * scale), 1)
        left, top = (SIDE - columns) // 2, (SIDE - rows) // 2
        self._canvas.fill(FILL)
        inside = self._canvas[top : top + rows, left : left + columns]
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        cv2.resize(image, (columns, rows), dst=inside, interpolation=way)
        self.light = float(inside.mean())
        return scale, left, top

    def _decode(self, regressors: NDArray[np.float32], logits: NDArray[np.float32]) -> list[Face]:
        """Candidates above the least score, (896, 16) and (896,), merged; in pixels of the canvas."""
        rows = np.flatnonzero(logits > self._least_logit)
        if not len(rows):
            return []
        scores = 1 / (1 + np.exp(-logits[rows].astype(np.float64)))
        pairs = regressors[rows].reshape(-1, 8, 2)
        pairs[:, 0] += self._anchors[rows] * SIDE
        pairs[:, 2:] += self._anchors[rows, None] * SIDE
        half = pairs[:, 1] / 2
        boxes = np.concatenate([pairs[:, 0] - half, pairs[:, 0] + half], axis=1)
        return merged(boxes, pairs[:, 2:], scores)


def merged(boxes: NDArray[np.float32], points: NDArray[np.float32], scores: NDArray[np.float64]) -> list[Face]:
    """Blended suppression: candidates that overlap the best one become one face, their mean weighted by score.

    Args:
        boxes: (n, 4) left, top, right, bottom.
        points: (n, 6, 2).
        scores: (n,) probabilities.
    """
    faces = []
    waiting = np.argsort(-scores)
    while len(waiting):
        best = waiting[0]
        same = overlap(boxes[best], boxes[waiting]) > OVERLAP
        same[0] = True
        group = waiting[same]
        weights = scores[group] / scores[group].sum()
        box = weights @ boxes[group]
        mean_points = np.einsum("n,nkd->kd", weights, points[group]).astype(np.float32)
        left, top, right, bottom = (float(side) for side in box)
        faces.append(Face(float(scores[best]), (left, top, right, bottom), mean_points))
        waiting = waiting[~same]
    return faces


def overlap(box: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) intersection over union of one box (4,) with others (n, 4)."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    areas = np.prod(np.maximum(others[:, 2:] - others[:, :2], 0), axis=1)
    area = np.prod(np.maximum(box[2:] - box[:2], 0))
    return np.asarray(shared / np.maximum(areas + area - shared, 1e-9))


def tiles(image: NDArray[np.uint8]) -> list[tuple[int, int, NDArray[np.uint8]]]:
    """Four overlapping views of the picture's corners, with the place of each one's own corner (left, top)."""
    high, wide = image.shape[:2]
    rows, columns = int(np.ceil(high * TILE)), int(np.ceil(wide * TILE))
    corners = [(left, top) for top in (0, high - rows) for left in (0, wide - columns)]
    return [(left, top, image[top : top + rows, left : left + columns]) for left, top in corners]


def _distinct(faces: list[Face]) -> list[Face]:
    """The faces without those that another, surer one overlaps, the largest first."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        others = np.array([other.box for other in kept], np.float32).reshape(-1, 4)
        if not np.any(overlap(np.array(face.box, np.float32), others) > OVERLAP):
            kept.append(face)
    return sorted(kept, key=lambda face: face.size, reverse=True)


def _placed(face: Face, scale: float, left: float, top: float) -> Face:
    x0, y0, x1, y1 = face.box
    box = (x0 / scale + left, y0 / scale + top, x1 / scale + left, y1 / scale + top)
    return Face(face.score, box, face.points / np.float32(scale) + np.array([left, top], np.float32))
