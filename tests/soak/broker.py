"""A real Mosquitto on one port, which can be killed, halted, and made to refuse the password."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

from edge.cli.bench.broker import PLACES, free_port

if TYPE_CHECKING:
    from pathlib import Path

USER, PASSWORD, OTHER = "soak", "the right one", "another one"


class SoakBroker:
    """``start → kill | halt … go_on | stop``. The runtime and the soak's own client use the same user."""

    def __init__(self, folder: Path) -> None:
        found = {name: shutil.which(name, path=PLACES) for name in ("mosquitto", "mosquitto_passwd")}
        if None in found.values():
            message = "scripts/soak needs Mosquitto. Type: sudo apt-get install mosquitto"
            raise SystemExit(message)
        self._program, self._passwd = str(found["mosquitto"]), str(found["mosquitto_passwd"])
        self._folder = folder
        self.port = free_port()
        self.password_file = folder / "password"
        self.password_file.write_text(PASSWORD, encoding="utf-8")
        self.password_file.chmod(0o600)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, password: str = PASSWORD) -> None:
        """Start it with ``password`` as the right one for USER."""
        passwords, config = self._folder / "passwords", self._folder / "mosquitto.conf"
        subprocess.run([self._passwd, "-b", "-c", str(passwords), USER, password], check=True, capture_output=True)
        user = "user root\n" if os.geteuid() == 0 else ""
        config.write_text(
            f"{user}listener {self.port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\n"
            f"persistence false\nlog_dest file {self._folder / 'mosquitto.log'}\nmax_queued_messages 20000\n",
            encoding="utf-8",
        )
        self._process = subprocess.Popen(
            [self._program, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(0.3)

    def kill(self) -> None:
        """SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM."""
        self._end(signal.SIGTERM)

    def halt(self) -> None:
        """It stays, accepts connections by its queue, and answers nothing."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """After ``halt``."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _end(self, number: int) -> None:
        if self._process is not None:
            self._signal(number)
            self._process.wait()
            self._process = None
