"""Rows whose time is over go, by a clock that can be believed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from edge.outlets.calendar import Calendar
from edge.outlets.diary import PURGE_AFTER_S
from edge.privacy.retention import expire

if TYPE_CHECKING:
    from edge.privacy.vault import Vault

log = logging.getLogger(__name__)

EVERY_S = 60.0
"""The wall clock is looked at this often, to see whether somebody sets it."""
EXPIRE_EVERY_S = 3600.0


class Lifetimes:
    """Enforces what ``edge.privacy.retention`` says of each kind of row. For one thread, which may wait."""

    def __init__(self, vault: Vault, calendar: Calendar | None = None) -> None:
        self._vault = vault
        self._calendar = calendar or Calendar("")
        self._expired_s = float("-inf")

    def look(self) -> None:
        """Remove what is too old once an hour, unless the wall clock was set a moment ago. Raises VaultError."""
        settled_s, now_s = self._calendar.look(), self._calendar.boot_s()
        if settled_s < PURGE_AFTER_S or now_s - self._expired_s < EXPIRE_EVERY_S:
            return
        gone = expire(self._vault, self._calendar.wall_s())
        self._expired_s = now_s
        if gone:
            log.info("too old, and removed: %s", ", ".join(f"{count} of {table}" for table, count in gone.items()))
