"""Consent as the home may touch it: seen, and withdrawn for good; never given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.safety.grants import Purpose

if TYPE_CHECKING:
    from edge.affect import Sense
    from edge.safety.consent import Consent

OPENING_FIRST = tuple(sorted(Purpose, key=lambda purpose: not purpose.opens))
"""What holds a sensor open goes first: the device closes while the rest is still being written."""


class HomeGrants:
    """From any thread."""

    def __init__(self, consent: Consent) -> None:
        self._consent = consent

    def granted(self) -> frozenset[Sense]:
        """The senses that may be used for anything now."""
        return frozenset(sense for sense, _ in self._consent.grants())

    def withdraw(self, sense: Sense) -> None:
        """No purpose may use ``sense`` any more. Raises ConsentError where that cannot be kept."""
        for purpose in OPENING_FIRST:
            if self._consent.granted(sense, purpose):
                self._consent.withdraw(sense, purpose)
