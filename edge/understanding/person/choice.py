"""Whose profile is used, to see and to choose from outside the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.understanding.person.profiles import Profiles


class ProfileChoice:
    """From any thread. The loop sees by itself that another was chosen."""

    def __init__(self, profiles: Profiles, default: Callable[[], str]) -> None:
        """``default``: whose is used where nobody chose, "" for nobody's."""
        self._profiles = profiles
        self._default = default

    def names(self) -> list[str]:
        """All profiles there are."""
        return self._profiles.names()

    def selected(self) -> str:
        """Whose is used; "" for nobody's. Raises RapportError where that cannot be read."""
        chosen = self._profiles.selected()
        return self._default() if chosen is None else chosen

    def use(self, name: str) -> None:
        """Use that of ``name``, or nobody's with "". Raises RapportError."""
        self._profiles.use(name)
