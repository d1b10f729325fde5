"""What a correction of the face is worth on people made up of FER+ pictures; see ``converters.evaluate_person``."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.datasets.face_changes import blurred, lit, shifted, turned
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import EMOTIONS, Affect, Emotion
from edge.errors import InputError
from edge.perception.face.expression import LABELS, NAME, TASK, Expression
from edge.understanding.fusion import FLOOR
from edge.understanding.person.bias import EVERYONE, corrected, shift_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Chip = NDArray[np.uint8]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

VOTES = {
    "anger": Emotion.ANGRY,
    "disgust": Emotion.DISGUST,
    "fear": Emotion.FEAR,
    "happiness": Emotion.HAPPY,
    "sadness": Emotion.SAD,
    "surprise": Emotion.SURPRISE,
    "neutral": Emotion.NEUTRAL,
}
MAJORITY = 6
"""Votes of ten that make a label."""
PEOPLE = 60
PICTURES = 160
"""Of a person; half of them teach."""
AT_REST = 0.7
"""Share of neutral pictures of somebody who is calm mostly."""
BOUNDS = (0.0, 0.25, 0.5, 1.0)
"""Nats; 0 is no correction."""


def correction(models: Path, data: Path) -> dict[str, Any]:
    """Accuracy with each bound, and its gain over none with a 95 % interval over people. Raises InputError."""
    images, truth = _pictures(data)
    net = Expression(Models(models, Cpu(1)).load(NAME, TASK, LABELS))
    plain = _told(net, images)
    calm = truth == EMOTIONS.index(Emotion.NEUTRAL)
    rows = []
    for camera in ("plain", "altered"):
        for mix in ("as in FER+", "mostly calm"):
            chance = np.random.default_rng(1)
            right = np.zeros((PEOPLE, len(BOUNDS)))
            for person in range(PEOPLE):
                drawn = _drawn(chance, calm, at_rest=mix == "mostly calm")
                alter = alteration(chance)
                theirs = plain[drawn] if camera == "plain" else _told(net, [alter(images[row]) for row in drawn])
                right[person] = _scored(theirs, truth[drawn])
            rows += _rows(camera, mix, right)
    return {
        "pictures": len(images),
        "people": PEOPLE,
        "title": "  camera    person       bound  accuracy    gain  95 % interval",
        "everyone": [round(float(value), 2) for value in np.median(np.log(np.maximum(plain[calm], FLOOR)), axis=0)],
        "rows": rows,
    }


def _pictures(data: Path) -> tuple[NDArray[np.uint8], Ints]:
    try:
        with np.load(data, allow_pickle=False) as table:
            names = [str(name) for name in table["ferplus_names"]]
            votes = table["ferplus_votes"][:, [names.index(name) for name in VOTES]]
            usable = (table["usage"] == 1) & ~table["exact_dup_in_training"].astype(bool)
            chosen = np.flatnonzero(usable & (votes.max(axis=1) >= MAJORITY))
            return table["images"][chosen], votes[chosen].argmax(axis=1).astype(np.int64)
    except (OSError, KeyError, ValueError) as error:
        problem = f"{data} cannot be read as faces with FER+ votes: {error}"
        raise InputError(
            problem, "Give --data the folder that holds voice/ and face/fer2013_train_public.npz"
        ) from error


def alteration(chance: np.random.Generator) -> Callable[[Chip], Chip]:
    """One camera, its light and its place: the same for every picture of a person."""
    gamma, contrast = np.exp(chance.normal(0, 0.4)), np.exp(chance.normal(0, 0.2))
    slope, degrees, soft = chance.normal(0, 40), chance.normal(0, 8), abs(chance.normal(0, 0.6)) + 0.1
    right, down = chance.normal(0, 1.5, 2)

    def alter(chip: Chip) -> Chip:
        there = turned(shifted(lit(chip, gamma=gamma, contrast=contrast, slope=slope), right, down), degrees)
        return np.ascontiguousarray(blurred(there, soft))

    return alter


def _drawn(chance: np.random.Generator, calm: NDArray[np.bool_], *, at_rest: bool) -> Ints:
    """Rows of one person's pictures, in no order."""
    if not at_rest:
        return chance.choice(len(calm), PICTURES, replace=False)
    neutral = round(AT_REST * PICTURES)
    parts = (
        chance.choice(np.flatnonzero(which), count, replace=False)
        for which, count in ((calm, neutral), (~calm, PICTURES - neutral))
    )
    return chance.permutation(np.concatenate(list(parts)))


def _told(net: Expression, chips: NDArray[np.uint8] | list[Chip]) -> Floats:
    return np.array([net.probabilities(net.logits(chip)) for chip in chips])


def _scored(told: Floats, truth: Ints) -> list[float]:
    """Accuracy on the second half with each bound, corrected by the first."""
    half = PICTURES // 2
    logs = [[log(max(p, FLOOR)) for p in row] for row in told[:half]]
    usual = np.median(logs, axis=0).tolist()
    found = []
    for bound in BOUNDS:
        shift = shift_of(usual, EVERYONE, bound)
        said = [corrected(Affect.of(tuple(row)), shift).label for row in told[half:].tolist()]
        found.append(
            float(np.mean([EMOTIONS.index(label) == true for label, true in zip(said, truth[half:], strict=True)]))
        )
    return found


def _rows(camera: str, mix: str, right: Floats) -> list[dict[str, Any]]:
    gains = right - right[:, :1]
    margin = 1.96 * gains.std(axis=0, ddof=1) / np.sqrt(PEOPLE)
    return [
        {
            "camera": camera,
            "mix": mix,
            "bound": bound,
            "accuracy": round(float(right[:, place].mean()), 4),
            "gain": round(float(gains[:, place].mean()), 4),
            "interval": [round(float(gains[:, place].mean() + side * margin[place]), 4) for side in (-1, 1)],
        }
        for place, bound in enumerate(BOUNDS)
    ]
