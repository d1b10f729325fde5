"""Keeps the answers of whoever is selected in step with the disk, where the household consented; else in memory only.

``turn`` is called on the loop's thread and waits for no disk but for a small file to be read. Writing and erasing is
done, in order, by a thread of its own.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from edge.errors import ProfileError
from edge.learning.answers import Answer, AnswerRecord, Answers, LearnedRecord
from edge.outlets.diary import PURGE_AFTER_S

if TYPE_CHECKING:
    from edge.learning.settings import LearningSettings
    from edge.learning.store import Store
    from edge.outlets.calendar import Calendar
    from edge.understanding.person.profiles import Stamp

log = logging.getLogger(__name__)

LOOK_EVERY_NS = 50_000_000
"""Files are looked at this often at most, as the consent file is."""
EXPIRE_EVERY_NS = 3600 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """What the writer is to do: write a profile's answers, or erase everything where ``profile`` is None."""

    profile: str | None
    answers: tuple[Answer, ...] = ()
    days_kept: int = 1


class Memory:
    """The answers in memory, and their file.

    Args:
        settings: how long they are kept.
        store: where; None: nowhere.
        calendar: today, and since when that can be believed.
    """

    def __init__(self, settings: LearningSettings, store: Store | None, calendar: Calendar) -> None:
        self.answers = Answers()
        self._settings = settings
        self._store = store
        self._calendar = calendar
        self._who: tuple[str, bool | None] = ("", None)
        """The profile, and whether what is learned of it may be kept."""
        self._stamp: Stamp | None = None
        """Of the file that was read or written last. Changed while the writer rests."""
        self._stale = False
        self._dirty = False
        self._looked_ns: int | None = None
        self._saved_ns: int | None = None
        self._expired_ns: int | None = None
        self._told = ""
        self._jobs: deque[Job] = deque()
        self._wake = threading.Condition()
        self._busy = self._closing = False
        self._writer: threading.Thread | None = None

    @property
    def keeps(self) -> bool:
        """Whether what is learned now is kept."""
        profile, may = self._who
        return self._store is not None and bool(profile) and may is True

    def adopt(self, settings: LearningSettings) -> None:
        """Go on with other settings."""
        self._settings = settings

    def start(self) -> None:
        """Start the writer."""
        self._writer = threading.Thread(target=self._work, name="learned", daemon=True)
        self._writer.start()

    def stop(self, within_s: float = 0.5) -> None:
        """Write what was learned, for at most ``within_s`` seconds."""
        if self._dirty:
            self._save()
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._writer is not None:
            self._writer.join(within_s)
            if self._writer.is_alive():
                log.warning("what was learned since the last save could not be written in time")

    def changed(self, *, now: bool = False) -> None:
        """An answer was added or changed; ``now`` to have it written at once, else when it is time."""
        self._dirty = True
        if now:
            self._save()

    def turn(self, now_ns: int, profile: str, *, may: bool | None) -> bool:
        """See who is selected, what may be kept and what is on the disk; whether ``answers`` are others than before.

        Args:
            now_ns: CLOCK_MONOTONIC.
            profile: who is selected; empty: nobody.
            may: True, it may be kept; False, it may not and what is kept has to go; None, nobody can tell.
        """
        other = (profile, may) != self._who
        if other:
            self._become(profile, may=may)
        if self._looked_ns is not None and now_ns - self._looked_ns < LOOK_EVERY_NS:
            return other
        self._looked_ns = now_ns
        other |= self._see_file()
        other |= self._expire(now_ns)
        if self._saved_ns is None:
            self._saved_ns = now_ns
        elif self._dirty and now_ns - self._saved_ns >= 60e9 * self._settings.save_minutes:
            self._saved_ns = now_ns
            self._save()
        return other

    def _become(self, profile: str, *, may: bool | None) -> None:
        """Of who was selected before nothing is left in memory, nor of what was said before it was consented to."""
        if self._dirty and may is not False:
            self._save()
        if may is False and self._who[1] is not False:
            self._put(Job(None))  # after whatever save still waits
        self._who = (profile, may)
        self.answers = Answers()
        self._dirty, self._stale = False, self.keeps
        self._looked_ns = None

    def _see_file(self) -> bool:
        """Read the file when it is another one: the disk is what holds, whoever changed it."""
        if not self.keeps or self._store is None:
            return False
        with self._wake:
            if self._busy or self._jobs:
                return False
        profile = self._who[0]
        stamp = self._store.stamp(profile)
        if not self._stale and stamp == self._stamp:
            return False
        self._stamp, self._stale, self._dirty = stamp, False, False
        try:
            record = self._store.read(profile)
        except ProfileError as error:
            self._tell(error)
            self._who = (profile, None)  # what others may change is neither used nor written over
            self.answers = Answers()
            return True
        self.answers = Answers(tuple(one.answer() for one in record.answers) if record is not None else ())
        if record is None:
            self._stamp = self._store.stamp(profile)  # it may have been set aside just now
            self._save()  # so that whoever wants it forgotten finds it
        return True

    def _expire(self, now_ns: int) -> bool:
        """Delete what is too old, once the wall clock ran evenly for long enough to be believed."""
        settled_s = self._calendar.look()
        if self._expired_ns is not None and now_ns - self._expired_ns < EXPIRE_EVERY_NS:
            return False
        if settled_s < PURGE_AFTER_S:
            return False
        self._expired_ns = now_ns
        gone = self.answers.expire(self._calendar.today() - timedelta(days=self._settings.days_kept))
        self._dirty |= gone
        return gone

    def _save(self) -> None:
        if self.keeps:
            self._dirty = False
            self._put(Job(self._who[0], tuple(self.answers), self._settings.days_kept))

    def _put(self, job: Job) -> None:
        """Hand over a job; a save takes the place of one of the same profile that waits for a slow disk."""
        with self._wake:
            if self._jobs and job.profile is not None and self._jobs[-1].profile == job.profile:
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
                log.exception("what was learned could not be kept")

    def _do(self, job: Job) -> None:
        if self._store is None:
            return
        if job.profile is None:
            self._store.forget_all()
            return
        records = tuple(AnswerRecord.of(answer) for answer in job.answers)
        record = LearnedRecord(profile=job.profile, days_kept=job.days_kept, answers=records)
        try:
            stamp = self._store.save(record, self._stamp)
        except ProfileError:
            self._dirty = True  # it is tried again when it is time
            raise
        if stamp is not None:
            self._stamp, self._told = stamp, ""

    def _tell(self, error: ProfileError) -> None:
        """Log a problem, once while it is the same: a full disk would fill the log as well."""
        if str(error) != self._told:
            self._told = str(error)
            log.error("%s", error)
