"""The changes of the State in the last hours, in a file beside the last State: for ``rapport explain --since``.

Only changes of what is told, a bounded number, for a bounded time; nothing that was said. When the consent for a sense
is withdrawn the whole history goes, as no change can be told that does not rest on what came before.
"""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edge.affect import Sense, State
from edge.errors import InputError, OutletError
from edge.outlets.last_state import boot, path_of
from edge.outlets.outlet import Item, Outlet
from edge.understanding.record import state_of, state_record

if TYPE_CHECKING:
    from pathlib import Path

KEPT_S = 4 * 3600.0
"""Seconds that a change is kept: an evening or a long drive. ``rapport explain --since`` reaches no further back."""
CHANGES = 500
"""Most changes that are told, the newest; a steady person has a few an hour."""
SPARE, SPARE_S = 100, 600.0
"""Changes and seconds by which the file may go beyond that before it is written anew; it stays under 1 MB."""
LARGEST = 4 << 20
"""Bytes; what is larger was not written here."""


@dataclass(frozen=True, slots=True)
class Change:
    """From then on another State was told. ``at`` is wall time (s) for people, ``boottime_s`` is what counts."""

    at: float
    boottime_s: float
    state: State


class History(Outlet):
    """Keeps ``<directory>/<device id>.history.jsonl``, one change a line, the oldest first. Holds none of it."""

    name = "history"
    takes = (State,)
    capacity = 64

    def __init__(self, directory: Path, device_id: str) -> None:
        super().__init__()
        self._directory, self._device_id = directory, device_id
        self._path = history_path(directory, device_id)
        self._lock = threading.Lock()
        self._lines = 0
        self._first_s = 0.0
        self._told: str | None = None
        self._forgot_ns: dict[Sense, int] = {}

    def open(self) -> None:
        """Go on with what an earlier run of this start of the machine has left. Raises OutletError."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            problem = f"the runtime directory {self._path.parent} cannot be made: {error.strerror}"
            raise OutletError(problem, "Set RUNTIME_DIRECTORY to a directory that this user may write") from error
        self._renew()

    def deliver(self, item: Item) -> None:
        """Write a State that is another one than the last. Raises OutletError."""
        if not isinstance(item, State) or item.name == self._told:
            return
        with self._lock:
            if any(self._forgot_ns.get(sense, -1) >= item.captured_ns for sense, _ in item.shares):
                return  # it waited here while its consent was withdrawn
            self._told = item.name
            age_s = max(0, time.monotonic_ns() - item.captured_ns) / 1e9
            change = Change(time.time() - age_s, time.clock_gettime(time.CLOCK_BOOTTIME) - age_s, item)
            if self._lines >= CHANGES + SPARE or self._first_s < change.boottime_s - KEPT_S - SPARE_S:
                self._renew()
            self._write(self._path, [change])

    def forget(self, sense: Sense) -> None:
        """Remove everything: the consent for ``sense`` is gone."""
        with self._lock:
            self._forgot_ns[sense] = time.monotonic_ns()
            self._lines, self._told = 0, None
            self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing waits: each change was written when it came."""

    def _renew(self) -> None:
        """Write the file anew with what is still told; one that cannot be read is begun again."""
        try:
            changes = read_history(self._directory, self._device_id)
        except InputError:
            changes = []
        self._lines = 0
        if changes:
            scratch = self._path.with_suffix(".tmp")
            self._write(scratch, changes, os.O_TRUNC)
            scratch.replace(self._path)
        else:
            self._path.unlink(missing_ok=True)

    def _write(self, path: Path, changes: list[Change], how: int = os.O_APPEND) -> None:
        """Add whole lines to a file, or none of them. Raises OutletError."""
        content = "".join(map(_line, changes)).encode()
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | how, 0o600)
            try:
                size = os.fstat(descriptor).st_size
                if os.write(descriptor, content) < len(content):
                    os.ftruncate(descriptor, size)
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            finally:
                os.close(descriptor)
        except OSError as error:
            problem = f"the history cannot be written to {self._path}: {error.strerror}"
            raise OutletError(problem, "Free space there, or make the directory writable") from error
        if not self._lines:
            self._first_s = changes[0].boottime_s
        self._lines += len(changes)


def history_path(directory: Path, device_id: str) -> Path:
    """The file of one device."""
    return path_of(directory, device_id).with_suffix(".history.jsonl")


def forget_history(directory: Path, device_id: str) -> None:
    """Remove the history of one device, if there is any."""
    history_path(directory, device_id).unlink(missing_ok=True)


def read_history(directory: Path, device_id: str) -> list[Change]:
    """The changes of the last KEPT_S seconds, the oldest first; of another start of the machine there are none.

    Raises:
        InputError: the file is there and cannot be read.
    """
    path = history_path(directory, device_id)
    now_s, here = time.clock_gettime(time.CLOCK_BOOTTIME), boot()
    try:
        if path.stat().st_size > LARGEST:
            problem = f"the history {path} has over {LARGEST} bytes"
            raise InputError(problem, "Remove it; the device writes it anew")
        records: list[dict[str, Any]] = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
        return [
            Change(float(record["at"]), float(record["boottime_s"]), state_of(record["state"]))
            for record in records
            if record["boot"] == here and 0 <= now_s - float(record["boottime_s"]) <= KEPT_S
        ][-CHANGES:]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"the history {path} cannot be read: {error}"
        raise InputError(problem, "Remove it; the device writes it anew") from error


def _line(change: Change) -> str:
    record = {
        "at": change.at,
        "boot": boot(),
        "boottime_s": change.boottime_s,
        "state": state_record(change.state),
    }
    return json.dumps(record, ensure_ascii=False) + "\n"
