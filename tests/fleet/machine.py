"""A machine for one page of the docs: its commands are typed as they stand, with a folder in the place of the disk."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from edge.cli.bench.broker import PLACES, free_port
from tests.broker import until

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "fleet.md"
FENCE = re.compile(r"^```(sh no-run|toml)\n(.*?)^```", re.MULTILINE | re.DOTALL)
ELSEWHERE = (
    "apt-get ",
    "chown ",
    "useradd ",
    "python3 -m venv ",
    "/opt/rapport-fleet/.venv/bin/pip ",
    "systemctl ",
    "rapport ",
)
"""What needs another system or is done by the test itself."""
DEBIANS = """persistence true
persistence_location {root}/var/lib/mosquitto/
log_dest file {root}/var/log/mosquitto/mosquitto.log
include_dir {root}/etc/mosquitto/conf.d
"""
"""What Debian's own mosquitto.conf says, but for the place of its process id."""


def blocks(heading: str, kind: str = "sh no-run") -> list[str]:
    """The blocks of one section of the page."""
    section = PAGE.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [text for found, text in FENCE.findall(section) if found == kind]


class Machine:
    """``type`` commands, ``restart_broker``; ``stop`` at the end. The broker listens on a free port of loopback."""

    def __init__(self, root: Path) -> None:
        self.root, self.home = root, root / "home"
        self.port = free_port()
        self._broker: subprocess.Popen[bytes] | None = None
        for folder in ("home", "etc/mosquitto/conf.d", "etc/systemd/system", "etc/rapport", "var/lib/mosquitto"):
            (root / folder).mkdir(parents=True)
        (root / "var/log/mosquitto").mkdir(parents=True)
        (root / "var/lib/rapport-fleet").mkdir()
        self.log = root / "var/log/mosquitto/mosquitto.log"

    def here(self, text: str) -> str:
        """What stands on the page, for this machine."""
        text = re.sub(r"/(etc|var)/", rf"{self.root}/\1/", text)
        text = text.replace("/opt/rapport-fleet/.venv/bin/python", sys.executable)
        for host in ("homeassistant.local", "fleet.example.org"):
            text = text.replace(host, "localhost")
        return text

    def type(self, block: str) -> list[str]:
        """Every command of a block; those of ELSEWHERE are left out and given back."""
        left_out = []
        for line in block.splitlines():
            command = line.removeprefix("sudo ")
            if command.startswith(ELSEWHERE):
                left_out.append(command)
                continue
            done = subprocess.run(
                ["bash", "-ec", self.here(command)],
                cwd=ROOT,
                env=os.environ | {"HOME": str(self.home), "RAPPORT_PYTHON": sys.executable},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, (command, done.stdout, done.stderr)
        return left_out

    def edit(self, path: str, *changes: tuple[str, str]) -> Path:
        """An installed file, with our places and these changes."""
        where = Path(self.here(path))
        text = self.here(where.read_text(encoding="utf-8"))
        for old, new in changes:
            assert old in text, (path, old)
            text = text.replace(old, new)
        where.write_text(text, encoding="utf-8")
        return where

    def restart_broker(self) -> None:
        """``systemctl restart mosquitto``, with what is installed."""
        self.stop()
        root_user = "user root\n" if os.geteuid() == 0 else ""
        main = self.root / "etc/mosquitto/mosquitto.conf"
        main.write_text(root_user + DEBIANS.format(root=self.root), encoding="utf-8")
        before = self.starts()
        self._broker = subprocess.Popen(
            ["mosquitto", "-c", str(main)], env=os.environ | {"PATH": PLACES}, stderr=subprocess.DEVNULL
        )
        until(lambda: self.starts() > before)

    def starts(self) -> int:
        """How often the broker has started."""
        return self.log.read_text(encoding="utf-8").count(" running\n") if self.log.exists() else 0

    def stop(self) -> None:
        """End the broker."""
        if self._broker is not None:
            self._broker.terminate()
            self._broker.wait(10)
            self._broker = None
