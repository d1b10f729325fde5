"""Where what was learned lies: in the vault, a row an answer, by profile.

Everything of this room that is kept goes through here.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pydantic import ValidationError

from edge.errors import ProfileError
from edge.learning.answers import AnswerRecord
from edge.privacy.retention import end_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.learning.answers import Answer
    from edge.privacy.database import Transaction
    from edge.privacy.vault import Vault

Revision = int
"""What tells that what is kept of a profile is another than before: compared for being the same."""


class Store:
    """What was learned, in a vault; each method is one whole step. All raise VaultError."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def revision(self, profile: str) -> Revision | None:
        """What changes with what is kept of the profile; None when nothing is."""
        found = self._vault.rows("SELECT revision FROM learned_profile WHERE profile = ?", profile)
        return int(found[0][0] or 0) if found else None

    def read(self, profile: str) -> tuple[Answer, ...] | None:
        """What was learned of ``profile``, the oldest first; None when nothing is kept.

        Raises:
            ProfileError: a row is none that this version knows.
        """
        with self._vault.transaction() as transaction:
            if not transaction.rows("SELECT 1 FROM learned_profile WHERE profile = ?", profile):
                return None
            rows = transaction.rows("SELECT number, answer FROM learned WHERE profile = ? ORDER BY number", profile)
        try:
            return tuple(AnswerRecord.model_validate_json(str(answer)).answer() for _, answer in rows)
        except ValidationError as error:
            problem = f"what was learned of the profile {profile!r} cannot be read ({error.error_count()} faults)"
            raise ProfileError(problem, "Type: rapport learned forget, which removes it") from error

    def save(
        self, profile: str, answers: Iterable[tuple[int, Answer]], days_kept: int, known: Revision | None
    ) -> Revision | None:
        """Keep these answers of ``profile`` and no others, unless what is kept is another than ``known``.

        Args:
            profile: whose.
            answers: by number, which is the same for an answer as long as it is held.
            days_kept: after the day of an answer.
            known: of what was read or saved last; None: nothing is kept.

        Returns:
            the new revision; None where somebody else changed or forgot it, and then nothing is written.
        """
        rows = [(number, *_row(answer, days_kept)) for number, answer in answers]
        with self._vault.transaction() as transaction:
            found = transaction.rows("SELECT revision FROM learned_profile WHERE profile = ?", profile)
            if (found[0][0] if found else None) != known:
                return None
            revision = secrets.randbits(62)
            transaction.run(
                "INSERT INTO learned_profile VALUES (?, ?) ON CONFLICT DO UPDATE SET revision = excluded.revision",
                profile,
                revision,
            )
            _replace(transaction, profile, rows)
        return revision

    def forget(self, profile: str) -> bool:
        """Remove what was learned of a profile; whether there was any."""
        with self._vault.transaction() as transaction:
            return bool(transaction.run("DELETE FROM learned_profile WHERE profile = ?", profile))

    def forget_all(self) -> bool:
        """Remove everything of every profile; whether there was any."""
        with self._vault.transaction() as transaction:
            return bool(transaction.run("DELETE FROM learned_profile"))


def _replace(transaction: Transaction, profile: str, rows: list[tuple[int, str, float]]) -> None:
    """Bring the table to ``rows``; those that are as they were are not written, which spares a flash memory."""
    held = {number for number, _, _ in rows}
    for (number,) in transaction.rows("SELECT number FROM learned WHERE profile = ?", profile):
        if number not in held:
            transaction.run("DELETE FROM learned WHERE profile = ? AND number = ?", profile, number)
    for number, answer, expires_utc in rows:
        transaction.run(
            "INSERT INTO learned VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET answer = excluded.answer, "
            "expires_utc = excluded.expires_utc WHERE answer <> excluded.answer OR expires_utc <> excluded.expires_utc",
            profile,
            number,
            answer,
            expires_utc,
        )


def _row(answer: Answer, days_kept: int) -> tuple[str, float]:
    return AnswerRecord.of(answer).model_dump_json(exclude_defaults=True), end_of(answer.day, days_kept)
