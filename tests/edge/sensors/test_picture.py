from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from edge.errors import SensorError
from edge.sensors.camera import read_picture
from edge.sensors.settings import PictureLimits

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def _gradient(width: int, height: int) -> NDArray[np.uint8]:
    across = np.linspace(0, 255, width, dtype=np.uint8)
    return np.dstack([np.tile(across, (height, 1))] * 2 + [np.full((height, width), 90, np.uint8)])


def _write(path: Path, width: int = 320, height: int = 200) -> Path:
    assert cv2.imwrite(str(path), _gradient(width, height))
    return path


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp"])
def test_a_picture_is_bgr_of_the_size_in_its_file(tmp_path: Path, suffix: str) -> None:
    image = read_picture(_write(tmp_path / f"p{suffix}"))
    assert image.shape == (200, 320, 3)
    assert image.dtype == np.uint8
    assert abs(int(image[100, 310, 0]) - 247) < 6
    assert abs(int(image[100, 160, 2]) - 90) < 6


def test_a_twenty_megapixel_jpeg_is_decoded_reduced(tmp_path: Path) -> None:
    image = read_picture(_write(tmp_path / "large.jpg", 5472, 3648))
    assert image.shape == (912, 1368, 3)


def test_the_reduction_follows_the_limit(tmp_path: Path) -> None:
    path = _write(tmp_path / "p.jpg", 800, 600)
    assert read_picture(path, PictureLimits(full_pixels=480_000)).shape == (600, 800, 3)
    assert read_picture(path, PictureLimits(full_pixels=479_999)).shape == (300, 400, 3)
    assert read_picture(path, PictureLimits(full_pixels=10_000)).shape == (75, 100, 3)


def test_a_bomb_is_refused_from_its_header(tmp_path: Path) -> None:
    rows = zlib.compress(b"\0" * 200)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")]
    body = b"".join(struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    with pytest.raises(SensorError, match=r"bomb\.png has 3600\.0 megapixels, 100 are allowed"):
        read_picture(path)


def test_a_jpeg_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "cut.jpg")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(SensorError, match=r"cut\.jpg begins as a JPEG but is cut short"):
        read_picture(path)


def test_a_png_that_is_damaged_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "bad.png")
    path.write_bytes(path.read_bytes()[:120])
    with pytest.raises(SensorError, match=r"bad\.png is damaged"):
        read_picture(path)


@pytest.mark.parametrize(
    "content", [b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00", b"BM", b"\x89PNG\r\n\x1a\n\0", b"RIFF\0\0\0\0WEBP"]
)
def test_a_header_alone_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "head.jpg"
    path.write_bytes(content)
    with pytest.raises(SensorError, match=r"head\.jpg begins as a \w+ but is cut short"):
        read_picture(path)


def test_a_text_named_as_a_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.jpg"
    path.write_text("Dear friend")
    with pytest.raises(SensorError, match=r"letter\.jpg is no picture"):
        read_picture(path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.png"
    path.touch()
    with pytest.raises(SensorError, match=r"empty\.png is empty"):
        read_picture(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SensorError, match=r"gone\.jpg cannot be read: No such file"):
        read_picture(tmp_path / "gone.jpg")


def test_a_camera_phones_orientation_is_obeyed(tmp_path: Path) -> None:
    path = _write(tmp_path / "upright.jpg", 320, 200)
    tiff = b"MM\x00*\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, 6, 0, 0)
    exif = b"Exif\0\0" + tiff
    jpeg = path.read_bytes()
    path.write_bytes(jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:])
    assert read_picture(path).shape == (320, 200, 3)
