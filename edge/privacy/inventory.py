"""What is in the vault, for whoever wants to see it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from edge.privacy.retention import KINDS

if TYPE_CHECKING:
    from edge.privacy.database import Value
    from edge.privacy.vault import Vault


def inventory(vault: Vault) -> list[dict[str, Any]]:
    """Per kind: table, purpose, end, number of rows, and how old the oldest is (a day or a moment; None: nobody knows).

    Raises VaultError.
    """
    found = []
    with vault.transaction() as transaction:
        for kind in KINDS:
            # Names of tables and columns are ours and cannot be parameters.
            statement = f"SELECT count(*), min({kind.oldest or 'NULL'}) FROM {kind.table}"  # noqa: S608
            ((count, oldest),) = transaction.rows(statement)
            found.append(
                {
                    "table": kind.table,
                    "purpose": kind.purpose,
                    "ends": kind.ends,
                    "personal": kind.personal,
                    "rows": count,
                    "oldest": _moment(oldest),
                }
            )
    return found


def contents(vault: Vault) -> dict[str, list[dict[str, Any]]]:
    """Every row that says something of a person, by table; bytes as base64. Raises VaultError."""
    found: dict[str, list[dict[str, Any]]] = {}
    with vault.transaction() as transaction:
        for kind in KINDS:
            if kind.personal:
                columns = [str(row[1]) for row in transaction.rows(f"PRAGMA table_info({kind.table})")]
                rows = transaction.rows(f"SELECT * FROM {kind.table}")  # noqa: S608 - as above
                found[kind.table] = [
                    {column: _plain(value) for column, value in zip(columns, row, strict=True)} for row in rows
                ]
    return found


def _moment(value: Value) -> str | None:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, tz=UTC).isoformat(timespec="seconds")
    return None if value is None else str(value)


def _plain(value: Value) -> Any:  # noqa: ANN401 - whatever JSON has
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, str) and value.startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
