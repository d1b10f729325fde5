"""What the expression model gives: the order of its numbers, and one draw of them.

Training, evaluation and device share these words, so that they cannot drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import EMOTIONS, Emotion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.accelerators.model import Models

NAME, TASK = "expression", "expression"
LABELS = tuple(emotion.value for emotion in EMOTIONS)
VOICE = ("pitch", "melody", "rate", "effort", "pause")
"""Doublings over what is usual for the speaker: of the frequency of the voice, of the range of its pitch, of syllables
a second, of the amplitude of its high frequencies over that of its low ones, and of the share of silence."""
FACE = ("brows", "inner_brows", "lids", "smile", "mouth")
"""As in ``edge.affect.Look``: 0 rest, -1 and 1 the extremes of faces."""
PARTS = 5
NOISE = 100
HALF = NOISE // 2
"""The first half of the noise makes the voice, the second the face: nothing was measured of how they go together."""
UNHEARD = frozenset({Emotion.SURPRISE})
"""Emotions of which no voice was there to learn from: a neutral one is drawn instead."""
FARTHEST = 3.0
"""Deviations at which noise is cut off: the range of the model's int8 input."""
KEPT = 0.9
"""Part of its noise that the next draw keeps, so that successive ones are near each other (correlation 0.9)."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One draw: ``voice`` (5,) in the order of VOICE, ``face`` (5,) in that of FACE."""

    voice: tuple[float, ...]
    face: tuple[float, ...]


class Drawer:
    """The model with its noise. One draw is one invocation of 22,500 multiply-accumulates; used by one thread."""

    def __init__(self, models: Models, seed: int | None) -> None:
        """Load the model. Raises ModelError when it is missing, altered, not signed or for something else."""
        self._model = models.load(NAME, TASK, LABELS)
        self._voice, self._face = (self._model.card.place(output) for output in ("voice", "face"))
        self._random = Random(seed)  # noqa: S311 - no secret; numpy.random would take 2 MiB of the device
        self._noise = np.zeros((1, NOISE), np.float32)
        self._emotion = np.zeros((1, len(EMOTIONS)), np.float32)
        self.begin()

    def begin(self) -> None:
        """A new conversation: noise that knows nothing of the last one's."""
        self._noise[0] = self._fresh()

    def step(self) -> None:
        """Move the noise a step on, to another of the same distribution that is near it."""
        fresh = np.array(self._fresh(), np.float32)
        self._noise *= np.float32(KEPT)
        self._noise += np.float32((1 - KEPT**2) ** 0.5) * fresh

    def _fresh(self) -> list[float]:
        return [self._random.gauss(0.0, 1.0) for _ in range(NOISE)]

    def draw(self, emotion: Emotion) -> Drawn:
        """The voice and the face of ``emotion`` that the present noise makes. Raises ModelError."""
        self._emotion[:] = 0.0
        self._emotion[0, EMOTIONS.index(emotion)] = 1.0
        inputs = {"noise": np.clip(self._noise, -FARTHEST, FARTHEST), "emotion": self._emotion}
        found = self._model.run(*(inputs[tensor.name] for tensor in self._model.card.inputs))
        return Drawn(_plain(found[self._voice]), _plain(found[self._face]))


def _plain(values: NDArray[np.float32]) -> tuple[float, ...]:
    return tuple(float(value) for value in values.ravel())
