"""A real Mosquitto with settings of one's own, on a loopback port that stays the same when it is started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from edge.cli.bench.broker import PLACES, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READY_S = 20.0
ANYBODY = "allow_anonymous true"
DURABLE = ("persistence true", "autosave_on_changes true", "autosave_interval 1", "max_queued_messages 0")
"""What was acknowledged is on the disk at the end of the broker's turn, and no queue is cut."""


def connects(port: int) -> bool:
    """Whether something listens there."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Mosquitto:
    """``start`` → ``kill`` | ``stop`` → ``start`` …; ``lines`` are those of the settings file beside the listener's."""

    def __init__(self, folder: Path, *lines: str) -> None:
        program = shutil.which("mosquitto", path=PLACES)
        if program is None:
            message = "Mosquitto is missing. Type: sudo apt-get install mosquitto"
            raise RuntimeError(message)
        self._program = program
        self._config = folder / "mosquitto.conf"
        self.log = folder / "mosquitto.log"
        self.host = "127.0.0.1"
        self.port = self.plain = free_port()
        user = "user root\n" if os.geteuid() == 0 else ""
        own = "\n".join(lines or (ANYBODY,))
        self._config.write_text(
            f"{user}listener {self.port} 127.0.0.1\n{own}\npersistence_location {folder}/\nlog_dest file {self.log}\n",
            encoding="utf-8",
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether it was started, and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self._process = subprocess.Popen(
            [self._program, "-c", str(self._config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + READY_S
        while not connects(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                message = f"mosquitto did not start: {self.log.read_text() if self.log.exists() else ''}"
                raise RuntimeError(message)
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM."""
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            process.wait()


@contextmanager
def mosquitto(folder: Path, *lines: str) -> Iterator[Mosquitto]:
    """One that ends with the block."""
    broker = Mosquitto(folder, *lines)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()
