"""Prosody in plain words: the cues of a Reading."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING

from edge.affect import Cue

if TYPE_CHECKING:
    from edge.perception.voice.prosody import Prosody
    from edge.perception.voice.settings import UsualSettings


@dataclass(frozen=True, slots=True)
class Words:
    """How a value under, within and over its usual range is told."""

    under: str
    within: str
    over: str


PITCH = Words("low voice", "usual pitch", "high voice")
RANGE = Words("flat melody", "usual melody", "lively melody")
ENERGY = Words("soft voice", "usual loudness", "loud voice")
RATE = Words("slow speech", "usual speech rate", "fast speech")
PAUSES = Words("no pauses", "few pauses", "long pauses")


def cues(prosody: Prosody, usual: UsualSettings) -> tuple[Cue, ...]:
    """The measures that there are, the most notable first."""
    found = [
        _cue("energy", prosody.level_dbfs, "dBFS", usual.energy_dbfs, ENERGY),
        _cue("speech rate", prosody.syllables_per_s, "syllables/s", usual.syllables_per_s, RATE),
        _cue("pauses", prosody.pause_share, "share", usual.pause_share, PAUSES),
    ]
    if prosody.pitch_hz is not None:
        low, high = (log2(hz) for hz in usual.pitch_hz)
        strength = _strength(log2(prosody.pitch_hz), (low, high))
        found.append(Cue("pitch", prosody.pitch_hz, "Hz", _phrase(prosody.pitch_hz, usual.pitch_hz, PITCH), strength))
    if prosody.range_semitones is not None:
        found.append(_cue("pitch range", prosody.range_semitones, "semitones", usual.pitch_range_semitones, RANGE))
    return tuple(sorted(found, key=lambda cue: -cue.strength))


def _cue(name: str, value: float, unit: str, usual: tuple[float, float], words: Words) -> Cue:
    return Cue(name, value, unit, _phrase(value, usual, words), _strength(value, usual))


def _phrase(value: float, usual: tuple[float, float], words: Words) -> str:
    if value < usual[0]:
        return words.under
    return words.over if value > usual[1] else words.within


def _strength(value: float, usual: tuple[float, float]) -> float:
    """0 within the usual range, 1 from half its width outside."""
    outside = max(usual[0] - value, value - usual[1], 0.0)
    return min(1.0, outside / (0.5 * (usual[1] - usual[0])))
