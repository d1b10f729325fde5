"""What is known of a person, for the person: as plain data and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edge.affect import Language
from edge.understanding.person.baseline import Baseline
from edge.understanding.person.measures import MEASURES
from edge.understanding.wording.phrasebook import phrasebook

if TYPE_CHECKING:
    from edge.understanding.person.baseline import ProfileRecord
    from edge.understanding.person.settings import PersonSettings
    from edge.understanding.wording.phrasebook import Phrasebook


def report(record: ProfileRecord, settings: PersonSettings) -> dict[str, Any]:
    """``{"name", "needed_minutes", "senses": {sense: {"minutes", "known", "usual": {cue: {…}}}}}``.

    Each usual has ``value`` in the cue's own unit, and ``spread`` with its ``unit``: how far from it the person strays
    in the usual, as a standard deviation.
    """
    baseline = Baseline(record.name, 3600 * settings.half_life_h, record)
    senses: dict[str, Any] = {}
    for sense, measures in MEASURES.items():
        usual = baseline.find(sense)
        minutes = 0.0 if usual is None else usual.seconds / 60
        found = {}
        for measure in measures:
            if usual is not None and usual.knows(measure):
                middle, spread = usual.of(measure)
                told = {"value": round(measure.told(middle), 3), "spread": round(spread, 3), "unit": measure.unit}
                found[measure.cue] = told
        senses[sense.value] = {"minutes": round(minutes, 1), "known": minutes >= settings.minutes, "usual": found}
    return {"name": record.name, "needed_minutes": settings.minutes, "senses": senses}


def lines(found: dict[str, Any]) -> list[str]:
    """What ``report`` gave, in words."""
    book = phrasebook(Language.EN)
    told = [f"{found['name']}:"]
    for sense, of_sense in found["senses"].items():
        told.append(f"  {sense}: {learned(of_sense, found['needed_minutes'], book)}")
        for cue, usual in of_sense["usual"].items() if of_sense["known"] else ():
            told.append(f"    {cue:<13} {_value(cue, usual):<22} give or take {usual['spread']:.2g} {usual['unit']}")
    return told


def learned(of_sense: dict[str, Any], needed: float, book: Phrasebook) -> str:
    """How far learning is, in one clause; nothing is told relative to the person before it is done."""
    minutes = of_sense["minutes"]
    if of_sense["known"]:
        return book.say("usual known, from {n} minutes", n=f"{minutes:.0f}")
    return book.say("usual not known yet: {n} of {n_needed} minutes", n=int(minutes), n_needed=f"{needed:.0f}")


def _value(cue: str, usual: dict[str, Any]) -> str:
    unit = {"pitch": "Hz", "energy": "dBFS"}.get(cue, usual["unit"])
    return f"{usual['value']:.3g} {unit}"
