"""A lane: one sense, from its sensor to its Readings, on two threads with a mailbox between them.

The reader thread waits for the world; the perceiver thread computes. So a slow model never makes a device overflow,
and a device that hangs never holds a model. Either may fail: the lane starts it again after a growing pause, and
parks itself, visibly, when that does not help. A parked lane is tried again by ``retry``, or by itself after a while.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from edge.errors import RapportError, SensorGone
from edge.loop import budget
from edge.loop.faults import Faults
from edge.loop.mailbox import Mailbox
from edge.loop.memory import give_back
from edge.loop.states import FINAL, Half, LaneState, Machine, Standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.affect import Reading, Sense
    from edge.perception.perceiver import Perceiver
    from edge.sensors.sensor import Sensor

log = logging.getLogger(__name__)

RETRY_PARKED_S = 60.0
"""How long a lane stays parked before it is tried once more, unless told otherwise."""
POLL_S = 0.05
"""How often a waiting lane looks at consent and at its stop flag; withdrawal must act within 200 ms."""
CLOSE_S = 0.1
"""A device usually closes within this; the loop waits no longer for one whose driver is blocked."""
SLOW_START_NS = 10_000_000_000
"""Nanoseconds after which a start is told to be slow; opening a camera takes one to three seconds."""
FRESH_NS = 2_000_000_000
"""Nothing older than 2 s is perceived, and no State that rests on it is told."""


class Captured(Protocol):
    """A signal knows when it reached its sensor."""

    @property
    def captured_ns(self) -> int:
        """CLOCK_MONOTONIC."""
        ...


SignalT = TypeVar("SignalT", bound=Captured)


@dataclass(frozen=True, slots=True)
class LaneStatus:
    """A lane as others see it. ``dropped`` signals were too many for the perceiver, ``stale`` ones too old."""

    sense: Sense
    source: str
    standing: Standing
    dropped: int
    stale: int

    @property
    def state(self) -> LaneState:
        """Where it stands."""
        return self.standing.state

    @property
    def reason(self) -> str:
        """Why it stands there."""
        return self.standing.reason

    @property
    def restarts(self) -> int:
        """Failures after which it was started again."""
        return self.standing.restarts


class Lane(Generic[SignalT]):
    """Runs one sensor and one perceiver until stopped or ended."""

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
        events: bool = False,
        excused: Callable[[], bool] = lambda: False,
        parts: tuple[object, ...] = (),
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
            events: each signal counts, however old it is; whoever takes the Readings looks at their age.
            excused: True when the whole process was suspended a moment ago: a failure is then nobody's fault.
            parts: what else may report that it works but not as it should, such as the accelerator.
            on_perceived: takes the nanoseconds that the perceiver took for each Reading, on the lane's thread.
        """
        self.sense = sensor.sense
        self.live = sensor.live
        self._sensor = sensor
        self._perceiver = perceiver
        self._emit = emit
        self._allowed = allowed
        self._after_loss = after_loss
        self._deaf = deaf
        self._events = events
        self._excused = excused
        self._on_perceived = on_perceived
        self._mailbox: Mailbox[SignalT] = Mailbox(capacity)
        self._machine = Machine(self.sense)
        self._faults = Faults((sensor, perceiver, *parts))
        self._signals = 0
        self._stale = 0
        self._lost = 0
        self._budget = budget.Budget()
        self._stopping = threading.Event()
        self._open = threading.Event()
        self._loaded = threading.Event()
        self._slow_start_ns = 0
        self._threads = tuple(
            threading.Thread(target=self._supervise, args=(half, body), name=f"{self.sense}-{half}", daemon=True)
            for half, body in ((Half.READER, self._read), (Half.PERCEIVER, self._perceive))
        )

    def start(self) -> None:
        """Start both threads."""
        for thread in self._threads:
            thread.start()

    def begin_stop(self) -> None:
        """Ask both threads to end, and close the sensor; returns at once, whatever a driver does."""
        if not self._stopping.is_set():
            self._stopping.set()
            self._mailbox.close()
            self._close_sensor(wait_s=0.0)

    def stop(self, within_s: float = 1.0) -> None:
        """Close the sensor and wait for the threads, at most ``within_s`` seconds: one that hangs is left behind."""
        self.begin_stop()
        deadline = time.monotonic() + within_s
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))
                if thread.is_alive():
                    log.warning("%s hangs and is left behind", thread.name)
        self._machine.stop()

    def enforce(self) -> bool:
        """Close the sensor at once when its consent is gone. True when that was done by this call."""
        if self._open.is_set() and not self._allowed():
            self._open.clear()
            self._close_sensor(wait_s=CLOSE_S)
            self._mailbox.clear()
            return True
        return False

    def look(self, retry_parked_s: float = RETRY_PARKED_S) -> None:
        """Look at the lane from outside: is it as it should be, is it time to try it again? On the loop's thread."""
        standing = self._machine.standing
        if standing.state is LaneState.PARKED:
            if time.monotonic_ns() - standing.changed_ns >= retry_parked_s * 1e9:
                self.retry()
        elif standing.state is LaneState.STARTING and time.monotonic_ns() - standing.changed_ns > SLOW_START_NS:
            if self._slow_start_ns != standing.changed_ns:
                self._slow_start_ns = standing.changed_ns
                log.warning("%s lane has not started after %g s: %s", self.sense, SLOW_START_NS / 1e9, standing.reason)
        elif standing.state not in FINAL:
            self._machine.doubt(self._faults.find(self._signals, self._mailbox.dropped + self._stale))

    def retry(self) -> None:
        """Try a parked lane again, now; when it fails once more before it gave a Reading, it is parked again."""
        if self._machine.state is LaneState.PARKED:
            self._budget.grant_one()
            self._machine.unpark()

    @property
    def finished(self) -> bool:
        """No Reading will come from this lane any more."""
        return not any(thread.is_alive() for thread in self._threads)

    @property
    def parked(self) -> bool:
        """It failed too often, and waits to be tried again."""
        return self._machine.state is LaneState.PARKED

    @property
    def status(self) -> LaneStatus:
        """The lane as others see it, now."""
        return LaneStatus(self.sense, self._sensor.source, self._machine.standing, self._mailbox.dropped, self._stale)

    def _close_sensor(self, wait_s: float) -> None:
        """A driver may block in close, so a thread of its own does it; it is only made to stop or to obey."""
        closing = threading.Thread(target=self._sensor.stop, name=f"{self.sense}-closer", daemon=True)
        closing.start()
        closing.join(wait_s)

    def _supervise(self, half: Half, body: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                body()
            except Exception as error:  # the lane outlives whatever its sensor or model raises; it is counted and told
                if not isinstance(error, RapportError):
                    log.exception("%s lane", self.sense)
                reason = str(error) or type(error).__name__
            else:
                return
            self._recover(half, reason)  # the error is let go of by now, and what it held can be given back

    def _recover(self, half: Half, reason: str) -> None:
        """Pause before the half is started again; park the lane when it has failed too often."""
        if self._excused():
            self._machine.failed(half, f"after a suspension: {reason}", counts=False)
            pause_s: float | None = budget.BACKOFF_S[0]
        else:
            pause_s = self._budget.spend()
            self._machine.failed(half, reason, hopeless=pause_s is None)
        if pause_s is None:
            self._open.clear()
            self._close_sensor(wait_s=CLOSE_S)
        give_back()
        if pause_s is None:
            return
        self._stopping.wait(pause_s)
        self._machine.again(half)

    def _may_work(self) -> bool:
        """Whether there is consent and the lane is not parked; the state follows."""
        if not self._allowed():
            self._machine.withdrawn(f"`rapport consent grant {self.sense}` gives it")
            return False
        self._machine.granted()
        return not self.parked

    def _read(self) -> None:
        while not self._stopping.is_set():
            if not self._may_work():
                self._stopping.wait(POLL_S)
                continue
            if not self.live and not self._loaded.wait(POLL_S):
                continue  # a file can wait for the models, so that nothing of it is lost; a room cannot
            self._sensor.attach()
            self._open.set()
            try:
                if self._pump():
                    self._mailbox.close()
                    return
            finally:
                self._open.clear()
                self._sensor.stop()

    def _pump(self) -> bool:
        """Read signals while allowed; True when the source has ended for good."""
        while not self._stopping.is_set() and self._open.is_set() and self._may_work():
            self._machine.ready(Half.READER)
            signal = self._sensor.read()
            if signal is None:
                if self._stopping.is_set() or not self._open.is_set() or not self._may_work():
                    return False
                if self._sensor.live:
                    problem = f"{self._sensor.source} delivers nothing any more"
                    raise SensorGone(problem, "Check its cable; it is tried again by itself")
                return True
            if self._deaf is None or not self._deaf():
                self._signals += 1
                self._mailbox.put(signal)
        return False

    def _perceive(self) -> None:
        attached = False
        try:
            while not self._mailbox.finished and not self._stopping.is_set():
                if not self._may_work():
                    self._loaded.clear()
                    if attached:
                        self._perceiver.stop()  # what was heard or seen under the old grant is forgotten
                        attached = False
                    self._mailbox.clear()
                    self._stopping.wait(POLL_S)
                    continue
                if not attached:
                    self._perceiver.attach()
                    attached = True
                    give_back()  # the bytes of the model files, and what checking them took
                self._machine.ready(Half.PERCEIVER)
                if not self._loaded.is_set():
                    self._loaded.set()
                taken = self._mailbox.take(POLL_S)
                if taken is not None:
                    self._handle(*taken)
        finally:
            self._loaded.clear()
            if attached:
                self._perceiver.stop()
        if self._mailbox.finished and not self._stopping.is_set():
            self._machine.end()

    def _handle(self, signal: SignalT, lost: int) -> None:
        self._lost += lost
        if not self._events and time.monotonic_ns() - signal.captured_ns > FRESH_NS:
            self._stale += 1
            self._lost += 1
            return
        if self._lost and self._after_loss is not None:
            signal = self._after_loss(signal)
        self._lost = 0
        began_ns = time.monotonic_ns()
        self._faults.begin()
        try:
            reading = self._perceiver.perceive(signal)
        finally:
            self._faults.done()
        self._budget.worked()
        if reading is not None and self._allowed():
            if self._on_perceived is not None:
                self._on_perceived(time.monotonic_ns() - began_ns)
            self._emit(reading)
