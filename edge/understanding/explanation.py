"""A State in words, for a person who asks why."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.affect import State


def explain(state: State, *, quoting: bool) -> list[str]:
    """Sentences: what is believed, from which senses, by which signs, and which senses are missing and why.

    Args:
        state: what to explain.
        quoting: whether signs that repeat what the person said are told; False for whatever is stored or sent.
    """
    affect = state.affect
    lines = []
    if state.label is None:
        lines.append(f"Unsure: {state.reason}.")
    else:
        lines.append(
            f"Probably {state.label} ({affect.confidence:.0%}); "
            f"valence {affect.valence:+.2f}, arousal {affect.arousal:+.2f}."
        )
    if state.shares:
        lines.append("From " + ", ".join(f"the {sense} {share:.0%}" for sense, share in state.shares) + ".")
    signs = [_told(cue.phrase, cue.value, cue.unit) for cue in state.cues if quoting or not cue.quotes]
    if signs:
        lines.append("Signs: " + "; ".join(signs) + ".")
    if state.absent:
        lines.append("Not used: " + "; ".join(f"{sense} ({why})" for sense, why in state.absent) + ".")
    return lines


def _told(phrase: str, value: float, unit: str) -> str:
    return f"{phrase} ({value:.3g} {unit})" if unit else phrase
