"""The coordinator as a process: hears the broker, keeps what counts, acknowledges it, and turns the rounds."""

from __future__ import annotations

import logging
import signal
import time
from typing import TYPE_CHECKING

from edge.errors import OutletError, SettingsError
from fleet.coordinator.registry import read_registry
from fleet.coordinator.rounds import Event

if TYPE_CHECKING:
    from collections.abc import Callable

    from fleet.coordinator.link import Link
    from fleet.coordinator.rounds import Rounds
    from fleet.coordinator.settings import CoordinatorSettings

log = logging.getLogger(__name__)

TICK_S = 0.25
"""Longest wait for the broker before clock and signals are looked at."""
QUIET_S = 2.0
"""After a time away, a round closes when the broker has handed over nothing for this long,"""
GRACE_S = 60.0
"""or when we have been back for this long."""
PROGRESS_S = 10.0
"""How often the count of a round is told while it grows."""


class Service:
    """``run`` until a signal, a fault that a human must mend, or as many results as are wanted."""

    def __init__(
        self, settings: CoordinatorSettings, rounds: Rounds, link: Link, tell: Callable[[Event], None], wanted: int = 0
    ) -> None:
        """``wanted`` results in the database end the run; 0: only a signal does. Raises SettingsError."""
        self._devices_file = settings.coordinator.devices
        self._registry = read_registry(self._devices_file)
        self._rounds = rounds
        self._link = link
        self._tell = tell
        self._wanted = wanted
        self._stopping = False
        self._online_since = self._heard_at = self._told_at = 0.0
        self._told_count = 0

    def run(self) -> None:
        """Raises FleetError when the database fails, OutletError when the broker will not have us."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._rounds.begin()
        try:
            while not self._stopping:
                self._hear()
                if self._wanted and self._rounds.results >= self._wanted:
                    if self._link.settled:
                        break
                elif self._link.online:
                    self._turn()
        finally:
            self._link.close()
        self._tell(Event("stopped", {"results": self._rounds.results}))

    def _stop(self, _number: int, _frame: object) -> None:
        self._stopping = True

    def _hear(self) -> None:
        was_online, old_fault = self._link.online, self._link.fault
        messages = self._link.pump(TICK_S)
        now = time.monotonic()
        if self._link.online and not was_online:
            self._online_since = now
            self._tell(Event("online"))
            self._publish()
        fault = self._link.fault
        if fault is not None and fault != old_fault:
            if fault.lasting:
                raise OutletError(fault.problem, fault.remedy)
            self._tell(Event("offline", {"why": str(fault)}))
        while self._link.rejections:
            log.warning("%s", self._link.rejections.popleft())
        if messages:
            self._heard_at = now
            for message, reason in zip(messages, self._rounds.take(messages, self._registry), strict=True):
                if reason is not None:
                    log.debug("refused %s: %s", message.topic, reason)
            self._link.acknowledge(messages)
            self._progress(now)

    def _turn(self) -> None:
        now = time.monotonic()
        quiet = now - max(self._online_since, self._heard_at) >= QUIET_S or now - self._online_since >= GRACE_S
        events = self._rounds.turn(time.time(), quiet=quiet)
        for event in events:
            self._tell(event)
        if events:
            self._read_registry()
            self._publish()
            self._told_count = 0

    def _publish(self) -> None:
        for topic, payload in self._rounds.to_publish().items():
            self._link.publish(topic, payload)

    def _progress(self, now: float) -> None:
        current = self._rounds.open_round
        if current is None or current.accepted == self._told_count or now - self._told_at < PROGRESS_S:
            return
        self._told_at, self._told_count = now, current.accepted
        self._tell(Event("progress", {"round": current.number, "accepted": current.accepted}))

    def _read_registry(self) -> None:
        try:
            self._registry = read_registry(self._devices_file)
        except SettingsError as error:  # the fleet goes on with the devices that it knew
            log.warning("%s", error)
