"""A State as plain data, the same wherever a program reads one: --json, the state file, MQTT attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edge.affect import EMOTIONS

if TYPE_CHECKING:
    from edge.affect import Affect, Cue, State


def probabilities(affect: Affect) -> dict[str, float]:
    """``{"angry": 0.1, …}``, four decimals."""
    return {emotion.value: round(p, 4) for emotion, p in zip(EMOTIONS, affect.probabilities, strict=True)}


def cue_record(cue: Cue) -> dict[str, Any]:
    """A cue as plain data."""
    return {
        "name": cue.name,
        "value": round(cue.value, 4),
        "unit": cue.unit,
        "phrase": cue.phrase,
        "strength": round(cue.strength, 3),
    }


def state_record(state: State) -> dict[str, Any]:
    """A State as plain data, without anything that was said."""
    return {
        "label": state.name,
        "confidence": round(state.confidence, 4),
        "valence": round(state.affect.valence, 4),
        "arousal": round(state.affect.arousal, 4),
        "probabilities": probabilities(state.affect),
        "reason": state.reason,
        "shares": {sense.value: round(share, 4) for sense, share in state.shares},
        "absent": {sense.value: why for sense, why in state.absent},
        "cues": [cue_record(cue) for cue in state.cues if not cue.quotes],
    }
