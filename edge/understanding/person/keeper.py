"""Keeps the selected profile in step with the disk: which it is, what may be known, when it is saved and erased.

``turn`` is called on the loop's thread at each of its turns and waits for no disk but for a small file to be read.
Writing and erasing is done, in order, by a thread of its own.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.errors import ProfileError
from edge.understanding.person.baseline import Baseline
from edge.understanding.person.measures import MEASURES
from edge.understanding.person.person import Person
from edge.understanding.person.profiles import SELECTED, Profiles, stamp_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edge.affect import Reading, Sense
    from edge.understanding.person.baseline import ProfileRecord
    from edge.understanding.person.profiles import Stamp
    from edge.understanding.person.settings import PersonSettings

log = logging.getLogger(__name__)

LOOK_EVERY_NS = 50_000_000
"""Files are looked at this often at most, as the consent file is."""


@dataclass(frozen=True, slots=True)
class Job:
    """What the writer is to do: erase senses from every profile, or write ``record`` where it speaks for ``senses``."""

    senses: frozenset[Sense]
    record: ProfileRecord | None = None

    def replaces(self, other: Job) -> bool:
        """Whether ``other``, which comes right before this one, need not be done."""
        if self.record is None or other.record is None:
            return self == other
        return self.record.name == other.record.name and self.senses == other.senses


class Keeper:
    """The runtime's hold on ``Person``.

    Args:
        settings: of the person.
        state_directory: the profiles' directory is in it.
        permission: for a sense: True where it may be learned and used; False where there is no grant, so that nothing
            may be kept either; None where it is not to be used now and what is kept stays, as where the place forbids
            it or the consent file is refused.
    """

    def __init__(
        self, settings: PersonSettings, state_directory: Path, permission: Callable[[Sense], bool | None]
    ) -> None:
        self.person = Person(settings)
        self._settings = settings
        self._half_life_s = 3600 * settings.half_life_h
        self._profiles = Profiles(state_directory)
        self._permission = permission
        self._allowed: frozenset[Sense] = frozenset()
        self._refused: frozenset[Sense] = frozenset()
        self._owed: frozenset[Sense] = frozenset()
        """What could not be erased yet."""
        self._wanted = ""
        self._loaded = ""
        """Whose file was read last; ``_stamp`` is of that file. Changed while the writer rests."""
        self._stale = True
        """Whether it is to be read anew."""
        self._stamp: Stamp | None = None
        self._selected: tuple[Stamp | None] | None = None
        """Stamp of the selection, in a tuple; None: it is to be read."""
        self._looked_ns: int | None = None
        self._saved_ns: int | None = None
        self._told = ""
        self._jobs: deque[Job] = deque()
        self._wake = threading.Condition()
        self._busy = False
        """Whether the writer works: what it changes is not to be taken for somebody else's doing."""
        self._closing = False
        self._writer = threading.Thread(target=self._work, name="profiles", daemon=True)

    def adopt(self, settings: PersonSettings) -> None:
        """Go on with other settings; the half-life stays."""
        self._settings = settings
        self.person.adopt(settings)
        self._selected = None

    @property
    def selected(self) -> str:
        """Whose profile is used; "" for nobody's. As of the latest ``turn``."""
        return self._wanted

    def start(self) -> None:
        """Start the writer."""
        self._writer.start()

    def stop(self, within_s: float = 0.5) -> None:
        """Write what was learned, for at most ``within_s`` seconds."""
        self._save()
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._writer.is_alive():
            self._writer.join(within_s)
            if self._writer.is_alive():
                log.warning("what was learned of a person since the last save could not be written in time")

    def taken(self, reading: Reading) -> Reading:
        """``reading`` relative to the person, who is known a little better afterwards."""
        told = self.person.adjust(reading)
        self.person.learn(reading)
        return told

    def turn(self, now_ns: int) -> None:
        """See what may be known, who is selected, and whether it is time to save. ``now_ns``: CLOCK_MONOTONIC."""
        self._see_permissions()
        if self._looked_ns is not None and now_ns - self._looked_ns < LOOK_EVERY_NS:
            return
        self._looked_ns = now_ns
        self._see_selection()
        self._see_file()
        if self._saved_ns is None:
            self._saved_ns = now_ns
        elif now_ns - self._saved_ns >= 60e9 * self._settings.save_minutes:
            self._saved_ns = now_ns
            if self._owed:
                self._put(Job(self._owed))
            self._save()

    def _see_permissions(self) -> None:
        """What may be known no more is gone from memory when this returns, and from the disk soon after."""
        answers = {sense: self._permission(sense) for sense in MEASURES}
        allowed = frozenset(sense for sense, answer in answers.items() if answer)
        refused = frozenset(sense for sense, answer in answers.items() if answer is False)
        if refused - self._refused:
            with self._wake:  # a save that waits may hold what is to be erased
                self._jobs = deque(job for job in self._jobs if job.record is None)
            self._put(Job(refused))
        self._refused = refused
        if allowed != self._allowed:
            self._save(self._allowed - refused)
            self._allowed = allowed
            self.person.allow(allowed)
            self._stale = True  # what is kept of a sense that is allowed again is to be read

    def _see_selection(self) -> None:
        path = self._profiles.directory / SELECTED
        stamp = stamp_of(path)
        if self._selected == (stamp,):
            return
        self._selected = (stamp,)
        try:
            selected = self._profiles.selected()
        except ProfileError as error:
            self._tell(error)
            selected = ""
        wanted = self._settings.profile if selected is None else selected
        if wanted != self._wanted:
            self._save(self._allowed)
            self.person.become(None)
            self._wanted, self._stale = wanted, True

    def _see_file(self) -> None:
        """Read the profile anew when its file is another one; the disk is what holds, whoever changed it."""
        with self._wake:
            if self._busy or self._jobs:
                return
        if not (self._wanted and self._allowed):
            self.person.become(None)
            return
        stamp = stamp_of(self._profiles.path(self._wanted))
        if not self._stale and stamp == self._stamp:
            return
        self._loaded, self._stamp, self._stale = self._wanted, stamp, False
        try:
            record = self._profiles.read(self._wanted)
        except ProfileError as error:
            self._tell(error)
            self.person.become(None)
            return
        self.person.become(Baseline(self._wanted, self._half_life_s, record))
        self.person.allow(self._allowed)
        if record is None:
            self._save(self._allowed)  # so that whoever wants it forgotten finds it

    def _save(self, senses: frozenset[Sense] | None = None) -> None:
        """Ask for the profile to be written as far as it speaks for ``senses``; all that are allowed by default."""
        owned = self._allowed if senses is None else senses
        if self.person.baseline is None or not owned:
            return
        record = self.person.baseline.record()
        kept = {sense: one for sense, one in record.senses.items() if sense in owned}
        self._put(Job(owned, record.model_copy(update={"senses": kept})))

    def _put(self, job: Job) -> None:
        """Hand over a job; a save takes the place of one of the same profile that waits for a slow disk."""
        with self._wake:
            if self._jobs and job.replaces(self._jobs[-1]):
                self._jobs.pop()
            self._jobs.append(job)
            self._wake.notify()

    def _work(self) -> None:
        while True:
            with self._wake:
                self._busy = False
                while not self._jobs and not self._closing:
                    self._wake.wait()
                if not self._jobs:
                    return
                job = self._jobs.popleft()
                self._busy = True
            try:
                self._do(job)
            except ProfileError as error:
                self._tell(error)
            except Exception:  # the loop lives on, and so must what erases for it
                log.exception("profiles could not be kept")

    def _do(self, job: Job) -> None:
        if job.record is None:
            self._erase(job.senses)
            return
        stamp = self._profiles.save(job.record, self._stamp, job.senses)
        if stamp is not None:
            self._stamp = stamp
            self._told = ""

    def _erase(self, senses: frozenset[Sense]) -> None:
        path = self._profiles.path(self._loaded)
        ours = stamp_of(path) == self._stamp
        self._owed |= senses
        self._profiles.erase(senses)
        self._owed -= senses
        if ours:  # a save that waits behind this is of the file as it is now
            self._stamp = stamp_of(path)

    def _tell(self, error: ProfileError) -> None:
        """Log a problem, once while it is the same: a full disk would fill the log as well."""
        if str(error) != self._told:
            self._told = str(error)
            log.error("%s", error)
