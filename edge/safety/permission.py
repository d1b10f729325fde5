"""What each sense may be opened for now: the place allows it, and the household granted it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.safety.context import refusal
from edge.safety.grants import Purpose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.safety.consent import Consent
    from edge.safety.context import Context

log = logging.getLogger(__name__)

Granted = frozenset[tuple[Sense, Purpose]]


class Permission:
    """Asked several times for every signal, by every thread: it works the answer out when the grants have changed."""

    def __init__(self, consent: Consent, place: Context) -> None:
        self._consent = consent
        self.place = place
        self._known = self._work_out(consent.grants())

    def purposes(self, sense: Sense) -> tuple[Purpose, ...]:
        """What ``sense`` may be opened for; empty: it stays shut."""
        granted = self._consent.grants()
        known = self._known  # grants and what follows from them change together, in one step
        if known[0] is not granted:
            known = self._known = self._work_out(granted)
        return known[1][sense]

    def require(self) -> None:
        """Raise ConsentError where emotions may not be inferred, unless a driver is to be watched; and say so."""
        if self.place.refused is None:
            return
        if not self._consent.granted(Sense.FACE, Purpose.DROWSINESS):
            remedy = "Only a driver may be watched for drowsiness there (rapport consent grant face --for drowsiness)"
            raise refusal(self.place.name, remedy)
        log.warning("nothing but the drowsiness of a driver is watched: %s", self.place.refused)

    def may_know(self, sense: Sense) -> bool | None:
        """Whether what is usual for the person may be learned; None: not here or not now, and what is kept stays."""
        if not self.place.may_sense(sense, Purpose.PERSONAL) or self._consent.problem is not None:
            return None
        return self._consent.granted(sense, Purpose.PERSONAL)

    def may_keep_feedback(self) -> bool | None:
        """Whether feedback on replies may be kept for the person: some sense may be known; None as for that."""
        answers = {self.may_know(sense) for sense in Purpose.PERSONAL.senses}
        return True if True in answers else None if None in answers else False

    def _work_out(self, granted: Granted) -> tuple[Granted, Mapping[Sense, tuple[Purpose, ...]]]:
        allowed = self.place.purposes_of
        return granted, {
            sense: tuple(purpose for purpose in allowed(sense) if (sense, purpose) in granted) for sense in Sense
        }
