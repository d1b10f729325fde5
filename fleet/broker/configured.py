"""A real Mosquitto that runs one of our configurations, changed in nothing but paths, port and the loopback address."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from edge.cli.bench.broker import PLACES, free_port
from edge.errors import OutletError

if TYPE_CHECKING:
    from fleet.ca.household import Household

CONFIGS = Path(__file__).resolve().parents[2] / "firmware_configs" / "broker"
INSTALLED = re.compile(r"/etc/mosquitto/rapport(-fleet)?/")
READY_S = 10.0
OBSERVER = "service.observer"
"""Who may see and say everything, where a trial asks for it."""


class ConfiguredBroker:
    """``with ConfiguredBroker(folder, household) as broker``: the household's, or the fleet's where it is one's."""

    host = "127.0.0.1"

    def __init__(self, folder: Path, household: Household, *, observed: bool = False, more: str = "") -> None:
        """Write its files; it does not run yet.

        Args:
            folder: an empty one for all files of the broker.
            household: whose broker it is; its folder ``broker`` has a certificate.
            observed: whether OBSERVER is put into the access list.
            more: further lines of configuration, such as a bridge.

        Raises:
            OutletError: Mosquitto is not installed.
        """
        program = shutil.which("mosquitto", path=PLACES)
        if program is None:
            raise OutletError("mosquitto is not installed", "Type: sudo apt-get install mosquitto")  # noqa: EM101, TRY003
        self._program = program
        self.folder = folder
        self.port = free_port()
        self._household = household
        self._observed = observed
        self._process: subprocess.Popen[bytes] | None = None
        self.install()
        conf = (CONFIGS / ("fleet.conf" if household.fleet else "home.conf")).read_text(encoding="utf-8")
        conf = INSTALLED.sub(f"{folder}/installed/", conf)
        conf = re.sub(r"^listener \d+$", f"listener {self.port} 127.0.0.1", conf, count=1, flags=re.MULTILINE)
        (folder / "conf.d").mkdir(parents=True)
        (folder / "conf.d" / "rapport.conf").write_text(conf + more, encoding="utf-8")
        (folder / "store").mkdir()
        # as Debian's own file, with other places; as root it would drop to an account that may not look into ours
        root = "user root\n" if os.geteuid() == 0 else ""
        self._main = folder / "mosquitto.conf"
        self.log = folder / "mosquitto.log"
        self._main.write_text(
            f"{root}persistence true\npersistence_location {folder}/store/\nlog_dest file {self.log}\n"
            f"include_dir {folder}/conf.d\n",
            encoding="utf-8",
        )

    def install(self) -> None:
        """Copy the authority's folder ``broker`` to the broker, as is done by hand."""
        shutil.copytree(self._household.folder / "broker", self.folder / "installed", dirs_exist_ok=True)
        if self._observed:
            with (self.folder / "installed" / "access.acl").open("a", encoding="utf-8") as acl:
                acl.write(f"\nuser {OBSERVER}\ntopic readwrite #\ntopic readwrite $SYS/#\ntopic readwrite $CONTROL/#\n")

    @property
    def pid(self) -> int:
        """Of the broker's process."""
        return 0 if self._process is None else self._process.pid

    def start(self) -> Self:
        """Start it, and wait until it listens. Raises OutletError where it ends."""
        with (self.folder / "stderr").open("wb") as errors:
            self._process = subprocess.Popen([self._program, "-c", str(self._main)], stdout=errors, stderr=errors)
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection((self.host, self.port), timeout=0.5).close()
            except OSError:
                time.sleep(0.02)
            else:
                return self
        self.stop()
        said = (self.folder / "stderr").read_text(errors="replace") + (
            self.log.read_text(errors="replace") if self.log.exists() else ""
        )
        problem = f"mosquitto did not start on port {self.port}: {said[-600:].strip()}"
        raise OutletError(problem, f"Look into {self._main}")

    def reload(self) -> None:
        """SIGHUP, as ``systemctl reload``."""
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it; may be called twice."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(READY_S)
            self._process = None

    def __enter__(self) -> Self:
        """Start it."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.stop()
