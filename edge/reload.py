"""Settings are read anew while the device runs: at a SIGHUP, or when their file has changed.

A file that is wrong is refused whole. Of one that is right, what is LIVE in its Section takes effect at once; what is
not is named, and waits for a restart.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.settings import Settings, load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

Stamp = tuple[int, int, int]
"""Inode, size and time of change (ns): compared for being the same, never for being later, so clocks may jump."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a reading of the settings brought.

    Attributes:
        wanted: the whole tree, as the file and the environment have it now.
        live: dotted names of what takes effect at once.
        waiting: dotted names of what needs a restart.
    """

    wanted: Settings
    live: tuple[str, ...]
    waiting: tuple[str, ...]

    def __str__(self) -> str:
        """One line for the log and the console."""
        parts = ["changed: " + ", ".join(self.live)] if self.live else []
        parts += ["needs a restart: " + ", ".join(self.waiting)] if self.waiting else []
        return "; ".join(parts) or "nothing has changed"


class Reload:
    """Says when settings are to be read anew, and reads them. Used by the loop's thread; ``ask`` by a signal handler.

    Args:
        path: the settings file; None where there are only defaults and the environment.
        running: what was loaded from it at the start.
        environment: in place of the process's own, for tests.
        now: CLOCK_MONOTONIC in seconds, or another clock for tests.
    """

    def __init__(
        self,
        path: Path | None,
        running: Settings,
        environment: Mapping[str, str] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._running = running
        self._environment = environment
        self._now = now
        self._asked = False
        self._looked_at = now()
        self._read = self._seen = self._stamp()

    def ask(self) -> None:
        """Read them at the next turn of the loop. No lock is taken, so a signal handler may call it."""
        self._asked = True

    def asked(self) -> bool:
        """Whether somebody asked since this was last called."""
        asked, self._asked = self._asked, False
        return asked

    def changed(self, every_s: float) -> bool:
        """Whether the file is another one since it was read. It is looked at every ``every_s`` seconds, 0: never.

        A file that is still being written is left alone: two looks must find the same.
        """
        now = self._now()
        if every_s == 0 or now - self._looked_at < every_s:
            return False
        self._looked_at = now
        seen, self._seen = self._seen, self._stamp()
        return self._seen is not None and self._seen == seen and self._seen != self._read

    def read(self) -> Change:
        """Read the settings. Raises SettingsError, once per content of the file; then all stays as it was."""
        self._read = self._seen = self._stamp()
        wanted = load(self._path, self._environment)
        before, self._running = self._running, self._running.merged(wanted)
        return Change(wanted, tuple(before.differing(self._running)), tuple(self._running.differing(wanted)))

    def _stamp(self) -> Stamp | None:
        if self._path is None:
            return None
        try:
            status = self._path.stat()
        except OSError:  # it is being replaced, or gone: the old settings stay
            return None
        return (status.st_ino, status.st_size, status.st_mtime_ns)
