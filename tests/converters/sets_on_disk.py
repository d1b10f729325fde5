"""Tiny data sets in the layouts of the public ones, with made-up content."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import soundfile

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SIDE = 48


def write(path: Path, content: str | bytes) -> Path:
    """A file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def chip(seed: int) -> NDArray[np.uint8]:
    """A picture of noise."""
    return np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE), np.uint8)


def pixels(seed: int) -> str:
    """The same as text."""
    return " ".join(map(str, chip(seed).ravel()))


def picture(path: Path, seed: int) -> Path:
    """The same as a PNG file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), chip(seed))
    return path


def sound(path: Path, seed: int, rate: int = 16000) -> Path:
    """A tenth of a second of noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.random.default_rng(seed).integers(-9000, 9000, rate // 10).astype(np.int16)
    soundfile.write(path, samples, rate)
    return path
