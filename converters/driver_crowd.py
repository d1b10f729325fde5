"""Eyes and mouths of many strangers: what the measures of a driver show on pictures that nobody posed for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.perception.face import detector, eyes, landmarks
from edge.perception.face.alignment import Cropper
from edge.perception.face.cues import eye_openness, mouth_opening
from edge.perception.face.detector import Detector
from edge.perception.face.eyes import Eyes
from edge.perception.face.landmarks import Landmarks
from edge.perception.face.pose import frontal, pose_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PICTURES = 2000
SIDE, ROOM = 240, 400
"""A face of 48 pixels is enlarged to SIDE and laid into a grey square of ROOM pixels, so that the detector finds it."""
MOST_YAW, MOST_PITCH, MOST_ROLL = 20.0, 20.0, 25.0
LEAST_PRESENCE = 0.9
PERCENTS = (1, 5, 25, 50, 75, 95, 99)
SHOWN, ACROSS, TILE = 48, 12, 96


def crowd(npz: Path, models: Path, sheet: Path | None = None) -> dict[str, Any]:
    """Percentiles over faces that look into the camera.

    Args:
        npz: ``images`` (n, 48, 48) uint8, as in FER2013.
        models: the folder of models.
        sheet: where to draw the faces whose eyes are least open, first by the net for eyes, then by the face mesh.
    """
    images = np.load(npz)["images"]
    loaded, cropper = Models(models, Cpu()), Cropper()
    find = Detector(loaded.load("face-detect", detector.TASK), 0.5)
    fit = Landmarks(loaded.load("face-landmarks", landmarks.TASK), cropper)
    net = Eyes(loaded.load(eyes.NAME, eyes.TASK), cropper)
    rows = []
    for index in np.random.default_rng(1).permutation(len(images))[:PICTURES]:
        picture = _room(images[index])
        faces = find.find(picture)
        mesh = fit.fit(picture, faces[0]) if faces else None
        if mesh is None or mesh.presence < LEAST_PRESENCE:
            continue
        pose = pose_of(mesh.upright, mesh.roll)
        if abs(pose.yaw) > MOST_YAW or abs(pose.pitch) > MOST_PITCH or abs(pose.roll) > MOST_ROLL:
            continue
        openness = float(np.mean(net.openness(picture, mesh)))
        rows.append((int(index), openness, eye_openness(frontal(mesh.upright)), mouth_opening(mesh.upright)))
    table = np.array(rows)
    if sheet is not None:
        lowest = [images[table[np.argsort(table[:, column])[:SHOWN], 0].astype(int)] for column in (1, 2)]
        cv2.imwrite(str(sheet), np.vstack([_tiles(shown) for shown in lowest]))
    names = ("eyes", "mesh", "mouth")
    found = {name: np.percentile(table[:, column], PERCENTS) for column, name in enumerate(names, start=1)}
    return {"n": len(rows), **{name: [round(float(v), 3) for v in values] for name, values in found.items()}}


def _room(face: NDArray[np.uint8]) -> NDArray[np.uint8]:
    room = np.full((ROOM, ROOM), int(face.mean()), np.uint8)
    start = (ROOM - SIDE) // 2
    room[start : start + SIDE, start : start + SIDE] = cv2.resize(face, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.cvtColor(room, cv2.COLOR_GRAY2BGR), np.uint8)


def _tiles(faces: NDArray[np.uint8]) -> NDArray[np.uint8]:
    tiles = [cv2.resize(face, (TILE, TILE), interpolation=cv2.INTER_CUBIC) for face in faces]
    return np.vstack([np.hstack(tiles[start : start + ACROSS]) for start in range(0, len(tiles), ACROSS)])


def table(found: dict[str, Any]) -> str:
    """The figures for a reader."""
    lines = [f"{found['n']} faces; percentile" + "".join(f"{percent:>8}" for percent in PERCENTS)]
    lines += [f"{name:<22}" + "".join(f"{value:8.3f}" for value in found[name]) for name in ("eyes", "mesh", "mouth")]
    return "\n".join(lines)
