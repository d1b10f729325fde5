"""A cue told relative to what is usual for the person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge.perception.face import cues as face
from edge.perception.voice import cues as voice

if TYPE_CHECKING:
    from edge.affect import Cue
    from edge.understanding.person.measures import Measure

EXTREME = 2.33
"""Spreads from the usual that are told as the most: a hundredth of a normal distribution lies beyond, as beyond the
extremes in edge/perception/face/cues.py."""
NOTABLE = face.NOTABLE
"""From this strength on a cue is told as more or less than usual."""
WORDS: dict[str, tuple[str, str]] = {
    **{
        scale.name: (scale.little, scale.much)
        for scale in (face.SMILE, face.BROW, face.EYE, face.YAW, face.PITCH, face.ROLL)
    },
    "pitch": (voice.PITCH.under, voice.PITCH.over),
    "pitch range": (voice.RANGE.under, voice.RANGE.over),
    "energy": (voice.ENERGY.under, voice.ENERGY.over),
    "speech rate": (voice.RATE.under, voice.RATE.over),
    "pauses": (voice.PAUSES.under, voice.PAUSES.over),
}
"""What each cue is called where it lies under and over the usual: the senses' own words."""
ANGLE = "°"
"""Of a head that is turned; the word says where to, and nothing is above or below."""


def relative(cue: Cue, measure: Measure, middle: float, spread: float) -> Cue:
    """``cue`` with the person's usual, and phrase and strength relative to it.

    Args:
        cue: as the sense tells it.
        measure: the one of this cue.
        middle: the person's median, on the measure's scale.
        spread: how far from it the person usually strays, on the same scale.
    """
    away = measure.learned(cue.value) - middle
    strength = min(abs(away) / (EXTREME * spread), 1.0)
    phrase = f"your usual {cue.name}"
    if strength >= NOTABLE:
        word = WORDS[cue.name][away > 0]
        if measure.unit == ANGLE:
            angle = _number(abs(away)) + ANGLE
            phrase = f"{word}, {angle} from your usual"
        else:
            side = "above" if away > 0 else "below"
            value = _number(abs(away)) + " " + measure.unit
            phrase = f"{word}, {value} {side} your usual"
    return replace(cue, phrase=phrase, strength=round(strength, 3), usual=round(measure.told(middle), 3))


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"  # noqa: PLR2004 - two digits
