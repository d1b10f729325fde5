"""Keeps the summary of each day: spans go in, sums of a day come to lie on disk, where the household consented."""

from __future__ import annotations

import threading
from collections import deque
from datetime import date  # noqa: TC003 - a dataclass field
from typing import TYPE_CHECKING

from edge.affect import Emotion, Episode, Sense
from edge.errors import InputError, OutletError, VaultError
from edge.outlets.calendar import SETTLED_S, Calendar
from edge.outlets.outlet import Item, Outlet, Withdrawal
from edge.understanding.wellbeing.book import Book, Shelf
from edge.understanding.wellbeing.day import Span, Sums

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edge.privacy.vault import Vault
    from edge.understanding.wellbeing.settings import WellbeingSettings

WAITING = 512
"""Spans kept in memory until they are written: four hours of half minutes, for a disk that is full. Then the oldest
goes, and is counted as dropped."""
EPISODES_WAITING = 64
PURGE_AFTER_S = 1800.0
"""What is too old is deleted only once the wall clock ran evenly for this long: one that is set wrong for a while must
not delete what is not old."""
Keep = dict[Sense, bool | None]


class Diary(Outlet):
    """Adds spans to the days of the profile. Wall time is asked for at the moment of writing, and nowhere before."""

    name = "diary"
    takes = (Span, Episode, Withdrawal)
    capacity = 64
    expires_s = 3600.0

    def __init__(
        self,
        settings: WellbeingSettings,
        vault: Vault,
        may_keep: Callable[[], Mapping[Sense, bool | None]],
        calendar: Calendar | None = None,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._shelf = Shelf(vault)
        self._may_keep = may_keep
        self._calendar = calendar or Calendar(settings.timezone)
        self._lock = threading.Lock()
        self._spans: deque[tuple[int, Span]] = deque()
        """With the middle of each by CLOCK_BOOTTIME, in ns."""
        self._episodes: deque[Episode] = deque(maxlen=EPISODES_WAITING)
        self._ended: deque[int] = deque(maxlen=EPISODES_WAITING)
        """When episodes ended, by CLOCK_BOOTTIME, in ns."""
        self._refused_ns = -1
        self._profile = settings.profile
        self._begun = False
        """The profile was found or made in the vault. When it is gone the next time, somebody had it forgotten."""
        self._written_ns = 0
        self._trouble: OutletError | None = None
        """Why nothing can be written; each span tries again."""

    def adopt(self, settings: WellbeingSettings) -> None:
        """Go on with other settings, from the next span on."""
        self._settings = settings

    def open(self) -> None:
        """Delete what consent was withdrawn for while the device was off. Raises OutletError."""
        self._calendar.look()
        with self._lock:
            self._guarded(self._reconcile)

    def deliver(self, item: Item) -> None:
        """Take in a span or an episode; write when it is time. Raises OutletError."""
        with self._lock:
            if self._settings.profile != self._profile:
                self._flush_quietly()  # what was seen under another profile is that one's
                self._profile, self._begun = self._settings.profile, False
            match item:
                case Span():
                    self._guarded(lambda: self._take(item))
                case Episode():
                    if item.end_ns is not None and item.emotion is not Emotion.NEUTRAL:
                        self._episodes.append(item)
                    if self._trouble is not None:
                        raise self._trouble  # it is no better for this, and is not to be told anew
                case Withdrawal():
                    self._guarded(self._reconcile)

    def close(self) -> None:
        """Write what is still in memory."""
        with self._lock:
            self._flush_quietly()

    def _take(self, span: Span) -> None:
        self._settle_episodes(span.start_ns)
        if not _allowed(span.senses, self._may_keep()):
            self._refused_ns = span.end_ns
            return
        if len(self._spans) >= WAITING:
            self._spans.popleft()
            self.dropped += 1
        self._spans.append((self._calendar.boot_ns((span.start_ns + span.end_ns) // 2), span))
        self._settle_episodes(span.end_ns)
        settled_s = self._calendar.look()
        now_ns = self._calendar.boot_ns(span.end_ns)
        if not self._begun:
            self._begin()
        if settled_s >= SETTLED_S and (now_ns - self._written_ns) / 1e9 >= self._settings.write_every_s:
            self._flush()
            self._written_ns = now_ns

    def _settle_episodes(self, until_ns: int) -> None:
        """Count the episodes that ended by now, unless a sense without consent had a part in their time."""
        waiting = len(self._episodes)
        for _ in range(waiting):
            episode = self._episodes.popleft()
            if episode.end_ns is None or episode.end_ns > until_ns:
                self._episodes.append(episode)
            elif self._refused_ns < episode.onset_ns:
                self._ended.append(self._calendar.boot_ns(episode.end_ns))

    def _begin(self) -> None:
        """Make the profile in the vault, so that its being gone can be noticed."""
        with self._shelf.opened(self._settings.days_kept) as book:
            book.pages(self._profile)
        self._begun = True

    def _flush(self) -> None:
        """Add what is in memory to the vault: whole, or not at all and it stays in memory."""
        if not self._spans and not self._ended:
            return
        keep = dict(self._may_keep())
        with self._shelf.opened(self._settings.days_kept) as book:
            book.reconcile(keep)
            if self._begun and not book.knows(self._profile):
                self._forget()
                return
            for day, senses, sums, episodes in self._by_day(keep):
                book.page(self._profile, day).add(sums, senses, episodes)
            if self._calendar.look() >= PURGE_AFTER_S:
                book.expire(self._calendar.today(), self._settings.days_kept)
        self._begun = True
        self._spans.clear()
        self._ended.clear()

    def _by_day(self, keep: Keep) -> list[tuple[date, frozenset[Sense], Sums, int]]:
        days: dict[date, tuple[set[Sense], Sums, list[int]]] = {}
        for middle_ns, span in self._spans:
            if _allowed(span.senses, keep):
                senses, sums, _ = days.setdefault(self._calendar.day(middle_ns), (set(), Sums(), []))
                senses |= span.senses
                sums.merge(span.sums)
        for end_ns in self._ended:
            day = self._calendar.day(end_ns)
            if day in days:
                days[day][2].append(end_ns)
        return [(day, frozenset(senses), sums, len(ends)) for day, (senses, sums, ends) in days.items()]

    def _reconcile(self) -> None:
        """Delete what is no longer consented to, on disk and in memory."""
        keep = dict(self._may_keep())
        self._spans = deque(entry for entry in self._spans if _allowed(entry[1].senses, keep))
        if len(self._spans) == 0:
            self._ended.clear()
        self._shelf.reconcile(keep)
        if self._begun and not (self._shelf.read() or Book()).knows(self._profile):
            self._forget()

    def _forget(self) -> None:
        self._spans.clear()
        self._ended.clear()
        self._episodes.clear()
        self._begun = False

    def _flush_quietly(self) -> None:
        try:
            self._flush()
        except (InputError, VaultError) as error:
            self._report(OutletError(error.problem, error.remedy))

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (InputError, VaultError) as error:
            self._trouble = OutletError(error.problem, error.remedy)
            raise self._trouble from error
        self._trouble = None


def _allowed(senses: frozenset[Sense], keep: Mapping[Sense, bool | None]) -> bool:
    """Whether every sense that had a part may be kept."""
    return all(keep[sense] for sense in senses)
