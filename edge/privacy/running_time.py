"""Time that has surely passed, whatever was done to the clock: the only time in which budget comes back.

A wall clock can be set by a person, a network or a flat battery, backwards and forwards, and nothing on the device can
tell a year that passed while it was off from a clock that was set a year ahead. So the wall clock is not asked. What
counts is CLOCK_BOOTTIME, which nobody sets, between two looks within one start of the machine; what lies between two
starts is not counted. This time is never ahead of the true one, so a year of it is never shorter than a year.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.privacy.database import Transaction
    from edge.privacy.vault import Vault

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Boot:
    """Which start of the machine this is, and the nanoseconds since, asleep or awake."""

    name: str
    ns: int


def boot() -> Boot:
    """Now. Where the machine does not name its starts each process is one of its own, and less time is counted."""
    return Boot(_name(), time.clock_gettime_ns(time.CLOCK_BOOTTIME))


class RunningTime:
    """Kept in the vault, where it only grows. Several processes may look at it."""

    def __init__(self, now: Callable[[], Boot] = boot) -> None:
        self._now = now

    def mark(self, transaction: Transaction) -> int:
        """Count what has passed since it was last marked; the running time, in ns. Raises VaultError."""
        now = self._now()
        running_ns = _passed(transaction.rows(_READ), now)
        # Within one start the mark stays at the furthest that was seen, or a clock that swings would be counted twice.
        transaction.run(
            "INSERT INTO privacy_time VALUES (1, ?, ?, ?) ON CONFLICT (one) DO UPDATE SET "
            "boot_ns = iif(boot = excluded.boot, max(boot_ns, excluded.boot_ns), excluded.boot_ns), "
            "boot = excluded.boot, running_ns = excluded.running_ns",
            now.name,
            now.ns,
            running_ns,
        )
        return running_ns

    def read(self, vault: Vault) -> int:
        """The same without keeping it. Raises VaultError."""
        return _passed(vault.rows(_READ), self._now())


_READ = "SELECT boot, boot_ns, running_ns FROM privacy_time"


def _passed(rows: list[tuple[str | int | float | bytes | None, ...]], now: Boot) -> int:
    if not rows:
        return 0
    name, boot_ns, running_ns = rows[0]
    if not (isinstance(boot_ns, int) and isinstance(running_ns, int)):  # STRICT tables hold nothing else
        message = "privacy_time holds no numbers"
        raise TypeError(message)
    return running_ns + (max(0, now.ns - boot_ns) if name == now.name else 0)


@cache
def _name() -> str:
    try:
        return BOOT_ID.read_text("ascii").strip()
    except OSError:
        return f"process {secrets.token_hex(16)}"
