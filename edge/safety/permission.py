"""What each sense may be opened for now: the place allows it, and the household granted it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.safety.consent import Consent
    from edge.safety.context import Context
    from edge.safety.grants import Purpose

Grants = frozenset[tuple[Sense, "Purpose"]]


class Permission:
    """Asked several times for every signal, by every thread: it works the answer out when the grants have changed."""

    def __init__(self, consent: Consent, place: Context) -> None:
        self._consent = consent
        self._place = place
        self._known = self._work_out(consent.grants())

    def purposes(self, sense: Sense) -> tuple[Purpose, ...]:
        """What ``sense`` may be opened for; empty: it stays shut."""
        granted = self._consent.grants()
        known = self._known  # grants and what follows from them change together, in one step
        if known[0] is not granted:
            known = self._known = self._work_out(granted)
        return known[1][sense]

    def _work_out(self, granted: Grants) -> tuple[Grants, Mapping[Sense, tuple[Purpose, ...]]]:
        allowed = self._place.purposes_of
        return granted, {
            sense: tuple(purpose for purpose in allowed(sense) if (sense, purpose) in granted) for sense in Sense
        }
