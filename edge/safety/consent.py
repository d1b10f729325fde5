"""The consent gate: a sense without a grant is not opened, and a withdrawal closes it within 200 ms.

Grants come from the settings file (demonstration, development) and from the consent file that the household writes with
``rapport consent``. A decision in that file beats the settings. A damaged or foreign file grants nothing at all.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from edge.affect import Sense
from edge.errors import ConsentError
from edge.safety.grants import FILE, Grants, Purpose, read, write

if TYPE_CHECKING:
    from pathlib import Path

    from edge.safety.settings import ConsentSettings

log = logging.getLogger(__name__)

LOOK_EVERY_NS = 50_000_000
"""The file is looked at this often at most: asking is cheap, and 200 ms leave time to close a device."""

Stamp = tuple[int, int, int, int, int]
"""Inode, size, changes of content and of mode or owner (ns), mode and owner: what tells that a file is another one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one sense stands for one purpose. ``utc`` (ISO 8601) is None where the settings decide or nobody did."""

    sense: Sense
    purpose: Purpose
    state: Literal["granted", "withdrawn", "never"]
    by: Literal["household", "settings"] | None
    utc: str | None


class Consent:
    """Asked before a device is opened and before every read. Safe to share between threads."""

    def __init__(self, settings: ConsentSettings, state_directory: Path) -> None:
        self._settings = _granted_by(settings)
        self.path = state_directory / FILE
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._looked_ns: int | None = None
        self._grants = Grants()
        self._problem: ConsentError | None = None

    def adopt(self, settings: ConsentSettings) -> None:
        """Go on with the grants of other settings: those that are gone count no more, and none is added."""
        with self._lock:
            self._settings &= _granted_by(settings)

    @property
    def problem(self) -> ConsentError | None:
        """Why the consent file is refused, in which case nothing is granted; None when all is well."""
        with self._lock:
            self._look()
            return self._problem

    def granted(self, sense: Sense, purpose: Purpose = Purpose.EMOTION) -> bool:
        """Whether ``sense`` may be used for ``purpose`` now."""
        with self._lock:
            self._look()
            return self._standing(sense, purpose).state == "granted"

    def require(self, sense: Sense, purpose: Purpose = Purpose.EMOTION) -> None:
        """Raise ConsentError, with the reason, when ``sense`` is not granted."""
        if self.granted(sense, purpose):
            return
        if (refused := self.problem) is not None:
            raise refused
        problem = f"the sense {sense.value!r} has no grant for the purpose {purpose.value!r}"
        raise ConsentError(problem, f"Type: rapport consent grant {sense.value}{_option(purpose)}")

    def grant(self, sense: Sense, purpose: Purpose = Purpose.EMOTION) -> None:
        """Record a grant. Raises ConsentError when the file is refused or cannot be written."""
        with self._lock:
            self._look(now=True)
            if self._problem is not None:
                raise self._problem
            self._decide(self._grants, sense, purpose, granted=True)

    def withdraw(self, sense: Sense, purpose: Purpose = Purpose.EMOTION) -> None:
        """Record a withdrawal; works even where the file is damaged, by writing one in which all is withdrawn."""
        with self._lock:
            self._look(now=True)
            base = self._grants
            if self._problem is not None:
                for every in Purpose:
                    for one in Sense:
                        base = base.with_decision(one, every, granted=False)
            self._decide(base, sense, purpose, granted=False)

    def status(self) -> tuple[Standing, ...]:
        """Every purpose and each sense that can serve it, in order."""
        with self._lock:
            self._look(now=True)
            return tuple(
                self._standing(sense, purpose) for purpose in Purpose for sense in Sense if sense in purpose.senses
            )

    def _decide(self, base: Grants, sense: Sense, purpose: Purpose, *, granted: bool) -> None:
        write(self.path, base.with_decision(sense, purpose, granted=granted))
        log.info("consent: %s %s for %s", sense.value, "granted" if granted else "withdrawn", purpose.value)
        self._look(now=True)

    def _standing(self, sense: Sense, purpose: Purpose) -> Standing:
        decision = self._grants.find(sense, purpose)
        if decision is not None:
            state: Literal["granted", "withdrawn"] = "granted" if decision.granted else "withdrawn"
            return Standing(sense, purpose, state, "household", decision.utc.isoformat())
        if self._problem is None and (sense, purpose) in self._settings:
            return Standing(sense, purpose, "granted", "settings", None)
        return Standing(sense, purpose, "never", None, None)

    def _look(self, *, now: bool = False) -> None:
        moment = time.monotonic_ns()
        if not now and self._looked_ns is not None and moment - self._looked_ns < LOOK_EVERY_NS:
            return
        stamp = self._read_stamp()
        if self._looked_ns is None or stamp != self._stamp:
            self._stamp = stamp
            self._read()
        self._looked_ns = moment

    def _read_stamp(self) -> Stamp | None:
        try:
            status = self.path.lstat()
        except OSError:  # absent, or out of reach: reading says which
            return None
        return (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_uid)

    def _read(self) -> None:
        try:
            self._grants, self._problem = read(self.path) or Grants(), None
        except ConsentError as error:
            self._grants, self._problem = Grants(), error
            log.error("%s", error)  # noqa: TRY400 - the sentence says it all; a traceback would hide it


def _granted_by(settings: ConsentSettings) -> frozenset[tuple[Sense, Purpose]]:
    watched = {(Sense.FACE, Purpose.DROWSINESS)} if settings.drowsiness else set()
    return frozenset({(sense, Purpose.EMOTION) for sense in settings.grants} | watched)


def _option(purpose: Purpose) -> str:
    return "" if purpose is Purpose.EMOTION else f" --for {purpose.value}"
