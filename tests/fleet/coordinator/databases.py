"""A real PostgreSQL for tests, with a password, on a free port of loopback."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_S = 30.0


def programs() -> Path | None:
    """Where initdb and postgres are; Debian has them off the path."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


def why_not() -> str:
    """Why there is no PostgreSQL to test with; empty: there is."""
    if programs() is None:
        return "PostgreSQL is not installed (apt install postgresql)"
    if os.geteuid() == 0 and not _account():
        return "PostgreSQL does not run as root, and there is no account postgres"
    return ""


@contextmanager
def running_postgres(password: str) -> Iterator[str]:
    """A server that ends with the block; its URL, without the password."""
    where = programs()
    assert where is not None
    folder = Path(tempfile.mkdtemp(prefix="rapport-postgres."))
    who: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    server: subprocess.Popen[Any] | None = None
    try:
        (folder / "password").write_text(password)
        if who:
            shutil.chown(folder, **who)
            shutil.chown(folder / "password", **who)
        make = [f"{where}/initdb", "-D", f"{folder}/data", "-U", "rapport", "--auth=scram-sha-256", "--no-sync"]
        subprocess.run([*make, f"--pwfile={folder}/password"], check=True, capture_output=True, cwd=folder, **who)
        port = _free_port()
        start = [f"{where}/postgres", "-D", f"{folder}/data", "-p", str(port), "-k", f"{folder}", "-h", "127.0.0.1"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(start, stdout=log, stderr=log, cwd=folder, **who)
        _wait(port, server)
        yield f"postgresql://rapport@127.0.0.1:{port}/postgres"
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)  # fast: it does not wait for clients
            server.wait(LONGEST_S)
        shutil.rmtree(folder)


def _account() -> bool:
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait(port: int, server: subprocess.Popen[Any]) -> None:
    deadline = time.monotonic() + LONGEST_S
    while time.monotonic() < deadline:
        assert server.poll() is None, "PostgreSQL did not start"
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    message = "PostgreSQL did not answer"
    raise AssertionError(message)
