"""The tables of the vault: each migration is a file, applied once, in the order of their names."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from edge.errors import VaultError

if TYPE_CHECKING:
    from edge.privacy.database import Transaction


class Migration(NamedTuple):
    """One file of ``migrations/``."""

    name: str
    script: str


@cache
def migrations() -> tuple[Migration, ...]:
    """All of them, the oldest first."""
    folder = files("edge.privacy") / "migrations"
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return tuple(
        Migration(entry.name.removesuffix(".sql"), entry.read_text(encoding="utf-8"))
        for entry in sorted(found, key=lambda entry: entry.name)
    )


def migrate(transaction: Transaction) -> list[str]:
    """Apply what is new, all or nothing; the names of what was applied.

    Raises:
        VaultError: the vault was made by a newer version than this one.
    """
    transaction.run("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, applied_utc REAL NOT NULL) STRICT")
    there = {str(name) for (name,) in transaction.rows("SELECT name FROM migration")}
    strange = there - {migration.name for migration in migrations()}
    if strange:
        problem = f"the vault was written by a newer version: it has {', '.join(sorted(strange))}"
        raise VaultError(problem, "Install that version again, or type: rapport privacy forget")
    new = [migration for migration in migrations() if migration.name not in there]
    for migration in new:
        transaction.script(migration.script)
        transaction.run("INSERT INTO migration VALUES (?, unixepoch('subsec'))", migration.name)
    return [migration.name for migration in new]
