"""The connection to the broker: one thread that walks the state machine of ``phase``."""

from __future__ import annotations

import logging
import random
import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from edge.outlets.mqtt import faults
from edge.outlets.mqtt.backoff import Backoff
from edge.outlets.mqtt.phase import NEXT, Phase, Status
from edge.outlets.mqtt.session import CONNECT_S, Message, Session, Terms, open_session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.outlets.mqtt.settings import MqttSettings

log = logging.getLogger(__name__)

FAREWELL_S = 0.5
"""Limit for the broker to acknowledge "offline" when the device stops."""


class Speaker(Protocol):
    """Who speaks over the connection. All calls come from the connection's thread."""

    def greet(self, session: Session, now: float) -> None:
        """The broker has just accepted this device."""
        ...

    def hear(self, message: Message, session: Session, now: float) -> None:
        """A message came in."""
        ...

    def settle(self, numbers: Iterable[int]) -> None:
        """The broker has these messages."""
        ...

    def speak(self, session: Session, now: float) -> float:
        """Publish what is due; the monotonic time in s when there is something again."""
        ...

    def take_leave(self, session: Session, now: float) -> None:
        """The device stops: publish what must not be lost, and that it is gone."""
        ...


class Connection:
    """``start`` → ``wake`` … → ``stop``. Keeps trying until it is stopped; ``status`` may be read from any thread."""

    def __init__(
        self,
        settings: MqttSettings,
        client_id: str,
        will: Message | None,
        speaker: Speaker,
        terms: Terms | None = None,
    ) -> None:
        self.status = Status()
        self._terms = terms or Terms()
        self._settings = settings
        self._client_id = client_id
        self._will = will
        self._speaker = speaker
        self._backoff = Backoff(random.Random())  # noqa: S311 - spreads load, guards nothing
        self._stopping = threading.Event()
        self._bell_in, self._bell = socket.socketpair()
        self._bell_in.settimeout(0)
        self._bell.settimeout(0)
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def start(self) -> None:
        """Begin to connect, on the connection's own thread."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to say."""
        with suppress(OSError):  # full: the thread will wake anyway; closed: it has ended
            self._bell.send(b"!")

    def stop(self, within_s: float) -> None:
        """Say goodbye and disconnect; gives up waiting after ``within_s``, e.g. while a name is being resolved."""
        self._stopping.set()
        self.wake()
        self._thread.join(within_s)
        if self._thread.is_alive():
            log.warning("mqtt: stopped while still trying to reach %s", faults.address(self._settings))

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._enter(Phase.CONNECTING, self.status.fault)
                began = time.monotonic()
                fault = self._attempt()
                if fault is None:
                    break
                online_s = time.monotonic() - began if self.status.phase is Phase.ONLINE else 0.0
                self._enter(Phase.REFUSED if fault.lasting else Phase.DISCONNECTED, fault)
                self._pause(self._backoff.after(fault, online_s))
        finally:
            self._enter(Phase.STOPPED)
            self._bell_in.close()
            self._bell.close()

    def _attempt(self) -> faults.Fault | None:
        """One connection from beginning to end; None when it ended because the device stops."""
        session = open_session(self._settings, self._client_id, self._will, self._terms)
        if isinstance(session, faults.Fault):
            return None if self._stopping.is_set() else session
        try:
            deadline = time.monotonic() + CONNECT_S
            while session.alive and not session.accepted and not self._stopping.is_set():
                if time.monotonic() >= deadline:
                    return faults.of_silence(self._settings, None)
                session.pump(deadline, self._bell_in)
                self._quiet()
            if not session.accepted or session.fault is not None:
                return session.fault
            if session.window >= self._terms.window:
                return self._serve(session)
        finally:
            session.close()
        # paho keeps to a window that was set before it connects, and only now is the broker's known
        self._terms = replace(self._terms, window=session.window)
        return self._attempt()

    def _serve(self, session: Session) -> faults.Fault | None:
        self._enter(Phase.ONLINE)
        self._speaker.greet(session, time.monotonic())
        while session.alive and not self._stopping.is_set():
            self._listen(session)
            due = self._speaker.speak(session, time.monotonic())
            session.pump(due, self._bell_in)
            self._quiet()
        if session.alive:
            self._farewell(session)
        self._listen(session)
        return None if self._stopping.is_set() else session.fault

    def _listen(self, session: Session) -> None:
        while session.heard:
            self._speaker.hear(session.heard.popleft(), session, time.monotonic())
        if session.acknowledged:
            self._speaker.settle(tuple(session.acknowledged))
            session.acknowledged.clear()
        while session.rejections:
            words = session.rejections.popleft()
            if words != self.status.last_rejection:
                log.warning("mqtt: %s", words)
            self.status = replace(self.status, rejections=self.status.rejections + 1, last_rejection=words)

    def _farewell(self, session: Session) -> None:
        self._listen(session)
        self._speaker.take_leave(session, time.monotonic())
        deadline = time.monotonic() + FAREWELL_S
        while session.alive and not session.settled and time.monotonic() < deadline:
            session.pump(deadline)

    def _pause(self, wait_s: float) -> None:
        self._stopping.wait(wait_s)
        self._quiet()

    def _quiet(self) -> None:
        with suppress(BlockingIOError):
            while self._bell_in.recv(4096):
                pass

    def _enter(self, phase: Phase, fault: faults.Fault | None = None) -> None:
        old = self.status
        if phase not in NEXT[old.phase]:
            message = f"the connection cannot go from {old.phase} to {phase}"
            raise AssertionError(message)
        if phase is Phase.ONLINE:
            log.info("mqtt: online at %s", faults.address(self._settings))
        elif fault is not None and fault != old.fault:  # said once, not at every attempt
            log.warning("mqtt: %s", fault)
        self.status = replace(
            old,
            phase=phase,
            fault=fault,
            attempts=old.attempts + (phase is Phase.CONNECTING),
            connections=old.connections + (phase is Phase.ONLINE),
        )
