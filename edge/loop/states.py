"""Where a lane stands: an explicit state machine, with reasons and counters.

The two threads of a lane and the loop tell it facts: a half is ready, has failed, consent is gone. The state follows
from the facts, and every change of state has to be one that ``NEXT`` allows; any other is a bug and raises.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)


class LaneState(StrEnum):
    """Where a lane stands."""

    STARTING = "starting"
    """The sensor is being opened, the models are being loaded."""
    RUNNING = "running"
    DEGRADED = "degraded"
    """It works, but not as it should."""
    NO_CONSENT = "no consent"
    BACKING_OFF = "backing off"
    """It failed and is started again after a pause."""
    PARKED = "parked"
    """It failed too often; it is tried again rarely."""
    ENDED = "ended"
    STOPPED = "stopped"


S = LaneState
NEXT: Mapping[LaneState, frozenset[LaneState]] = MappingProxyType(
    {
        S.STARTING: frozenset({S.RUNNING, S.NO_CONSENT, S.BACKING_OFF, S.PARKED, S.ENDED, S.STOPPED}),
        S.RUNNING: frozenset({S.DEGRADED, S.NO_CONSENT, S.BACKING_OFF, S.PARKED, S.ENDED, S.STOPPED}),
        S.DEGRADED: frozenset({S.RUNNING, S.NO_CONSENT, S.BACKING_OFF, S.PARKED, S.ENDED, S.STOPPED}),
        # Nobody comes from "no consent" to "running" but through "starting": what was open is closed, and opened anew.
        S.NO_CONSENT: frozenset({S.STARTING, S.BACKING_OFF, S.PARKED, S.ENDED, S.STOPPED}),
        S.BACKING_OFF: frozenset({S.STARTING, S.NO_CONSENT, S.PARKED, S.ENDED, S.STOPPED}),
        S.PARKED: frozenset({S.STARTING, S.NO_CONSENT}),
        S.ENDED: frozenset(),
        S.STOPPED: frozenset(),
    }
)
"""Every change of state that may happen. A lane that ended or is parked stays so when it is stopped: it tells why."""
FINAL = frozenset({S.ENDED, S.STOPPED})
OPENING, LOADING = "the source is being opened", "the models are being loaded"
TROUBLE = frozenset({S.DEGRADED, S.BACKING_OFF, S.PARKED})


class Half(StrEnum):
    """A lane's two threads."""

    READER = "reader"
    PERCEIVER = "perceiver"


@dataclass(frozen=True, slots=True)
class Standing:
    """A lane's state as others see it.

    Attributes:
        state: where it stands.
        reason: why, in words; empty where there is nothing to say.
        restarts: times that a half was started again after a failure.
        transitions: changes of state since the start.
        changed_ns: CLOCK_MONOTONIC of the last of them.
        seconds: time spent in each state so far, the present one included.
    """

    state: LaneState
    reason: str
    restarts: int
    transitions: int
    changed_ns: int
    seconds: Mapping[LaneState, float]


class Machine:
    """The facts of one lane and the state that follows from them. Safe to share between threads.

    Args:
        name: whose state it is, for the log.
        now_ns: CLOCK_MONOTONIC, or another clock for tests.
    """

    def __init__(self, name: str, now_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._name = name
        self._now_ns = now_ns
        self._lock = threading.Lock()
        self._consent = True
        self._need = ""
        self._ready: set[Half] = set()
        self._failing: dict[Half, str] = {}
        self._fault = ""
        self._parked = ""
        self._final: LaneState | None = None
        self._state = LaneState.STARTING
        self._reason = OPENING
        self._restarts = 0
        self._transitions = 0
        self._changed_ns = now_ns()
        self._spent_ns: Counter[LaneState] = Counter()
        self._told = ""

    @property
    def state(self) -> LaneState:
        """The state now."""
        return self._state

    @property
    def standing(self) -> Standing:
        """State, reason and counters, of one moment."""
        with self._lock:
            spent = self._spent_ns + Counter({self._state: self._now_ns() - self._changed_ns})
            seconds = {state: round(ns / 1e9, 3) for state, ns in spent.items()}
            return Standing(
                self._state,
                self._reason,
                self._restarts,
                self._transitions,
                self._changed_ns,
                MappingProxyType(seconds),
            )

    def ready(self, half: Half) -> None:
        """The sensor is open, or the models are loaded; told again with every signal."""
        if half in self._ready:  # whatever makes a lane stop working takes it out
            return
        with self._lock:
            if not self._parked and self._consent and half not in self._failing:
                self._ready.add(half)
            self._settle()

    def failed(self, half: Half, reason: str, *, counts: bool = True, hopeless: bool = False) -> None:
        """A half raised. It will be started again; ``hopeless``: it did so too often, and the lane is parked.

        Args:
            half: which one.
            reason: what it raised.
            counts: False where it was nobody's fault.
            hopeless: park the lane.
        """
        with self._lock:
            self._restarts += counts
            self._fault = ""
            self._ready.discard(half)
            if hopeless and self._final is None:
                self._parked = self._parked or reason
                self._ready.clear()
                self._failing.clear()
            elif not self._parked:
                self._failing[half] = reason
            self._settle()

    def again(self, half: Half) -> None:
        """The pause is over: the half is started again."""
        with self._lock:
            self._failing.pop(half, None)
            self._settle()

    def withdrawn(self, need: str) -> None:
        """There is no consent; ``need`` says what would give it. What was open counts as closed."""
        with self._lock:
            self._consent, self._need = False, need
            self._ready.clear()
            self._fault = ""
            self._settle()

    def granted(self) -> None:
        """There is consent; told again with every signal."""
        if self._consent:
            return
        with self._lock:
            self._consent = True
            self._settle()

    def doubt(self, fault: str) -> None:
        """What is not as it should be, though the lane works; "" when all is well. Ignored while it does not work."""
        with self._lock:
            self._fault = fault if self._works else ""
            self._settle()

    def unpark(self) -> None:
        """It is tried again."""
        with self._lock:
            self._parked = ""
            self._settle()

    def end(self) -> None:
        """The source has ended, and all of it was perceived."""
        self._finish(LaneState.ENDED)

    def stop(self) -> None:
        """Stopped from outside; a lane that had ended or is parked keeps saying so."""
        self._finish(LaneState.STOPPED)

    @property
    def _works(self) -> bool:
        return self._consent and len(self._ready) == len(Half) and not self._failing and not self._parked

    def _finish(self, state: LaneState) -> None:
        with self._lock:
            if self._final is None and not self._parked:
                self._final = state
                self._failing.clear()
            self._settle()

    def _settle(self) -> None:
        state, reason = self._follows()
        if state is self._state:
            self._reason = reason
        elif state in NEXT[self._state]:
            now_ns = self._now_ns()
            self._spent_ns[self._state] += now_ns - self._changed_ns
            self._state, self._reason, self._changed_ns = state, reason, now_ns
            self._transitions += 1
        else:
            message = f"the {self._name} lane cannot go from {self._state} to {state}"
            raise AssertionError(message)
        self._tell()

    def _follows(self) -> tuple[LaneState, str]:
        """The state and the reason that follow from the facts; the first that holds."""
        if self._final is not None:
            return self._final, "the source has ended" if self._final is LaneState.ENDED else ""
        if self._parked:
            return LaneState.PARKED, self._parked
        if not self._consent:
            return LaneState.NO_CONSENT, self._need
        if self._failing:
            return LaneState.BACKING_OFF, next(iter(self._failing.values()))
        if len(self._ready) < len(Half):
            return LaneState.STARTING, OPENING if Half.READER not in self._ready else LOADING
        return (LaneState.DEGRADED, self._fault) if self._fault else (LaneState.RUNNING, "")

    def _tell(self) -> None:
        """A line in the log when something changed. A lane that is parked, tried and parked again says so once."""
        told = f"{self._state}: {self._reason}" if self._reason else str(self._state)
        if told == self._told or self._state is LaneState.STARTING:
            return
        self._told = told
        log.log(logging.WARNING if self._state in TROUBLE else logging.INFO, "%s lane %s", self._name, told)
