"""Keeps the selected profile in step with the vault: which it is, what may be known, when it is saved and erased.

``turn`` is called on the loop's thread at each of its turns and waits for nothing: the clerk reads, writes and erases,
in order.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from edge.errors import ProfileError
from edge.understanding.person.baseline import Baseline, ProfileRecord
from edge.understanding.person.measures import MEASURES
from edge.understanding.person.person import Person
from edge.understanding.person.profiles import Profiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.affect import Reading, Sense
    from edge.privacy.clerk import Clerk
    from edge.understanding.person.profiles import Revision
    from edge.understanding.person.settings import PersonSettings

ROOM = "profiles"


class Found(NamedTuple):
    """What the clerk read, for which question; ``record`` None: nothing may be known, or it cannot be used."""

    asked: int
    wanted: str
    record: ProfileRecord | None


class Keeper:
    """The runtime's hold on ``Person``.

    Args:
        settings: of the person.
        permission: for a sense: True where it may be learned and used; False where there is no grant, so that nothing
            may be kept either; None where it is not to be used now and what is kept stays, as where the place forbids
            it or the consent file is refused.
        clerk: who keeps it; None, or one without a vault: what is learned is for this run only.
    """

    def __init__(
        self, settings: PersonSettings, permission: Callable[[Sense], bool | None], clerk: Clerk | None = None
    ) -> None:
        self.person = Person(settings)
        self._settings = settings
        self._half_life_s = 3600 * settings.half_life_h
        self._permission = permission
        self._clerk = clerk if clerk is not None and clerk.vault is not None else None
        self._profiles = None if self._clerk is None or self._clerk.vault is None else Profiles(self._clerk.vault)
        self._allowed: frozenset[Sense] = frozenset()
        self._refused: frozenset[Sense] = frozenset()
        self._owed: frozenset[Sense] = frozenset()
        """What could not be erased yet. Changed by the clerk."""
        self._wanted = ""
        self._have = -1
        """The question that was answered last."""
        self._asked = 0
        """Number of the question; grows when the answer to the one before is of no use."""
        self._seen: tuple[int, str, int] | None = None
        """The question, the profile of the settings, and the clerk's changes, up to which was read."""
        self._found: deque[Found] = deque()
        self._known: dict[str, Revision] = {}
        """Of each profile what was read or written last. The clerk's own: no other thread looks at it."""
        self._last: tuple[int, str] | None = None
        """The question and the profile that was read last; the clerk's own as well."""
        self._saved_ns: int | None = None

    def adopt(self, settings: PersonSettings) -> None:
        """Go on with other settings; the half-life stays."""
        self._settings = settings
        self.person.adopt(settings)

    @property
    def selected(self) -> str:
        """Whose profile is used; "" for nobody's. As of the latest ``turn``."""
        return self._wanted

    @property
    def known(self) -> bool:
        """Whether it was read who is selected, or there is nothing to read."""
        return self._clerk is None or self._have == self._asked

    def stop(self) -> None:
        """Hand over what was learned; the clerk writes it before it stops."""
        self._save()

    def taken(self, reading: Reading) -> Reading:
        """``reading`` relative to the person, who is known a little better afterwards."""
        told = self.person.adjust(reading)
        self.person.learn(reading)
        return told

    def turn(self, now_ns: int) -> None:
        """See what may be known, who is selected, and whether it is time to save. ``now_ns``: CLOCK_MONOTONIC."""
        self._see_permissions()
        while self._found:
            self._take(self._found.popleft())
        if self._clerk is None:
            self._go_without()
            return
        if self._seen != (now := (self._asked, self._settings.profile, self._clerk.changes)):
            self._seen = now
            asked, default, some = self._asked, self._settings.profile, bool(self._allowed)
            self._clerk.put((ROOM, "read"), lambda: self._read(default, asked, some=some))
        if self._saved_ns is None:
            self._saved_ns = now_ns
        elif now_ns - self._saved_ns >= 60e9 * self._settings.save_minutes:
            self._saved_ns = now_ns
            if self._owed:
                self._put_erase(self._owed)
            self._save()

    def _see_permissions(self) -> None:
        """What may be known no more is gone from memory when this returns, and from the disk soon after."""
        answers = {sense: self._permission(sense) for sense in MEASURES}
        allowed = frozenset(sense for sense, answer in answers.items() if answer)
        refused = frozenset(sense for sense, answer in answers.items() if answer is False)
        if refused - self._refused and self._clerk is not None:
            self._clerk.drop(ROOM, "write")  # a save that waits may hold what is to be erased
            self._put_erase(refused)
        self._refused = refused
        if allowed != self._allowed:
            self._save(self._allowed - refused)
            self._allowed = allowed
            self.person.allow(allowed)
            self._asked += 1  # what is kept of a sense that is allowed again is to be read

    def _take(self, found: Found) -> None:
        """Go on with what was read: what is in the vault holds, whoever changed it."""
        if found.asked != self._asked:
            return
        self._have = found.asked
        if found.wanted != self._wanted:
            self._save(self._allowed)
            self._wanted = found.wanted
        if found.record is None:
            self.person.become(None)
            return
        self.person.become(Baseline(found.wanted, self._half_life_s, found.record))
        self.person.allow(self._allowed)

    def _go_without(self) -> None:
        """Without a vault the settings say who is there, and what is learned is gone with the run."""
        wanted = self._settings.profile
        there = self.person.baseline
        if wanted == self._wanted and (there is not None) == bool(wanted and self._allowed):
            return
        self._wanted = wanted
        self.person.become(Baseline(wanted, self._half_life_s) if wanted and self._allowed else None)
        self.person.allow(self._allowed)

    def _save(self, senses: frozenset[Sense] | None = None) -> None:
        """Ask for the profile to be written as far as it speaks for ``senses``; all that are allowed by default."""
        owned = self._allowed if senses is None else senses
        if self.person.baseline is None or not owned or self._clerk is None:
            return
        record = self.person.baseline.record()
        kept = record.model_copy(update={"senses": {s: one for s, one in record.senses.items() if s in owned}})
        key = (ROOM, "write", record.name, *sorted(owned))
        self._clerk.put(key, lambda: self._write(kept, owned))

    def _put_erase(self, senses: frozenset[Sense]) -> None:
        if self._clerk is not None:
            self._clerk.put((ROOM, "erase", *sorted(senses)), lambda: self._erase(senses))

    # What follows is the clerk's.

    def _read(self, default: str, asked: int, *, some: bool) -> None:
        if self._profiles is None:
            return
        selected = self._profiles.selected()
        wanted = default if selected is None else selected
        if not (wanted and some):
            self._last = None
            self._found.append(Found(asked, wanted, None))
            return
        revision = self._profiles.revision(wanted)
        if self._last == (asked, wanted) and revision is not None and revision == self._known.get(wanted):
            return
        try:
            record = self._profiles.read(wanted)
        except ProfileError:
            self._found.append(Found(asked, wanted, None))
            raise
        if record is None:  # begun at once, so that whoever wants it forgotten finds it
            record = ProfileRecord(name=wanted)
            revision = self._profiles.save(record, None, ())
        if revision is not None:
            self._known[wanted], self._last = revision, (asked, wanted)
            self._found.append(Found(asked, wanted, record))

    def _write(self, record: ProfileRecord, senses: frozenset[Sense]) -> None:
        if self._profiles is None or record.name not in self._known:
            return
        revision = self._profiles.save(record, self._known[record.name], senses)
        if revision is not None:
            self._known[record.name] = revision

    def _erase(self, senses: frozenset[Sense]) -> None:
        if self._profiles is None:
            return
        self._owed |= senses
        for name, (before, after) in self._profiles.erase(senses).items():
            if self._known.get(name) == before:  # a save that waits behind this is of the profile as it is now
                self._known[name] = after
        self._owed -= senses
