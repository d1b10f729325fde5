"""Whether a summary of days may be kept, and counts may leave, sense by sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.safety.grants import Purpose

if TYPE_CHECKING:
    from edge.safety.consent import Consent
    from edge.safety.context import Context


def may_keep(consent: Consent, place: Context | None = None) -> dict[Sense, bool | None]:
    """For each sense: True, it may; False, it may not and what was kept of it has to go; None, nobody can tell.

    It needs a grant for the purpose wellbeing and a place that allows it. A sense that was withdrawn altogether is
    withdrawn for this as well. Where the consent file is refused, or the place is another one, nothing is added and
    nothing deleted: the household said neither. Without ``place`` the consent alone decides.
    """
    standings = {(entry.sense, entry.purpose): entry.state for entry in consent.status()}
    if consent.problem is not None:
        return dict.fromkeys(Sense)
    found: dict[Sense, bool | None] = {}
    for sense in Sense:
        granted = standings[sense, Purpose.WELLBEING] == "granted"
        found[sense] = granted and standings[sense, Purpose.EMOTION] != "withdrawn"
        if found[sense] and place is not None and not place.may_sense(sense, Purpose.WELLBEING):
            found[sense] = None
    return found


def may_share(consent: Consent, place: Context) -> frozenset[Sense]:
    """The senses of which counts with noise may leave: granted for aggregates and for emotion, in a place for both."""
    granted = consent.grants()
    return frozenset(
        sense
        for sense in Sense
        if all((sense, purpose) in granted and place.may_sense(sense, purpose) for purpose in _SHARED)
    )


_SHARED = (Purpose.EMOTION, Purpose.AGGREGATES)
