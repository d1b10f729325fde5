"""A picture file becomes an array, whatever its size, and without trusting it.

The size is read from the header before anything is decoded, so that a small file cannot ask for gigabytes.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, cast

import numpy as np

from edge.errors import SensorError
from edge.sensors.regular import open_regular
from edge.sensors.settings import PictureLimits

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
FILE_BYTES = 64 * 1024 * 1024
"""Longest picture file that is read; a 100-megapixel JPEG of the best quality stays below it."""
REMEDY = "Use a JPEG, PNG, BMP or WebP picture"
BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
"""JPEG markers without a length: TEM, RST0 to RST7, SOI (ITU-T T.81, table B.1)."""
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers that start a frame and hold its size: SOF0 to SOF15 without DHT, JPG, DAC (ITU-T T.81, table B.1)."""
FILL, SCAN = 0xFF, 0xDA
"""What every marker begins with and may be padded with; start of scan (ITU-T T.81, B.1.1.2 and table B.1)."""


def is_picture(path: Path) -> bool:
    """Whether the name or the first bytes say that ``path`` is a picture."""
    if path.suffix.lower() in SUFFIXES:
        return True
    with open_regular(path) as file:
        return _kind(file.read(16)) is not None


def read_picture(path: Path, limits: PictureLimits | None = None) -> NDArray[np.uint8]:
    """Decode a picture, turned as its EXIF data say, and reduced where it is larger than ``limits.full_pixels``.

    JPEG is reduced while it is decoded; the other formats are decoded in full first.

    Args:
        path: a JPEG, PNG, BMP or WebP file.
        limits: by default those of the settings' defaults.

    Returns:
        (height, width, 3) uint8, BGR.

    Raises:
        SensorError: the file is missing, empty, cut short, no picture, or larger than ``limits.refuse_pixels``.
    """
    import cv2

    limits = limits or PictureLimits()
    content = _content(path)
    pixels = _pixels(content, path)
    if pixels > limits.refuse_pixels:
        problem = f"{path} has {pixels / 1e6:.1f} megapixels, {limits.refuse_pixels / 1e6:g} are allowed"
        raise SensorError(problem, "Make it smaller, or raise camera.limits.refuse_pixels")
    flags = {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4}
    factor = next((f for f in (1, 2, 4) if pixels / f**2 <= limits.full_pixels), 8)
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), flags.get(factor, cv2.IMREAD_REDUCED_COLOR_8))
    except cv2.error as error:
        problem = f"{path} cannot be decoded: {error}"
        raise SensorError(problem, REMEDY) from error
    if image is None:
        problem = f"{path} is damaged: its header is right but its content cannot be decoded"
        raise SensorError(problem, REMEDY)
    return cast("NDArray[np.uint8]", image)


def _content(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            content = file.read(FILE_BYTES + 1)
    except OSError as error:
        problem = f"the picture {path} cannot be read: {error.strerror}"
        raise SensorError(problem, "Check the path and its permissions") from error
    if len(content) > FILE_BYTES:
        problem = f"{path} has more than the {FILE_BYTES} bytes that are allowed for a picture"
        raise SensorError(problem, "Make it smaller")
    if not content:
        problem = f"{path} is empty"
        raise SensorError(problem, REMEDY)
    return content


def _kind(head: bytes) -> str | None:
    if head[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if head[:2] == b"BM":
        return "BMP"
    return "WebP" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


def _pixels(content: bytes, path: Path) -> int:
    """Pixels as the header says. Raises SensorError when there is no such header or the picture is cut short."""
    sizes = {"JPEG": _jpeg_size, "PNG": _png_size, "BMP": _bmp_size, "WebP": _webp_size}
    kind = _kind(content[:16])
    if kind is None:
        problem = f"{path} is no picture: it does not begin as a JPEG, PNG, BMP or WebP does"
        raise SensorError(problem, REMEDY)
    try:
        width, height = sizes[kind](content)
    except (struct.error, IndexError) as error:
        problem = f"{path} begins as a {kind} but is cut short or damaged"
        raise SensorError(problem, "Copy it again from where it came from") from error
    if width <= 0 or height <= 0:
        problem = f"{path} says that it is {width} × {height} pixels large"
        raise SensorError(problem, REMEDY)
    return width * height


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Walk the segments to the first scan; after it, only the end-of-image marker can contain FF D9."""
    size = (0, 0)
    at = 2
    while True:
        if content[at] != FILL:
            raise IndexError(at)
        marker = content[at + 1]
        if marker == FILL or marker in BARE_MARKERS:
            at += 1 if marker == FILL else 2
            continue
        if marker in FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            size = (width, height)
        (length,) = struct.unpack_from(">H", content, at + 2)
        at += 2 + length
        if marker == SCAN:
            break
    if content.find(b"\xff\xd9", at) < 0:
        raise IndexError(at)
    return size


def _png_size(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _bmp_size(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<ii", content, 18)
    return width, abs(height)


def _webp_size(content: bytes) -> tuple[int, int]:
    """The three layouts of RFC 9649: extended, lossless, lossy."""
    form = content[12:16]
    if form == b"VP8X":
        low, high = struct.unpack_from("<HB", content, 24), struct.unpack_from("<HB", content, 27)
        return 1 + low[0] + (low[1] << 16), 1 + high[0] + (high[1] << 16)
    if form == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", content, 26)
    return width & 0x3FFF, height & 0x3FFF
