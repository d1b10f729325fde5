"""Readings with cues, as the senses give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import Affect, Cue, Emotion, Reading, Sense

if TYPE_CHECKING:
    from edge.understanding.person.person import Person

SECOND = 1_000_000_000
CALM = Affect.of(tuple(0.94 if emotion is Emotion.NEUTRAL else 0.01 for emotion in Emotion))
UNITS = {"pitch": "Hz", "energy": "dBFS", "speech rate": "syllables/s", "smile": "% of eye distance"}


def reading(sense: Sense, at_s: float, quality: float = 0.9, **cues: float) -> Reading:
    """A Reading; ``speech_rate=4`` is the cue "speech rate"."""
    named = {name.replace("_", " "): value for name, value in cues.items()}
    told = tuple(Cue(name, value, UNITS.get(name, ""), "usual pitch", 0.1) for name, value in named.items())
    return Reading(sense, int(at_s * SECOND), CALM, quality, told)


def teach(person: Person, seconds: float, sense: Sense = Sense.VOICE, *, start_s: float = 0.0, **cues: float) -> float:
    """Readings every half second; returns when they end."""
    for step in range(int(2 * seconds) + 1):
        person.learn(reading(sense, start_s + step / 2, **cues))
    return start_s + seconds
