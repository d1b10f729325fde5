"""The session's video: one portrait, moved, darkened, turned, covered or taken away."""

from __future__ import annotations

from math import cos, pi, radians, sin
from typing import TYPE_CHECKING, cast

import numpy as np

from edge.errors import SensorError
from edge.sensors.picture import read_picture
from edge.sensors.session.lids import shut_lids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.sensors.session.script import Scene, Script

FACE_Y = 0.42
"""Height of the face's middle in the video, as a part of the video's height."""
CAMERA_DISTANCE = 4.0
"""Distance of the camera from the turned board, in face widths: near enough for visible perspective."""
WALL = ((150, 158, 160), (92, 100, 108))
"""Colours (BGR) of an empty room's wall, at the top and at the bottom."""
SKIN, SHADE = (118, 150, 196), (84, 112, 156)
"""Colours (BGR) of the hand, and of the gaps between its fingers."""
JPEG_QUALITY = 50
"""On the scale of OpenCV's own MJPG writer, whose files are larger than those of its JPEG writer at 85."""
SHIFTS = 64
"""Pixels by which the noise of a picture may lie away from that of another, down and to the right."""


def write_video(script: Script, portrait: Path, path: Path) -> None:
    """Write ``script``'s pictures as MJPG into ``path`` (.avi). Raises SensorError (portrait, codec, full disk)."""
    import cv2

    size = (script.video.width, script.video.height)
    code = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), cv2.CAP_OPENCV_MJPEG, code, script.video.fps, size)
    if not writer.isOpened():
        problem = f"OpenCV cannot write the video {path}"
        raise SensorError(problem, "Check the folder's permissions and the free space")
    writer.set(cv2.VIDEOWRITER_PROP_QUALITY, JPEG_QUALITY)
    for frame in frames(script, portrait):
        writer.write(frame)
    writer.release()


def frames(script: Script, portrait: Path) -> Iterator[NDArray[np.uint8]]:
    """All pictures of ``script`` in order, (height, width, 3) uint8 BGR; the same on every run."""
    pictures = _Portrait(read_picture(portrait), script)
    wall = _wall(script.video.width, script.video.height)
    random = np.random.default_rng(script.seed)
    grain = random.standard_normal((script.video.height + SHIFTS, script.video.width + SHIFTS), np.float32)
    for index in range(round(script.seconds * script.video.fps)):
        second = index / script.video.fps
        scene = script.scene_at(second)
        canvas = wall if scene.kind == "empty" else _portrayed(pictures.of(scene), script, scene, second)
        yield _lit(canvas, scene, grain, random)


class _Portrait:
    """The portrait with its lids as far down as a scene wants them; each is drawn once."""

    def __init__(self, picture: NDArray[np.uint8], script: Script) -> None:
        self._drawn = {0.0: picture}
        self._eyes = [(np.array(eye.upper), np.array(eye.lower)) for eye in script.portrait.eye]

    def of(self, scene: Scene) -> NDArray[np.uint8]:
        if scene.shut not in self._drawn:
            self._drawn[scene.shut] = shut_lids(self._drawn[0.0], self._eyes, scene.shut)
        return self._drawn[scene.shut]


def _portrayed(picture: NDArray[np.uint8], script: Script, scene: Scene, second: float) -> NDArray[np.uint8]:
    import cv2

    video, place = script.video, script.portrait
    width = video.face_width * (1 + video.zoom * sin(2 * pi * second / video.zoom_s))
    x = video.width / 2 + video.pan * sin(2 * pi * second / video.pan_s)
    y = video.height * FACE_Y
    # portrait pixels → units of face widths about the face → a turned board → video pixels
    centred = np.array([[1, 0, -place.face_x], [0, 1, -place.face_y], [0, 0, place.face_width]], np.float64)
    placed = np.array([[width, 0, x], [0, width, y], [0, 0, 1]], np.float64)
    warped = cv2.warpPerspective(
        picture,
        placed @ _turned(scene) @ centred,
        (video.width, video.height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT if scene.yaw else cv2.BORDER_REPLICATE,
        borderValue=WALL[0],
    )
    canvas = cast("NDArray[np.uint8]", warped)
    if scene.covered:
        _cover(canvas, x, y, width, scene.covered)
    return canvas


def _turned(scene: Scene) -> NDArray[np.float64]:
    """Projection (3, 3) of a board that is rolled in its plane, then turned about its upright middle line."""
    roll, yaw = radians(scene.roll), radians(scene.yaw)
    rolled = np.array([[cos(roll), -sin(roll), 0], [sin(roll), cos(roll), 0], [0, 0, 1]])
    projected = np.array([[cos(yaw), 0, 0], [0, 1, 0], [sin(yaw) / CAMERA_DISTANCE, 0, 1]])
    return np.asarray(projected @ rolled, np.float64)


def _cover(canvas: NDArray[np.uint8], x: float, y: float, width: float, part: float) -> None:
    """Draw a flat hand with four fingers over ``part`` of the face, from the chin up."""
    import cv2

    bottom, top = y + 0.75 * width, y + 0.75 * width - 1.35 * width * part
    finger = 0.3 * width
    for index in range(4):
        middle = x + (index - 1.5) * finger
        tip = top + finger / 2 + (0.12 * width if index in {0, 3} else 0.0)
        ends = ((round(middle), round(tip)), (round(middle), round(bottom)))
        cv2.line(canvas, *ends, SHADE, round(finger * 1.06), cv2.LINE_AA)
        cv2.line(canvas, *ends, SKIN, round(finger * 0.94), cv2.LINE_AA)
    palm = ((round(x), round(bottom + 0.3 * width)), (round(0.72 * width), round(0.62 * width)))
    cv2.ellipse(canvas, *palm, 0, 0, 360, SKIN, cv2.FILLED, cv2.LINE_AA)


def _wall(width: int, height: int) -> NDArray[np.uint8]:
    top, bottom = np.array(WALL[0], np.float64), np.array(WALL[1], np.float64)
    down = np.linspace(0, 1, height)[:, None, None]
    rows = np.broadcast_to(top * (1 - down) + bottom * down, (height, width, 3))
    return rows.astype(np.uint8)


def _lit(
    canvas: NDArray[np.uint8], scene: Scene, grain: NDArray[np.float32], random: np.random.Generator
) -> NDArray[np.uint8]:
    """The canvas darkened, with one and the same ``grain`` of noise, shifted by chance so that it flickers."""
    import cv2

    height, width = canvas.shape[:2]
    down, right = random.integers(0, SHIFTS, 2)
    noise = cv2.merge([grain[down : down + height, right : right + width] * np.float32(scene.noise)] * 3)
    lit = cv2.addWeighted(canvas, scene.gain, noise, 1.0, 0.0, dtype=cv2.CV_8U)
    return cast("NDArray[np.uint8]", lit)
