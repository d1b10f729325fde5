"""Whose profile is used, to see and to choose from outside the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.understanding.person.profiles import Profiles


class ProfileChoice:
    """From any thread. The loop sees by itself that another was chosen."""

    def __init__(
        self, profiles: Profiles, default: Callable[[], str], chosen: Callable[[], None] = lambda: None
    ) -> None:
        """Reads nothing yet.

        Args:
            profiles: of the device.
            default: whose is used where nobody chose, "" for nobody's.
            chosen: called when another was chosen here.
        """
        self._profiles = profiles
        self._default = default
        self._chosen = chosen

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
        self._chosen()
