"""What is kept of persons: in the vault, a row a sense, by profile; and whose is used.

A revision changes with all that is kept of a profile: by it the running device sees that somebody else changed it, and
what is in the vault is then what holds.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pydantic import ValidationError

from edge.errors import InputError, ProfileError
from edge.understanding.person.baseline import ProfileRecord, SenseRecord
from edge.understanding.person.names import ALLOWED, checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edge.affect import Sense
    from edge.privacy.database import Transaction
    from edge.privacy.vault import Vault

MOST = 16
"""Profiles of a device: a household, and guests."""

Revision = int
"""Compared for being the same, never for being later."""


class Profiles:
    """The profiles of one device. Each method is one whole step, and raises VaultError."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def names(self) -> list[str]:
        """Of all profiles, sorted."""
        return [str(name) for (name,) in self._vault.rows("SELECT name FROM person ORDER BY name")]

    def selected(self) -> str | None:
        """What was selected on the device: a name, "" for nobody, None where nobody chose."""
        return _selected(self._vault.rows("SELECT name FROM selection"))

    def revision(self, name: str) -> Revision | None:
        """What changes with what is kept of ``name``; None when nothing is."""
        return _revision(self._vault.rows("SELECT revision FROM person WHERE name = ?", name))

    def read(self, name: str) -> ProfileRecord | None:
        """What is kept of ``name``; None when nothing is.

        Raises:
            ProfileError: a row is none that this version knows.
        """
        with self._vault.transaction() as transaction:
            return _read(transaction, name)

    def require(self, name: str) -> ProfileRecord:
        """As ``read``. Raises InputError where there is no such profile."""
        record = self.read(name := named(name))
        if record is None:
            raise self._unknown(name)
        return record

    def use(self, name: str) -> None:
        """Select a profile, or nobody's with "". Raises InputError where there is none of that name."""
        if name and self.revision(name := named(name)) is None:
            raise self._unknown(name)
        with self._vault.transaction() as transaction:
            _select(transaction, name)

    def new(self, name: str) -> None:
        """Begin a profile of which nothing is known. Raises InputError where it is there, or there are too many."""
        name = named(name)
        with self._vault.transaction() as transaction:
            there = {one for (one,) in transaction.rows("SELECT name FROM person")}
            if name in there:
                problem = f"there is a profile {name!r} already"
                raise InputError(problem, "Choose another name, or type: rapport profile use NAME")
            if len(there) >= MOST:
                problem = f"there are {MOST} profiles, no more are kept"
                raise InputError(problem, "Type: rapport profile forget NAME")
            _revise(transaction, name)

    def forget(self, name: str, default: str = "") -> None:
        """Remove all that is kept of ``name``; where it is the one in use, nobody's is from now on.

        Args:
            name: of the profile.
            default: the one in use where nothing was selected on the device.

        Raises:
            InputError: there is no such profile.
        """
        name = named(name)

        def remove(transaction: Transaction) -> bool:
            gone = transaction.run("DELETE FROM person WHERE name = ?", name) > 0
            chosen = _selected(transaction.rows("SELECT name FROM selection"))
            if gone and name == (default if chosen is None else chosen):
                _select(transaction, "")  # so that a running device does not begin it anew
            return gone

        if not self._vault.erase(remove):
            raise self._unknown(name)

    def save(self, record: ProfileRecord, known: Revision | None, senses: Iterable[Sense]) -> Revision | None:
        """Write what ``record`` says of ``senses``; what is kept of others stays.

        What is another than ``known`` was changed or forgotten by somebody else: then nothing is written, and None
        returned.
        """
        with self._vault.transaction() as transaction:
            if _revision(transaction.rows("SELECT revision FROM person WHERE name = ?", record.name)) != known:
                return None
            revision = _revise(transaction, record.name)
            for sense in senses:
                transaction.run("DELETE FROM usual WHERE name = ? AND sense = ?", record.name, sense.value)
            for sense, one in record.senses.items():
                transaction.run(
                    "INSERT OR REPLACE INTO usual VALUES (?, ?, ?)", record.name, sense.value, one.model_dump_json()
                )
        return revision

    def erase(self, senses: Iterable[Sense]) -> dict[str, tuple[Revision, Revision]]:
        """Remove what is kept of ``senses`` from every profile; revisions before and after of those that had any."""
        gone = [sense.value for sense in senses]

        def remove(transaction: Transaction) -> dict[str, tuple[Revision, Revision]]:
            found: dict[str, tuple[Revision, Revision]] = {}
            for name, revision in transaction.rows("SELECT name, revision FROM person"):
                statement = "DELETE FROM usual WHERE name = ? AND sense = ?"
                if sum(transaction.run(statement, name, sense) for sense in gone):
                    found[str(name)] = (int(revision or 0), _revise(transaction, str(name)))
            return found

        return self._vault.erase(remove)

    def _unknown(self, name: str) -> InputError:
        there = ", ".join(repr(one) for one in self.names()) or "none"
        problem = f"there is no profile {name!r}; there are: {there}"
        return InputError(problem, "Type: rapport profile new NAME")


def named(name: str) -> str:
    """``name`` as a profile may be called. Raises InputError."""
    try:
        return checked(name)
    except ValueError as error:
        raise InputError(str(error), f"Choose {ALLOWED}") from None


def _read(transaction: Transaction, name: str) -> ProfileRecord | None:
    if not transaction.rows("SELECT 1 FROM person WHERE name = ?", name):
        return None
    rows = transaction.rows("SELECT sense, record FROM usual WHERE name = ?", name)
    try:
        senses = {str(sense): SenseRecord.model_validate_json(str(record)) for sense, record in rows}
        return ProfileRecord.model_validate({"name": name, "senses": senses})
    except ValidationError as error:
        problem = f"what is kept of the profile {name!r} cannot be read ({error.error_count()} faults)"
        raise ProfileError(problem, "Type: rapport profile forget NAME, and begin it anew") from error


def _revise(transaction: Transaction, name: str) -> Revision:
    """Give the profile a new revision; it is begun where it is not there."""
    revision = secrets.randbits(62)
    transaction.run(
        "INSERT INTO person VALUES (?, ?) ON CONFLICT DO UPDATE SET revision = excluded.revision", name, revision
    )
    return revision


def _select(transaction: Transaction, name: str) -> None:
    transaction.run("INSERT INTO selection VALUES (1, ?) ON CONFLICT DO UPDATE SET name = excluded.name", name)


def _selected(rows: Sequence[tuple[object, ...]]) -> str | None:
    return str(rows[0][0]) if rows else None


def _revision(rows: Sequence[tuple[object, ...]]) -> Revision | None:
    return int(str(rows[0][0])) if rows else None
