"""Stand-ins at the boundary to hardware: sessions that fail as devices do, around the real interpreter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.accelerators.card import EDGE_TPU_FILE, Card
from edge.accelerators.cpu import LiteRtSession
from edge.errors import ModelError

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Device:
    """An accelerator that computes on the CPU until the test breaks it."""

    name = "coral"
    files: tuple[str, ...] = (EDGE_TPU_FILE,)
    wants = "file compiled for the Edge TPU"

    def __init__(self) -> None:
        self.absent = False
        self.raising = False
        self.wrong = 0
        self.hanging: threading.Event | None = None
        self.opening: threading.Event | None = None
        self.opened = 0
        self.calls = 0

    def probe(self) -> str | None:
        return "it is unplugged" if self.absent else None

    def load(self, content: bytes, card: Card, file: str) -> Session:
        if self.opening is not None:
            self.opening.wait(30)
        if self.absent:
            problem = "no device is there"
            raise ModelError(problem, "Plug it in")
        self.opened += 1
        return Session(self, LiteRtSession(content, f"{card.name}/{file}", 1))


class Session:
    def __init__(self, device: Device, inner: LiteRtSession) -> None:
        self._device, self._inner = device, inner
        self.inputs, self.outputs = inner.inputs, inner.outputs

    def invoke(self, inputs: Sequence[NDArray[np.generic]]) -> tuple[NDArray[np.generic], ...]:
        self._device.calls += 1
        if self._device.hanging is not None:
            self._device.hanging.wait(30)
        if self._device.raising or self._device.absent:
            message = "USB transfer failed"
            raise OSError(message)
        found = self._inner.invoke(inputs)
        return tuple((array.astype(np.int64) + self._device.wrong).astype(array.dtype) for array in found)
