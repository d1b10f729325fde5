"""The last State, in a file that only this user can read and that is gone with a reboot: for ``rapport explain``."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.affect import State
from edge.errors import InputError, OutletError
from edge.outlets.outlet import Item, Outlet
from edge.understanding.explanation import explain
from edge.understanding.record import state_record

if TYPE_CHECKING:
    from collections.abc import Callable

LIFETIME_S = 3600.0
"""A State older than this is not told any more; reading it removes the file."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
"""Another one after each start of the machine. While it is the same, processes may compare their CLOCK_BOOTTIME."""
EVERY_S = 0.5
"""Least time between two writes; the one that was skipped is written by the next State or at stop."""


class LastState(Outlet):
    """Keeps ``<directory>/<device id>.json`` at the newest State. Nothing that was said is in it."""

    name = "last-state"
    takes = (State,)
    capacity = 1

    def __init__(self, directory: Path, device_id: str, silence: Callable[[], str | None] = lambda: None) -> None:
        """``silence``: why the device says nothing now; None where it has just spoken."""
        super().__init__()
        self._silence = silence
        self._path = path_of(directory, device_id)
        self._written = -EVERY_S
        self._pending: State | None = None

    def open(self) -> None:
        """Make the directory, readable by this user only. Raises OutletError."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            problem = f"the runtime directory {self._path.parent} cannot be made: {error.strerror}"
            raise OutletError(problem, "Set RUNTIME_DIRECTORY to a directory that this user may write") from error

    def deliver(self, item: Item) -> None:
        """Write a State unless one was written a moment ago. Raises OutletError."""
        if isinstance(item, State):
            self._pending = item
            if time.monotonic() - self._written >= EVERY_S:
                self._write()

    def close(self) -> None:
        """Write the State that was skipped, if any."""
        if self._pending is not None:
            self._write()

    def _write(self) -> None:
        state, self._pending = self._pending, None
        if state is None:
            return
        self._written = time.monotonic()
        age_s = max(0, time.monotonic_ns() - state.captured_ns) / 1e9
        record = {
            "at": time.time() - age_s,  # for people; how old the State is, is told by a clock that nobody sets
            "boot": boot(),
            "boottime_s": time.clock_gettime(time.CLOCK_BOOTTIME) - age_s,
            "state": state_record(state),
            "explanation": explain(state, quoting=False),
            "silence": self._silence(),
        }
        scratch = self._path.with_suffix(".tmp")
        try:
            descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(record, file, ensure_ascii=False)
            scratch.replace(self._path)
        except OSError as error:
            problem = f"the last State cannot be written to {self._path}: {error.strerror}"
            raise OutletError(problem, "Free space there, or make the directory writable") from error


def path_of(directory: Path, device_id: str) -> Path:
    """The file of one device."""
    return directory / f"{device_id}.json"


def read_last(directory: Path, device_id: str | None) -> dict[str, Any]:
    """``{"at", "boot", "boottime_s", "state", "explanation", "silence"}`` of the last State.

    Its age is that of CLOCK_BOOTTIME, so that a wall clock that is set, or jumps, makes nothing older or newer.

    Args:
        directory: the runtime directory.
        device_id: whose State; None takes the device that wrote last.

    Raises:
        InputError: there is none, it is of another start of the machine, or older than LIFETIME_S.
    """
    path = path_of(directory, device_id) if device_id is not None else _newest(directory)
    remedy = "Start `rapport run CONFIG` or `rapport demo` first, as the same user"
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - float(record["boottime_s"])
        same_boot = record["boot"] == boot()
    except FileNotFoundError:
        problem = f"there is no State yet ({path} is not there)"
        raise InputError(problem, remedy) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = f"the last State in {path} cannot be read: {error}"
        raise InputError(problem, remedy) from error
    if not same_boot or not 0 <= age <= LIFETIME_S:
        path.unlink(missing_ok=True)
        when = f"{age:.0f} s ago" if same_boot else "before the machine was started"
        problem = f"the last State in {path} was of another time ({when}) and has been removed"
        raise InputError(problem, remedy)
    return record


def boot() -> str:
    """Which start of the machine this is."""
    return BOOT_ID.read_text(encoding="ascii").strip()


def newest_device(directory: Path) -> str | None:
    """The id of the device that wrote last; None where none has."""
    newest = _newest(directory)
    return newest.stem if newest.is_file() else None


def _newest(directory: Path) -> Path:
    files = sorted(directory.glob("*.json"), key=lambda path: path.stat().st_mtime)
    return files[-1] if files else path_of(directory, "*")
