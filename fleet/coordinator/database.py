"""A database by its URL: SQLite in one file, or PostgreSQL. What is committed is on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import FleetError, SettingsError
from fleet.coordinator.tables import VERSION, metadata, version

if TYPE_CHECKING:
    import sqlite3
    from typing import Any

    from sqlalchemy import Connection, Engine

    from fleet.coordinator.settings import DatabaseSection

BUSY_MS = 5_000
"""How long SQLite waits for another process, such as one that asks for the status."""


def open_database(settings: DatabaseSection) -> Engine:
    """The database, with its tables; made where there is none.

    Raises:
        SettingsError: the URL or the password's file cannot be used.
        FleetError: the database cannot be reached, or is of another version.
    """
    from sqlalchemy import create_engine, insert, select
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    try:
        engine = create_engine(_url(settings), hide_parameters=True)
    except ArgumentError as error:
        problem = f"database.url is {settings.url!r}: {error}"
        raise SettingsError(problem, "Write sqlite:///FILE or postgresql://USER@HOST:PORT/NAME") from error
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    try:
        with engine.begin() as connection:
            metadata.create_all(connection)
            found = connection.execute(select(version.c.version)).scalars().all()
            if not found:
                connection.execute(insert(version).values(version=VERSION))
    except (SQLAlchemyError, OSError) as error:
        engine.dispose()
        raise unusable(engine, error) from error
    if found not in ([], [VERSION]):
        engine.dispose()
        problem = f"the database {shown(engine)} is of version {found}, wanted is {VERSION}"
        raise FleetError(problem, "Run the version of the coordinator that wrote it")
    return engine


def shown(engine: Engine) -> str:
    """The URL without its password."""
    return str(engine.url.render_as_string(hide_password=True))


def unusable(engine: Engine, error: Exception) -> FleetError:
    """``error`` of the database, told in a sentence."""
    cause = str(getattr(error, "orig", None) or error).partition("\n")[0]
    problem = f"the database {shown(engine)} cannot be used: {cause}"
    return FleetError(problem, "Check that it runs, its disk and its rights; nothing that was accepted is lost")


def _url(settings: DatabaseSection) -> Any:  # noqa: ANN401 - sqlalchemy.URL, which is imported here only
    from sqlalchemy import make_url

    url = make_url(settings.url)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+pg8000")
    if settings.password_file is not None:
        try:
            password = settings.password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            problem = f"database.password_file: {settings.password_file} cannot be read: {error}"
            raise SettingsError(problem, "Correct the path, its rights or the file's content") from error
        url = url.set(password=password)
    return url


def _prepare_sqlite(engine: Engine) -> None:
    """Transactions that really begin where they are begun, and are on the disk when they end."""
    from sqlalchemy import event

    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # else sqlite3 begins and commits by rules of its own
    for pragma in (
        f"busy_timeout = {BUSY_MS}",
        "journal_mode = wal",
        "synchronous = full",
        "secure_delete = on",  # an update that is erased is not to be found in the file
        "foreign_keys = on",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
