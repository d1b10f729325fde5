"""How the soak and the runtime's process talk: wishes by a file, events by datagrams. No part of it is in ``edge/``."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

POLL_S = 0.05
WISHES = {"camera": "ok", "microphone": "ok", "inference": "ok", "inference_of": "", "clock_s": 0.0}
"""What the world does to the runtime: how each stand-in behaves, and by how much the wall clock is wrong."""


class Wishes:
    """The soak's side: what the stand-ins shall do from now on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._now: dict[str, Any] = dict(WISHES)
        self.set()

    def set(self, **changes: Any) -> None:  # noqa: ANN401 - one value per key of WISHES
        """Change some; the others stay."""
        self._now.update(changes)
        scratch = self._path.with_suffix(".new")
        scratch.write_text(json.dumps(self._now), encoding="utf-8")
        scratch.replace(self._path)


class Wished:
    """The runtime's side: the wishes as they stand, looked up in memory, kept up to date by a thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._now = dict(WISHES)
        self._read()
        threading.Thread(target=self._follow, name="soak-wishes", daemon=True).start()

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - as in WISHES
        return self._now[name]

    def _follow(self) -> None:
        seen = 0
        while True:
            time.sleep(POLL_S)
            with suppress(OSError):
                stamp = self._path.stat().st_ino
                if stamp != seen:
                    seen = stamp
                    self._read()

    def _read(self) -> None:
        self._now = {**WISHES, **json.loads(self._path.read_text(encoding="utf-8"))}


class Events:
    """The runtime's side of the datagrams: what cannot be seen from outside. Never waits; the soak may be slow."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(0)

    def tell(self, *event: object) -> None:
        """Send one event."""
        with suppress(OSError):
            self._socket.sendto(json.dumps(event).encode(), self._address)


def listening(path: Path) -> socket.socket:
    """The soak's side of the datagrams."""
    one = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    one.bind(os.fspath(path))
    one.settimeout(0.5)
    return one
