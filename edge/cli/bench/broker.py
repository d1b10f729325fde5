"""A real Mosquitto on a free loopback port, for as long as it is measured against."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READY_S = 5.0
PLACES = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
"""Debian puts mosquitto where an ordinary user's path does not lead."""


@contextmanager
def mosquitto(folder: Path) -> Iterator[int | None]:
    """The port of a broker that asks for nothing; None when Mosquitto is not installed or does not start."""
    program = shutil.which("mosquitto", path=PLACES)
    if program is None:
        yield None
        return
    port = free_port()
    config = folder / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest none\n", "utf-8")
    process = subprocess.Popen([program, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield port if _listens(port, process) else None
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """A loopback port that nobody holds now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
