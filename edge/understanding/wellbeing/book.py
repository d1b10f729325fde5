"""The book of summaries: bounded, and kept in the vault, a row a day of a profile."""

from __future__ import annotations

import unicodedata
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.affect import EMOTIONS, Sense
from edge.errors import InputError
from edge.privacy.retention import end_of
from edge.understanding.wellbeing.day import LEAST_MOOD, LONGEST_S, MOODS_A_DAY, MOST_MOOD, Day, Sums, day_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edge.privacy.database import Transaction
    from edge.privacy.vault import Vault

PROFILES = 8
NAME = 256
"""Most characters of a profile's name here: 64 as they are set may be more in one spelling (NFC)."""
DAYS = 370
"""Most days of one profile, the longest ``days_kept`` and a little: a clock gone wild can't fill the disk."""
EPISODES = 100_000
"""Most of a day: one a second."""

Seconds = Annotated[float, Field(ge=0, le=LONGEST_S, allow_inf_nan=False)]
Signed = Annotated[float, Field(ge=-LONGEST_S, le=LONGEST_S, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Page(_Strict):
    """One day of one profile, as written."""

    senses: list[Sense] = Field(default_factory=list, max_length=len(Sense))
    seen_s: Seconds = 0.0
    told: Annotated[list[Seconds], Field(min_length=len(EMOTIONS), max_length=len(EMOTIONS))] = Field(
        default_factory=lambda: [0.0] * len(EMOTIONS)
    )
    valence: tuple[Signed, Seconds] = (0.0, 0.0)
    arousal: tuple[Signed, Seconds] = (0.0, 0.0)
    episodes: int = Field(default=0, ge=0, le=EPISODES)
    moods: Annotated[list[Annotated[int, Field(ge=LEAST_MOOD, le=MOST_MOOD)]], Field(max_length=MOODS_A_DAY)] = Field(
        default_factory=list
    )

    def day(self) -> Day:
        """As means and shares."""
        (valence, valence_squares), (arousal, arousal_squares) = self.valence, self.arousal
        sums = Sums(self.seen_s, list(self.told), valence, valence_squares, arousal, arousal_squares)
        return day_of(sums, self.episodes, tuple(self.moods))

    def add(self, sums: Sums, senses: frozenset[Sense], episodes: int) -> None:
        """Count more of this day. A day has no more seconds than there are, so of too many some are left out."""
        room = max(0.0, LONGEST_S - self.seen_s)
        part = min(1.0, room / sums.seen_s) if sums.seen_s > 0 else 1.0
        self.seen_s = _round(self.seen_s + part * sums.seen_s)
        self.told = [_round(ours + part * theirs) for ours, theirs in zip(self.told, sums.told, strict=True)]
        self.valence = (
            _round(self.valence[0] + part * sums.valence),
            _round(self.valence[1] + part * sums.valence_squares),
        )
        self.arousal = (
            _round(self.arousal[0] + part * sums.arousal),
            _round(self.arousal[1] + part * sums.arousal_squares),
        )
        self.senses = [sense for sense in Sense if sense in senses or sense in self.senses]
        self.episodes = min(EPISODES, self.episodes + episodes)

    def without(self, lost: frozenset[Sense]) -> Page | None:
        """What stays when these senses' consent is gone: a day into which one went is gone, taps are the person's."""
        if not lost.intersection(self.senses):
            return self
        return Page(moods=self.moods) if self.moods else None


def _round(seconds: float) -> float:
    return min(LONGEST_S, max(-LONGEST_S, round(seconds, 4)))


class Book(_Strict):
    """All of it: profile → day → page."""

    version: Literal[1] = 1
    profiles: Annotated[
        dict[Annotated[str, Field(min_length=1, max_length=NAME)], Annotated[dict[date, Page], Field(max_length=DAYS)]],
        Field(max_length=PROFILES),
    ] = Field(default_factory=dict)

    def pages(self, profile: str) -> dict[date, Page]:
        """The days of a profile, to be changed; the profile is made if need be. Raises InputError at the limit."""
        name = normalised(profile)
        if name not in self.profiles and len(self.profiles) >= PROFILES:
            problem = f"there are {len(self.profiles)} profiles with days, at most {PROFILES} are allowed"
            raise InputError(
                problem, "Type: rapport wellbeing forget --profile NAME, for one that is not used any more"
            )
        return self.profiles.setdefault(name, {})

    def page(self, profile: str, day: date) -> Page:
        """One day, to be changed; at the limit the oldest makes room."""
        pages = self.pages(profile)
        if day not in pages and len(pages) >= DAYS:
            del pages[min(pages)]
        return pages.setdefault(day, Page())

    def days(self, profile: str, today: date, kept: int) -> dict[date, Day]:
        """The days of a profile up to ``today`` within their lifetime, in order."""
        pages = self.profiles.get(normalised(profile), {})
        oldest = today - timedelta(days=kept)
        return {day: pages[day].day() for day in sorted(pages) if oldest < day <= today}

    def expire(self, today: date, kept: int) -> None:
        """Delete what is older than its lifetime."""
        oldest = today - timedelta(days=kept)
        for name, pages in self.profiles.items():
            self.profiles[name] = {day: page for day, page in pages.items() if day > oldest}

    def knows(self, profile: str) -> bool:
        """Whether the profile has a place here."""
        return normalised(profile) in self.profiles

    def reconcile(self, keep: Mapping[Sense, bool | None]) -> bool:
        """Delete what is no longer consented to; whether anything was.

        Args:
            keep: per sense, whether it may be kept; None where nobody can tell, and then nothing is deleted.
        """
        lost = frozenset(sense for sense, may in keep.items() if may is False)
        return bool(lost) and self.withdraw(lost, taps=len(lost) == len(Sense))

    def withdraw(self, lost: frozenset[Sense], *, taps: bool) -> bool:
        """Delete every day into which a lost sense went, and taps too where ``taps``; whether anything was."""
        changed = False
        for name, pages in list(self.profiles.items()):
            left = {} if taps else {day: page.without(lost) for day, page in pages.items()}
            stay = {day: page for day, page in left.items() if page is not None}
            gone = taps or stay != pages
            changed |= gone
            if gone and not stay:
                del self.profiles[name]
            else:
                self.profiles[name] = stay
        return changed


def normalised(profile: str) -> str:
    """One spelling of a name, whichever keyboard it came from (Unicode NFC)."""
    return unicodedata.normalize("NFC", profile).strip()


class Shelf:
    """Where the book lies. Every change is read, made and written whole while nobody else can come between.

    All raise VaultError.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def read(self) -> Book | None:
        """The book; None when nothing is in it. Raises InputError for a row that this version does not know."""
        with self._vault.transaction() as transaction:
            book, _ = _read(transaction)
        return book if book.profiles else None

    @contextmanager
    def opened(self, kept: int = DAYS) -> Iterator[Book]:
        """The book to be changed, written at the end as far as it is another; a day of it is kept for ``kept`` days.

        Raises:
            InputError: it cannot be read, and is as before.
        """
        with self._vault.transaction() as transaction:
            book, rows = _read(transaction)
            yield book
            _write(transaction, rows, book, kept)

    def reconcile(self, keep: Mapping[Sense, bool | None]) -> bool:
        """``Book.reconcile``; there is room for it on a full disk."""

        def work(transaction: Transaction) -> bool:
            book, rows = _read(transaction)
            changed = book.reconcile(keep)
            if changed:
                _write(transaction, rows, book, None)
            return changed

        return self._vault.erase(work)

    def forget(self, profile: str | None = None) -> bool:
        """Delete a profile's days, or everything. Whether there was anything."""

        def work(transaction: Transaction) -> bool:
            if profile is None:
                return transaction.run("DELETE FROM wellbeing_profile") > 0
            return transaction.run("DELETE FROM wellbeing_profile WHERE name = ?", normalised(profile)) > 0

        return self._vault.erase(work)


Rows = dict[tuple[str, str], tuple[str, float]]
"""Profile and day → the page as written, and when it ends (Unix time, s)."""


def _read(transaction: Transaction) -> tuple[Book, Rows]:
    """Raises InputError."""
    pages: dict[str, dict[str, Any]] = {
        str(name): {} for (name,) in transaction.rows("SELECT name FROM wellbeing_profile ORDER BY name")
    }
    rows: Rows = {}
    try:
        for name, day, page, ends in transaction.rows("SELECT name, day, page, expires_utc FROM wellbeing_day"):
            rows[str(name), str(day)] = (str(page), float(ends or 0))
            pages[str(name)][str(day)] = Page.model_validate_json(str(page))
        return Book.model_validate({"profiles": pages}), rows
    except ValidationError as error:
        problem = f"the days that are kept cannot be read ({error.error_count()} faults), so nothing is told or added"
        raise InputError(problem, "Type: rapport wellbeing forget, which removes them") from error


def _write(transaction: Transaction, rows: Rows, book: Book, kept: int | None) -> None:
    """Bring the tables from ``rows`` to ``book``; ``kept``: days, None where ends stay as they are."""
    names = [str(name) for (name,) in transaction.rows("SELECT name FROM wellbeing_profile")]
    for name in names:
        if name not in book.profiles:
            transaction.run("DELETE FROM wellbeing_profile WHERE name = ?", name)
    wanted = {
        (name, day.isoformat()): (page.model_dump_json(exclude_defaults=True), day)
        for name, pages in book.profiles.items()
        for day, page in pages.items()
    }
    for name, day_told in rows:
        if (name, day_told) not in wanted:
            transaction.run("DELETE FROM wellbeing_day WHERE name = ? AND day = ?", name, day_told)
    for name in book.profiles:
        transaction.run("INSERT OR IGNORE INTO wellbeing_profile VALUES (?)", name)
    for (name, day_told), (page, day) in wanted.items():
        row = (page, rows[name, day_told][1] if kept is None else end_of(day, kept))
        if rows.get((name, day_told)) != row:
            transaction.run("INSERT OR REPLACE INTO wellbeing_day VALUES (?, ?, ?, ?)", name, day_told, *row)
