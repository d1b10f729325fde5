"""Keeps the answers of whoever is selected in step with the vault, where the household consented; else in memory only.

``turn`` is called on the loop's thread and waits for nothing: the clerk reads, writes and erases, in order.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from edge.errors import ProfileError, VaultError
from edge.learning.answers import Answers
from edge.learning.store import Store
from edge.outlets.diary import PURGE_AFTER_S

if TYPE_CHECKING:
    from edge.learning.answers import Answer
    from edge.learning.settings import LearningSettings
    from edge.learning.store import Revision
    from edge.outlets.calendar import Calendar
    from edge.privacy.clerk import Clerk

EXPIRE_EVERY_NS = 3600 * 1_000_000_000
ROOM = "learned"


class Found(NamedTuple):
    """What the clerk read, for whom it was asked; ``answers`` None: it cannot be used, and not be written over."""

    asked: int
    answers: tuple[Answer, ...] | None
    first: bool


class Memory:
    """The answers in memory, and their rows.

    Args:
        settings: how long they are kept.
        clerk: who keeps them; None: nobody.
        calendar: today, and since when that can be believed.
    """

    def __init__(self, settings: LearningSettings, clerk: Clerk | None, calendar: Calendar) -> None:
        self.answers = Answers()
        self._settings = settings
        self._clerk = clerk if clerk is not None and clerk.vault is not None else None
        self._store = None if self._clerk is None or self._clerk.vault is None else Store(self._clerk.vault)
        self._calendar = calendar
        self._who: tuple[str, bool | None] = ("", None)
        """The profile, and whether what is learned of it may be kept."""
        self._have = -1
        """For whom was read last."""
        self._asked = 0
        """Number of the person that is selected: what was read for one before is of no use."""
        self._seen = -1
        """The clerk's changes up to which was read."""
        self._known: dict[str, Revision | None] = {}
        """Of each profile what was read or written last. The clerk's own: no other thread looks at it."""
        self._last_asked = -1
        """For whom was read last; the clerk's own as well."""
        self._found: deque[Found] = deque()
        self._owed = False
        """What may not be kept could not be erased yet."""
        self._dirty = False
        self._saved_ns: int | None = None
        self._expired_ns: int | None = None

    @property
    def keeps(self) -> bool:
        """Whether what is learned now is kept."""
        profile, may = self._who
        return self._store is not None and bool(profile) and may is True

    @property
    def known(self) -> bool:
        """Whether what is kept was read, or nothing is."""
        return not self.keeps or self._have == self._asked

    def adopt(self, settings: LearningSettings) -> None:
        """Go on with other settings."""
        self._settings = settings

    def stop(self) -> None:
        """Hand over what was learned; the clerk writes it before it stops."""
        if self._dirty:
            self._save()

    def changed(self, *, now: bool = False) -> None:
        """An answer was added or changed; ``now`` to have it written at once, else when it is time."""
        self._dirty = True
        if now:
            self._save()

    def turn(self, now_ns: int, profile: str, *, may: bool | None) -> bool:
        """See who is selected, what may be kept and what was read; whether ``answers`` are others than before.

        Args:
            now_ns: CLOCK_MONOTONIC.
            profile: who is selected; empty: nobody.
            may: True, it may be kept; False, it may not and what is kept has to go; None, nobody can tell.
        """
        other = (profile, may) != self._who
        if other:
            self._become(profile, may=may)
        other |= self._take()
        if self._clerk is not None and self.keeps and self._seen != self._clerk.changes:
            self._seen = self._clerk.changes
            asked = self._asked
            self._clerk.put((ROOM, "read", profile), lambda: self._read(profile, asked))
        other |= self._expire(now_ns)
        if self._saved_ns is None:
            self._saved_ns = now_ns
        elif (self._dirty or self._owed) and now_ns - self._saved_ns >= 60e9 * self._settings.save_minutes:
            self._saved_ns = now_ns
            if self._owed and self._clerk is not None:
                self._clerk.put((ROOM, "forget"), self._forget)
            self._save()
        return other

    def _become(self, profile: str, *, may: bool | None) -> None:
        """Of who was selected before nothing is left in memory, nor of what was said before it was consented to."""
        if self._dirty and may is not False:
            self._save()
        if may is False and self._who[1] is not False and self._clerk is not None:
            self._clerk.drop(ROOM, "write")
            self._clerk.put((ROOM, "forget"), self._forget)
        self._who = (profile, may)
        self.answers = Answers()
        self._dirty = False
        self._asked += 1
        self._seen = -1

    def _take(self) -> bool:
        """Go on with what was read: what is in the vault holds, whoever changed it."""
        if not self._found:
            return False
        found = self._found.popleft()
        if found.asked != self._asked:
            return False
        self._have = found.asked
        if found.answers is None:
            self._who = (self._who[0], None)
            self.answers = Answers()
            return True
        meanwhile = tuple(self.answers) if found.first else ()  # said while it was being read
        self.answers = Answers((*found.answers, *meanwhile))
        self._dirty = bool(meanwhile)
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
        if self.keeps and self._clerk is not None:
            self._dirty = False
            profile, asked = self._who[0], self._asked
            answers, days = tuple(self.answers.items()), self._settings.days_kept
            self._clerk.put((ROOM, "write", profile), lambda: self._write(profile, asked, answers, days))

    # What follows is the clerk's.

    def _read(self, profile: str, asked: int) -> None:
        if self._store is None:
            return
        first = asked != self._last_asked
        revision = self._store.revision(profile)
        if not first and revision == self._known.get(profile):
            return
        try:
            answers = self._store.read(profile)
        except ProfileError:
            self._found.append(Found(asked, None, first))
            raise
        if answers is None and first:  # begun at once, so that whoever wants it forgotten finds it
            revision = self._store.save(profile, (), self._settings.days_kept, None)
        self._last_asked, self._known[profile] = asked, revision
        self._found.append(Found(asked, answers or (), first))

    def _write(self, profile: str, asked: int, answers: tuple[tuple[int, Answer], ...], days_kept: int) -> None:
        if self._store is None:
            return
        try:
            if profile not in self._known:  # it could not be read: what is in the vault goes before
                self._read(profile, asked)
                return
            revision = self._store.save(profile, answers, days_kept, self._known[profile])
        except VaultError:
            self._dirty = True  # it is tried again when it is time
            raise
        if revision is not None:
            self._known[profile] = revision

    def _forget(self) -> None:
        if self._store is None:
            return
        self._owed = True
        self._store.forget_all()
        self._owed = False
        self._known.clear()
