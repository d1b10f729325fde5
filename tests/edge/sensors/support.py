"""What the sensor tests share: a clock whose waits take no time, and a look at the process's open files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.sensors.clock import Clock

if TYPE_CHECKING:
    import threading


class QuickClock(Clock):
    """Time passes only by waiting for it."""

    def __init__(self, at_ns: int = 1_000_000_000) -> None:
        self.at_ns = at_ns

    def now_ns(self) -> int:
        return self.at_ns

    def wait_until(self, due_ns: int, stopped: threading.Event) -> bool:
        self.at_ns = max(self.at_ns, due_ns)
        return not stopped.is_set()


def open_paths() -> set[str]:
    """Files that this process has open, as /proc tells."""
    found = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            found.add(os.readlink(link))  # noqa: PTH115 - /proc's links need not lead to a path
        except FileNotFoundError:
            continue
    return found


def video(path: Path, count: int = 12, fps: float = 10) -> Path:
    """A video whose pictures are of one grey each: 0, 20, 40, …"""
    code = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), cv2.CAP_OPENCV_MJPEG, code, fps, (160, 120))
    for index in range(count):
        writer.write(np.full((120, 160, 3), index * 20, np.uint8))
    writer.release()
    return path
