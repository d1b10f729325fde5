"""A State as plain data and back, the same wherever a program reads one: --json, the state file, MQTT attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edge.affect import EMOTIONS, UNSURE, Affect, Cue, Emotion, Sense, State

if TYPE_CHECKING:
    from collections.abc import Mapping


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
        "without": {sense.value: name for sense, name in state.without},
        "cues": [cue_record(cue) for cue in state.cues if not cue.quotes],
    }


def state_of(record: Mapping[str, Any], captured_ns: int = 0) -> State:
    """The State that ``state_record`` made ``record`` of, rounded and without what quotes.

    Raises:
        KeyError, TypeError, ValueError: the record is none.
    """
    affect = Affect(
        tuple(float(record["probabilities"][emotion.value]) for emotion in EMOTIONS),
        float(record["valence"]),
        float(record["arousal"]),
    )
    return State(
        captured_ns=captured_ns,
        label=None if record["label"] == UNSURE else Emotion(record["label"]),
        affect=affect,
        reason=None if record["reason"] is None else str(record["reason"]),
        shares=tuple((Sense(sense), float(share)) for sense, share in record["shares"].items()),
        absent=tuple((Sense(sense), str(why)) for sense, why in record["absent"].items()),
        without=tuple((Sense(sense), str(name)) for sense, name in record.get("without", {}).items()),
        cues=tuple(
            Cue(str(cue["name"]), float(cue["value"]), str(cue["unit"]), str(cue["phrase"]), float(cue["strength"]))
            for cue in record["cues"]
        ),
    )
