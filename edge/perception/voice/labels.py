"""From the model's labels to our seven emotions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, Emotion
from edge.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDED = {"boredom": Emotion.NEUTRAL}
"""Labels that data sets have and we do not, and where their probability goes."""


def check(labels: Sequence[str]) -> None:
    """Raises ModelError when a label is neither one of ours nor one that is folded."""
    for label in labels:
        if label not in FOLDED and label not in {emotion.value for emotion in EMOTIONS}:
            known = ", ".join([*EMOTIONS, *FOLDED])
            problem = f"the voice model has the label {label!r}, known are {known}"
            raise ModelError(problem, "Use the models that belong to this version of rapport-edge")


def to_emotions(labels: Sequence[str], probabilities: Sequence[float]) -> tuple[float, ...]:
    """Probabilities over EMOTIONS.

    A label that we do not have goes to its neighbour (boredom to neutral). An emotion that the model does not know
    (surprise) gets the prior's share, 1/7: hearing the voice told nothing about it. Then all are made to sum to 1.
    """
    sums = dict.fromkeys(EMOTIONS, 0.0)
    for label, probability in zip(labels, probabilities, strict=True):
        sums[FOLDED.get(label) or Emotion(label)] += probability
    known = {FOLDED.get(label) or Emotion(label) for label in labels}
    for emotion in EMOTIONS:
        if emotion not in known:
            sums[emotion] = 1.0 / len(EMOTIONS)
    total = sum(sums.values())
    return tuple(sums[emotion] / total for emotion in EMOTIONS)
