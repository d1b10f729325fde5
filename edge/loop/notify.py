"""What systemd is told: sd_notify(3), a datagram per message to the socket that NOTIFY_SOCKET names.

Sources: sd_notify(3) and sd_watchdog_enabled(3) of systemd 255. Without NOTIFY_SOCKET nothing is sent. It is a few
lines, so it is no dependency.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

LONGEST_BEAT_S = 1.0
"""WATCHDOG=1 is sent at least this often, so that a short stall is told from a long one."""
STATUS_EVERY_S = 1.0
STATUS_CHARS = 400
"""`systemctl status` shows one line."""


class Notifier:
    """Tells systemd how the service does. Used by the loop's thread only; never waits, never raises.

    Args:
        environment: NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID are read from it.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = _address(environment.get("NOTIFY_SOCKET", ""))
        self._beat_s = _beat_s(environment)
        self._beat_at = 0.0
        self._status = ""
        self._status_at = float("-inf")
        self._failing = False

    def ready(self) -> None:
        """The loop turns and the outlets are attached."""
        self._send("READY=1")

    def reloading(self) -> None:
        """Settings are read anew; ``ready`` follows when that is done."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The loop has left; what waits is delivered."""
        self._send("STOPPING=1")

    def beat(self) -> None:
        """The loop has turned: the watchdog is told, where there is one, when that is due."""
        if self._beat_s is not None and time.monotonic() >= self._beat_at:
            self._beat_at = time.monotonic() + self._beat_s
            self._send("WATCHDOG=1")

    def status(self, line: str) -> None:
        """One line for people, sent when it changed and at most once per STATUS_EVERY_S."""
        now = time.monotonic()
        if line != self._status and now - self._status_at >= STATUS_EVERY_S:
            self._status, self._status_at = line, now
            self._send("STATUS=" + " ".join(line.split())[:STATUS_CHARS])

    def _send(self, message: str) -> None:
        if self._address is None:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
                link.settimeout(0)
                link.sendto(message.encode(), self._address)
            self._failing = False
        except OSError as error:
            if not self._failing:
                log.warning("systemd was not told %s: %s", message.partition("\n")[0], error.strerror)
            self._failing = True


def _address(given: str) -> str | None:
    """The socket's address; None where nobody listens. "@" stands for the NUL of an abstract address."""
    if given.startswith("@"):
        return "\0" + given[1:]
    if given and not given.startswith("/"):
        log.warning("NOTIFY_SOCKET is %r, which is neither a path nor an abstract socket: nothing is told", given)
    return given if given.startswith("/") else None


def _beat_s(environment: Mapping[str, str]) -> float | None:
    """Seconds between two beats: half of the limit at most; None where no watchdog waits for this process."""
    wanted, of = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    if not wanted.isdecimal() or int(wanted) == 0 or of not in {"", str(os.getpid())}:
        return None
    return min(LONGEST_BEAT_S, int(wanted) / 2e6)
