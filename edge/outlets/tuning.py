"""How loud and how fast the device speaks just now: as its settings say, or as it was last told to from outside."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.outlets.settings import SpeechSettings

KEYS = ("volume", "words_per_minute")
"""What may be told from outside."""


class Tuning:
    """Holds the speech settings that are in force; from any thread.

    What is told from outside lasts until that key changes in the settings file, or the device is started anew.
    """

    def __init__(self, settings: SpeechSettings) -> None:
        self._lock = threading.Lock()
        self._base = settings
        self._told: dict[str, float] = {}
        self._followers: list[Callable[[SpeechSettings], None]] = []

    @property
    def now(self) -> SpeechSettings:
        """What is in force."""
        with self._lock:
            return self._now()

    def follow(self, adopt: Callable[[SpeechSettings], None]) -> None:
        """Call ``adopt`` with what is in force whenever that changes; on the thread that changed it."""
        self._followers.append(adopt)

    def adopt(self, settings: SpeechSettings) -> None:
        """The settings file was read anew."""
        with self._lock:
            before, self._base = self._base, settings
            for key in KEYS:
                if getattr(before, key) != getattr(settings, key):
                    self._told.pop(key, None)
            now = self._now()
        self._tell(now)

    def tell(self, key: str, value: float) -> None:
        """Set ``key``, one of KEYS, whose bounds the caller has looked at."""
        with self._lock:
            self._told[key] = value
            now = self._now()
        self._tell(now)

    def _now(self) -> SpeechSettings:
        return self._base.model_copy(update=self._told)

    def _tell(self, now: SpeechSettings) -> None:
        for adopt in self._followers:
            adopt(now)
