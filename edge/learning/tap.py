"""``rapport feedback``: a tap on the command line reaches the running device, and is answered.

A datagram socket in the runtime directory (0700): only this user can reach it, the kernel bounds what waits, and the
loop looks at it without waiting. The path goes by ``/proc/self/fd``, as an address has at most 107 bytes.
"""

from __future__ import annotations

import json
import logging
import os
import socket
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from edge.errors import InputError
from edge.learning.feedback import LONGEST, Refused, Source, read
from edge.outlets.outlet import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from edge.learning.feedback import Feedback

log = logging.getLogger(__name__)

A_TURN = 8
"""Taps taken in one turn of the loop."""
ANSWER = 2048
"""Bytes of the longest answer."""


def name_of(device_id: str) -> str:
    """The socket's name in the runtime directory."""
    return f"{device_id}.feedback"


class Tap:
    """The device's end. A device that cannot have one works without, and says so once."""

    def __init__(self, directory: Path, device_id: str) -> None:
        self._directory = directory
        self._name = name_of(device_id)
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Listen; in place of a device of the same id that has ended."""
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self._directory / self._name).unlink(missing_ok=True)
            listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            with _short(self._directory) as short:
                listening.bind(f"{short}/{self._name}")
            (self._directory / self._name).chmod(0o600)
        except OSError as error:
            log.warning("`rapport feedback` cannot reach this device: %s: %s", self._directory, error.strerror)
            return
        self._socket = listening

    def take(self, give: Callable[[Feedback], Outcome]) -> None:
        """Hand over what was tapped since, and answer; waits for nothing."""
        for _ in range(A_TURN):
            if self._socket is None:
                return
            try:
                payload, address = self._socket.recvfrom(LONGEST + 1)
            except OSError:  # nothing waits
                return
            try:
                outcome = give(read(payload, Source.TAPPED))
            except Refused as error:
                outcome = Outcome("", None, str(error))
            if address:
                record = {"feedback": outcome.feedback, "emotion": outcome.emotion, "reason": outcome.reason}
                with suppress(OSError):  # who asked has gone, or reads too slowly
                    self._socket.sendto(json.dumps(record).encode(), address)

    def close(self) -> None:
        """Listen no more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
            (self._directory / self._name).unlink(missing_ok=True)


def send(directory: Path, device_id: str, payload: bytes, within_s: float = 5.0) -> Outcome:
    """Tap, and hear what became of it.

    Raises:
        InputError: no device of that id runs here for this user, or it does not answer within ``within_s``.
    """
    remedy = "Start `rapport run CONFIG` as the same user, or give the --config of the device that runs"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
        sending.bind("")  # the kernel gives it a name of its own
        sending.settimeout(within_s)
        try:
            with _short(directory) as short:
                sending.sendto(payload, f"{short}/{name_of(device_id)}")
            answer = json.loads(sending.recv(ANSWER))
        except TimeoutError:
            problem = f"the device {device_id!r} did not answer within {within_s:g} s"
            raise InputError(problem, "Look at its log; it may be stalled") from None
        except OSError as error:
            problem = f"no device {device_id!r} runs here ({directory}: {error.strerror})"
            raise InputError(problem, remedy) from error
    return Outcome(answer["feedback"], answer["emotion"], answer["reason"])


@contextmanager
def _short(directory: Path) -> Iterator[str]:
    """A path of few characters to ``directory``, however long its own is."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
