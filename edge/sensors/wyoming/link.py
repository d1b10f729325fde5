"""One connection to a Wyoming server, every step of which has an end."""

from __future__ import annotations

import socket
import time
from collections import deque
from typing import TYPE_CHECKING

from edge.errors import SensorGone
from edge.sensors.wyoming.address import checked
from edge.sensors.wyoming.events import Event, Malformed, Reader, encoded

if TYPE_CHECKING:
    from edge.sensors.wyoming.address import Endpoint

CONNECT_S = 3.0
"""Limit for one address to accept a connection."""
BLOCK_BYTES = 65_536
AGAIN = "Start it, or check its address; it is tried again by itself"
CLOSED, ENDED, HALF = "the connection is closed", "it closed the connection", "it broke off within an event"


class Link:
    """``open`` → ``send``, ``receive`` … → ``close``, which may come from another thread and ends whatever waits."""

    def __init__(self, target: Endpoint, setting: str, *, public: bool = False) -> None:
        self._target = target
        self._setting = setting
        self._public = public
        self._socket: socket.socket | None = None
        self._closed = False
        self._reader = Reader()
        self._events: deque[Event] = deque()

    def open(self) -> None:
        """Connect. Raises SensorError for a public address that is not allowed, SensorGone when nobody answers."""
        reason: OSError | None = None
        for family, address in checked(self._target, self._setting, public=self._public):
            link = socket.socket(family, socket.SOCK_STREAM)
            self._socket = link  # so that ``close`` finds it while it connects
            link.settimeout(CONNECT_S)
            try:
                if self._closed:
                    break
                link.connect((address, self._target.port))
            except OSError as error:
                link.close()
                reason = error
            else:
                return
        problem = f"no Wyoming server answers at {self._target}: {_told(reason)}"
        raise SensorGone(problem, AGAIN) from reason

    def send(self, event: Event, within_s: float) -> None:
        """Send one event. Raises SensorGone when the peer is gone, or does not take it in time."""
        if self._socket is None or self._closed:
            raise self._gone(CLOSED)
        try:
            self._socket.settimeout(within_s)
            self._socket.sendall(encoded(event))
        except OSError as error:
            raise self._gone(_told(error)) from error

    def receive(self, within_s: float) -> Event | None:
        """The next event; None when none came in time. Raises SensorGone at the end, and for what is no event."""
        deadline = time.monotonic() + within_s
        while not self._events:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            if self._socket is None or self._closed:
                raise self._gone(CLOSED)
            try:
                self._socket.settimeout(left)
                block = self._socket.recv(BLOCK_BYTES)
                if not block:
                    raise self._gone(HALF if self._reader.within else ENDED)
                self._events.extend(self._reader.feed(block))
            except TimeoutError:
                return None
            except OSError as error:
                raise self._gone(_told(error)) from error
            except Malformed as error:
                raise self.nonsense(error) from error
        return self._events.popleft()

    def nonsense(self, error: Malformed) -> SensorGone:
        """What to raise for an event that makes no sense."""
        problem = f"{self._target} sent {error}"
        return SensorGone(problem, "Check that a Wyoming server listens there; it is tried again by itself")

    def close(self) -> None:
        """End the connection; safe to call twice and from any thread."""
        self._closed = True
        link = self._socket
        if link is not None:
            try:
                link.shutdown(socket.SHUT_RDWR)  # wakes a thread that waits in recv
            except OSError:
                pass  # it was not connected, or not any more
            finally:
                link.close()

    def _gone(self, reason: str) -> SensorGone:
        return SensorGone(f"the Wyoming server at {self._target} is lost: {reason}", AGAIN)


def _told(error: OSError | None) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    return (error.strerror or str(error)) if error is not None else "the device stops"
