"""A network that can be broken: every byte between two ends goes through here, until it is told otherwise."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from enum import StrEnum

CHUNK = 65536
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: closing sends a reset."""


class Line(StrEnum):
    """What becomes of what comes in."""

    WHOLE = "whole"
    CUT = "cut"
    """Connections are reset, and new ones at once."""
    DEAF = "deaf"
    """Connections stay, and what is sent is lost: a cable that was pulled."""
    TORN = "torn"
    """Of the next bytes the first half arrives, then the connection is reset."""


class Relay:
    """Listens on ``port`` and passes on to the loopback port ``target``; ``mend`` makes it whole again."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._line = Line.WHOLE
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, name="relay", daemon=True).start()

    def cut(self) -> None:
        """Reset every connection; new ones too."""
        self._line = Line.CUT
        self._reset()

    def deafen(self) -> None:
        """Nothing arrives any more, and nobody is told."""
        self._line = Line.DEAF

    def tear(self) -> None:
        """Cut the next message in two."""
        self._line = Line.TORN

    def mend(self) -> None:
        """Whole again; connections that lost something are reset, as their streams make no sense any more."""
        lost = self._line is not Line.WHOLE
        self._line = Line.WHOLE
        if lost:
            self._reset()

    def close(self) -> None:
        """End it."""
        self._line = Line.CUT
        self._server.close()
        self._reset()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            if self._line is Line.CUT:
                self._drop(near)
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target), timeout=1)
            except OSError:
                self._drop(near)
                continue
            far.settimeout(None)
            with self._lock:
                self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, sink), name="relay", daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                if self._line is Line.TORN:
                    self._line = Line.CUT
                    sink.sendall(data[: len(data) // 2])
                    break
                if self._line is Line.WHOLE:
                    sink.sendall(data)
        for end in (source, sink):
            self._drop(end)

    def _reset(self) -> None:
        with self._lock:
            ends = tuple(self._open)
        for end in ends:
            self._drop(end)

    def _drop(self, end: socket.socket) -> None:
        with self._lock:
            self._open.discard(end)
        with suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
