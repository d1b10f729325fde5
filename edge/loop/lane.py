"""A lane: one sense, from its sensor to its Readings, on two threads with a mailbox between them.

The reader thread waits for the world; the perceiver thread computes. So a slow model never makes a device overflow,
and a device that hangs never holds a model. Either may fail: the lane starts it again after a growing pause, and
parks itself, visibly, when that does not help.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from edge.errors import RapportError, SensorGone
from edge.loop.mailbox import Mailbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.affect import Reading, Sense
    from edge.perception.perceiver import Perceiver
    from edge.sensors.sensor import Sensor

log = logging.getLogger(__name__)

BACKOFF_S = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Pause before restart n; the last value repeats."""
RESTARTS_ALLOWED = 5
RESTARTS_WITHIN_S = 60.0
"""More than RESTARTS_ALLOWED in RESTARTS_WITHIN_S parks the lane (the watchdog rule of Frigate, for one)."""
POLL_S = 0.05
"""How often a waiting lane looks at consent and at its stop flag; withdrawal must act within 200 ms."""

SignalT = TypeVar("SignalT")


class LaneState(StrEnum):
    """Where a lane stands."""

    STARTING = "starting"
    RUNNING = "running"
    NO_CONSENT = "no consent"
    BACKING_OFF = "backing off"
    PARKED = "parked"
    ENDED = "ended"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LaneStatus:
    """A lane as others see it."""

    sense: Sense
    source: str
    state: LaneState
    reason: str
    restarts: int
    dropped: int


class Lane(Generic[SignalT]):
    """Runs one sensor and one perceiver until stopped, ended or parked."""

    def __init__(
        self,
        sensor: Sensor[SignalT],
        perceiver: Perceiver[SignalT],
        emit: Callable[[Reading], None],
        *,
        allowed: Callable[[], bool],
        capacity: int = 1,
        after_loss: Callable[[SignalT], SignalT] | None = None,
        deaf: Callable[[], bool] | None = None,
        on_perceived: Callable[[int], None] | None = None,
    ) -> None:
        """Wire a lane; nothing is opened before ``start``.

        Args:
            sensor: where signals come from.
            perceiver: what makes Readings of them.
            emit: takes each Reading, on the lane's thread; must not block.
            allowed: whether this sense has consent, asked before each read and before each Reading is given away.
            capacity: signals that may wait for the perceiver.
            after_loss: marks a signal that follows dropped ones, for senses that need continuity.
            deaf: True while signals are to be thrown away, such as the device's own voice in its microphone.
            on_perceived: takes the nanoseconds that the perceiver took for each Reading, on the lane's thread.
        """
        self.sense = sensor.sense
        self._sensor = sensor
        self._perceiver = perceiver
        self._emit = emit
        self._allowed = allowed
        self._after_loss = after_loss
        self._deaf = deaf
        self._on_perceived = on_perceived
        self._mailbox: Mailbox[SignalT] = Mailbox(capacity)
        self._state = LaneState.STARTING
        self._reason = ""
        self._restarts = 0
        self._recent_restarts: deque[float] = deque(maxlen=RESTARTS_ALLOWED + 1)
        self._stopping = threading.Event()
        self._open = threading.Event()
        self._threads = (
            threading.Thread(target=self._supervise, args=(self._read,), name=f"{self.sense}-reader", daemon=True),
            threading.Thread(
                target=self._supervise, args=(self._perceive,), name=f"{self.sense}-perceiver", daemon=True
            ),
        )

    def start(self) -> None:
        """Start both threads."""
        for thread in self._threads:
            thread.start()

    def stop(self, within_s: float = 1.0) -> None:
        """Close the sensor and wait for the threads, at most ``within_s`` seconds."""
        self._stopping.set()
        self._sensor.stop()
        self._mailbox.close()
        deadline = time.monotonic() + within_s
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))
        if self._state not in {LaneState.ENDED, LaneState.PARKED}:
            self._move(LaneState.STOPPED, "")

    def enforce(self) -> bool:
        """Close the sensor at once when its consent is gone. True when that was done by this call."""
        if self._open.is_set() and not self._allowed():
            self._open.clear()
            self._sensor.stop()
            self._mailbox.clear()
            return True
        return False

    @property
    def finished(self) -> bool:
        """No Reading will come from this lane any more."""
        return not any(thread.is_alive() for thread in self._threads)

    @property
    def status(self) -> LaneStatus:
        """The lane as others see it, now."""
        return LaneStatus(
            self.sense, self._sensor.source, self._state, self._reason, self._restarts, self._mailbox.dropped
        )

    def _move(self, state: LaneState, reason: str) -> None:
        if (state, reason) != (self._state, self._reason):
            self._state, self._reason = state, reason
            level = logging.WARNING if state in {LaneState.BACKING_OFF, LaneState.PARKED} else logging.INFO
            log.log(level, "%s lane %s%s", self.sense, state, f": {reason}" if reason else "")

    def _supervise(self, body: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                body()
            except Exception as error:  # the lane outlives whatever its sensor or model raises; it is counted and told
                if not isinstance(error, RapportError):
                    log.exception("%s lane", self.sense)
                if not self._may_restart(str(error) or type(error).__name__):
                    self._mailbox.close()
                    return
            else:
                return

    def _may_restart(self, reason: str) -> bool:
        now = time.monotonic()
        self._restarts += 1
        self._recent_restarts.append(now)
        recent = sum(1 for at in self._recent_restarts if now - at <= RESTARTS_WITHIN_S)
        if recent > RESTARTS_ALLOWED:
            self._move(LaneState.PARKED, reason)
            self._stopping.set()
            self._sensor.stop()
            return False
        self._move(LaneState.BACKING_OFF, reason)
        self._stopping.wait(BACKOFF_S[min(recent, len(BACKOFF_S)) - 1])
        return not self._stopping.is_set()

    def _read(self) -> None:
        while not self._stopping.is_set():
            if not self._allowed():
                self._move(LaneState.NO_CONSENT, f"`rapport consent grant {self.sense}` gives it")
                self._stopping.wait(POLL_S)
                continue
            self._sensor.attach()
            self._open.set()
            try:
                self._move(LaneState.RUNNING, "")
                if self._pump():
                    self._mailbox.close()
                    return
            finally:
                self._open.clear()
                self._sensor.stop()

    def _pump(self) -> bool:
        """Read signals while allowed; True when the source has ended for good."""
        while not self._stopping.is_set() and self._allowed():
            signal = self._sensor.read()
            if signal is None:
                if self._stopping.is_set() or not self._allowed():
                    return False
                if self._sensor.live:
                    problem = f"{self._sensor.source} delivers nothing any more"
                    raise SensorGone(problem, "Check its cable; it is tried again by itself")
                return True
            if self._deaf is None or not self._deaf():
                self._mailbox.put(signal)
        return False

    def _perceive(self) -> None:
        attached = False
        try:
            while not self._mailbox.finished and not self._stopping.is_set():
                if not self._allowed():
                    if attached:
                        self._perceiver.stop()  # what was heard or seen under the old grant is forgotten
                        attached = False
                    self._mailbox.clear()
                    self._stopping.wait(POLL_S)
                    continue
                if not attached:
                    self._perceiver.attach()
                    attached = True
                taken = self._mailbox.take(POLL_S)
                if taken is not None:
                    self._handle(*taken)
        finally:
            if attached:
                self._perceiver.stop()
        if self._mailbox.finished and not self._stopping.is_set():
            self._move(LaneState.ENDED, "the source has ended")

    def _handle(self, signal: SignalT, lost: int) -> None:
        if lost and self._after_loss is not None:
            signal = self._after_loss(signal)
        began_ns = time.monotonic_ns()
        reading = self._perceiver.perceive(signal)
        if reading is not None and self._allowed():
            if self._on_perceived is not None:
                self._on_perceived(time.monotonic_ns() - began_ns)
            self._emit(reading)
