"""The one thread on which the device reads and writes its vault for the loop, so that the loop waits for no disk.

Work is done in the order in which it was handed over. Between jobs the clerk looks whether somebody else changed the
vault, and does what is due by the clock.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from edge.errors import RapportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.privacy.vault import Vault

log = logging.getLogger(__name__)

LOOK_S = 0.05
"""The vault is looked at this often, as the consent file is: what another process changed is seen within it."""

Key = tuple[str, ...]
"""What a job is about: the room, what is done, and of whom."""


class Job(NamedTuple):
    """A job, under a name by which it can be replaced or dropped while it waits."""

    key: Key
    work: Callable[[], None]


class Chore(NamedTuple):
    """What is done again and again."""

    every_s: float
    job: Job


class Clerk:
    """``start → put … → stop``. All but the work itself may be called from any thread, and waits for nothing.

    Attributes:
        vault: what the work is about; None where there is none, and then work is not taken.
        changes: grows when somebody else changed the vault, or it is another one; what was read is to be read again.
    """

    def __init__(self, vault: Vault | None) -> None:
        self.vault = vault
        self.changes = 0
        self._version = (0, 0)
        self._jobs: deque[Job] = deque()
        self._chores: list[Chore] = []
        self._due_s: list[float] = []
        self._wake = threading.Condition()
        self._busy = self._closing = False
        self._failing: dict[Key, str] = {}
        self._thread = threading.Thread(target=self._run, name="vault", daemon=True)

    @property
    def idle(self) -> bool:
        """Whether all that was handed over is done."""
        with self._wake:
            return not (self._busy or self._jobs)

    @property
    def trouble(self) -> str | None:
        """Why something could not be kept, of what has not succeeded since; None where all is well."""
        return next(iter(self._failing.copy().values()), None)

    def every(self, seconds: float, key: Key, work: Callable[[], None]) -> None:
        """Do ``work`` once at the start and then every ``seconds``; to be called before the start."""
        self._chores.append(Chore(seconds, Job(key, work)))
        self._due_s.append(0.0)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self, within_s: float = 0.5) -> None:
        """Do what still waits, for at most ``within_s`` seconds."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join(within_s)
            if self._thread.is_alive():
                log.warning("what was learned since the last save could not be written in time")

    def notice(self) -> None:
        """This very process changed the vault: what was read is to be read again."""
        self.changes += 1

    def put(self, key: Key, work: Callable[[], None]) -> None:
        """Hand over a job; it takes the place of one of the same key that is the last to wait for a slow disk."""
        if self.vault is None:
            return
        with self._wake:
            if self._jobs and self._jobs[-1].key == key:
                self._jobs.pop()
            self._jobs.append(Job(key, work))
            self._wake.notify()

    def drop(self, *start: str) -> None:
        """Leave out the jobs that wait and whose key starts so: what they would write is not to be written any more."""
        with self._wake:
            self._jobs = deque(job for job in self._jobs if job.key[: len(start)] != start)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._busy = False
                if not self._jobs and not self._closing:
                    self._wake.wait(self._pause_s())
                if self._jobs:
                    jobs = [self._jobs.popleft()]
                elif self._closing:
                    return
                else:
                    jobs = self._due()
                self._busy = True
            for job in jobs:
                self._do(job)

    def _pause_s(self) -> float | None:
        if self.vault is not None:
            return LOOK_S
        return max(0.0, min(self._due_s) - time.monotonic()) if self._due_s else None

    def _due(self) -> list[Job]:
        jobs = [] if self.vault is None else [Job(("look",), self._look)]
        now = time.monotonic()
        for number, (chore, due_s) in enumerate(zip(self._chores, self._due_s, strict=True)):
            if now >= due_s:
                self._due_s[number] = now + chore.every_s
                jobs.append(chore.job)
        return jobs

    def _look(self) -> None:
        if self.vault is None:
            return
        try:
            version = self.vault.version()
        except RapportError:
            if self.vault.renewals != self._version[0]:  # of the vault before nothing is left, whatever comes now
                self._version = (self.vault.renewals, 0)
                self.changes += 1
            raise
        if version != self._version:
            self._version = version
            self.changes += 1

    def _do(self, job: Job) -> None:
        try:
            job.work()
        except (RapportError, OSError) as error:
            told = str(error)
            if told not in self._failing.values():  # once while it is the same: a full disk would fill the log as well
                log.error("%s", told)  # noqa: TRY400 - the sentence says it all
            self._failing[job.key[:2]] = told
        except Exception:  # the loop lives on, and so must what keeps and erases for it
            log.exception("%s could not be done", " ".join(job.key))
        else:
            self._failing.pop(job.key[:2], None)
