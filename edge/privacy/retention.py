"""What kinds of rows the vault has: what each is for, and how long it is kept.

A table that is not listed here fails a test: nothing is kept without a purpose and an end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from edge.privacy.database import Transaction
    from edge.privacy.vault import Vault

DAY_S = 86_400.0
EVERYWHERE = timedelta(hours=12)
"""A day of UTC has ended everywhere on earth so long after its end."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One table.

    Attributes:
        table: its name.
        purpose: what its rows are for, as a phrase for people.
        ends: when a row goes, as a phrase for people.
        expires: the column with the Unix time (s) after which a row is removed; None where an event removes it, or it
            says nothing of a person.
        personal: whether it says something of a person, and so is in an export.
        oldest: how old a row is, as an expression of SQL that gives a Unix time (s) or a day; None where no row tells.
    """

    table: str
    purpose: str
    ends: str
    expires: str | None = None
    personal: bool = True
    oldest: str | None = None


KINDS: tuple[Kind, ...] = (
    Kind("migration", "which form the vault has", "with the vault", personal=False, oldest="applied_utc"),
    Kind("counter", "how often something happened to the vault's rows", "with the vault", personal=False),
    Kind("learned_profile", "personal: whose answers are learned from", "with the consent, or when it is forgotten"),
    Kind(
        "learned",
        "personal: which answers helped, so that the better one comes first",
        "after learning.days_kept, with the consent, or when it is forgotten",
        "expires_utc",
        oldest="json_extract(answer, '$.day')",
    ),
    Kind("person", "personal: whose usual is learned", "with the consent, or when it is forgotten"),
    Kind("usual", "personal: what is usual for a person", "with the consent, or when it is forgotten"),
    Kind("selection", "personal: whose profile is used", "when another is selected"),
    Kind("wellbeing_profile", "wellbeing: whose days are summed up", "with the consent, or when it is forgotten"),
    Kind(
        "wellbeing_day",
        "wellbeing: the sums of a day, for the report of the week",
        "after understanding.wellbeing.days_kept, with the consent, or when it is forgotten",
        "expires_utc",
        oldest="day",
    ),
    Kind("privacy_release", "what was released and how much of the privacy budget it took", "with the vault"),
    Kind("privacy_time", "time that has surely passed, in which budget comes back", "with the vault", personal=False),
    Kind("privacy_secret", "what pseudonyms are made from", "with the vault", personal=False),
    Kind(
        "outbox",
        "what must arrive: aggregates, updates and notices that wait for the broker",
        "when the broker has it, or when its own time is over: 30 days at most",
        expires="expires_utc",
    ),
    Kind(
        "head_example",
        "to learn how this household's senses are to be taken, from what people said that they felt",
        "after learning.days_kept, or when the grant or the profile goes",
        expires="expires_utc_s",
    ),
    Kind("head", "how this household's senses are taken", "when another takes its place"),
    Kind(
        "fleet_round",
        "to join a round of learning together once at most",
        "after 400 days",
        expires="expires_utc_s",
        personal=False,
    ),
    Kind("fleet_key", "to sign what is sent to the fleet", "with the vault", personal=False),
)


def expire(vault: Vault, now_utc_s: float) -> dict[str, int]:
    """Remove every row whose time is over; how many of each table. Raises VaultError."""

    def remove(transaction: Transaction) -> dict[str, int]:
        gone: dict[str, int] = {}
        for kind in KINDS:
            if kind.expires is None:
                continue
            # Names of tables and columns are ours and cannot be parameters.
            count = transaction.run(f"DELETE FROM {kind.table} WHERE {kind.expires} <= ?", now_utc_s)  # noqa: S608
            if count:
                gone[kind.table] = count
        return gone

    return vault.erase(remove)


def end_of(day: date, days_kept: int) -> float:
    """Unix time (s) at which ``day`` is more than ``days_kept`` days ago, wherever the household lives."""
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=days_kept + 1)
    return (end + EVERYWHERE).timestamp()
