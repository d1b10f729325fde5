"""What kinds of rows the vault has: what each is for, and how long it is kept.

A table that is not listed here fails a test: nothing is kept without a purpose and an end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.privacy.vault import Vault

DAY_S = 86_400.0


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
    """

    table: str
    purpose: str
    ends: str
    expires: str | None = None
    personal: bool = True


KINDS: tuple[Kind, ...] = (
    Kind("migration", "which form the vault has", "with the vault", personal=False),
    Kind("counter", "how often something happened to the vault's rows", "with the vault", personal=False),
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
    Kind("privacy_release", "what was released and how much of the privacy budget it took", "with the vault"),
    Kind("privacy_time", "time that has surely passed, in which budget comes back", "with the vault", personal=False),
    Kind("privacy_secret", "what pseudonyms are made from", "with the vault", personal=False),
)


def expire(vault: Vault, now_utc_s: float) -> dict[str, int]:
    """Remove every row whose time is over; how many of each table. Raises VaultError."""
    gone: dict[str, int] = {}
    with vault.transaction() as transaction:
        for kind in KINDS:
            if kind.expires is None:
                continue
            # Names of tables and columns are ours and cannot be parameters.
            count = transaction.run(f"DELETE FROM {kind.table} WHERE {kind.expires} <= ?", now_utc_s)  # noqa: S608
            if count:
                gone[kind.table] = count
    return gone
