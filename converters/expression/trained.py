"""All trainings of both halves and both families, fold by fold; what is on disk already is taken up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from converters.expression import adversarial, autoencoder, faces
from converters.expression.halves import Half, noise_of
from converters.expression.rows import Rows
from edge.affect import EMOTIONS, Emotion
from edge.response.drawn import FARTHEST, UNHEARD

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from converters.expression.vectors import Vectors

    Floats = NDArray[np.float32]

Side = Literal["voice", "face"]
Family = Literal["adversarial", "autoencoder"]
Halves = dict[Side, dict[Family, list[dict[str, Half]]]]
"""Side → family → one for each seed: part → half."""
SEEDS = 3
"""Trainings of each: two of one family differ by what two families do, so figures are means over seeds."""
SIDES: tuple[Side, ...] = ("voice", "face")
Recipe = adversarial.Recipe | autoencoder.Recipe
RECIPES: dict[Family, Recipe] = {"adversarial": adversarial.Recipe(), "autoencoder": autoencoder.Recipe()}
FAMILIES: tuple[Family, ...] = ("adversarial", "autoencoder")
FOLDS = 5
"""Pairs of speakers left out: k and k + 5 of the ten in order, as everywhere for EMO-DB."""


@dataclass(frozen=True, slots=True)
class Part:
    """One fold: who is learned from and who is held out. The fold ``all`` holds nobody out, and is what is shipped."""

    name: str
    learned: NDArray[np.bool_]
    held: NDArray[np.bool_]


def parts(side: Side, vectors: Vectors) -> list[Part]:
    """Voices: five pairs of speakers, and ``all``. Faces: PublicTest, which is held out of what is shipped, too."""
    if side == "face":
        learned = vectors.group == faces.TRAINING
        return [Part("all", learned, ~learned)]
    speakers = sorted(set(vectors.group.tolist()))
    pairs = [[speakers[k], speakers[k + FOLDS]] for k in range(FOLDS)]
    held = [np.isin(vectors.group, pair) for pair in pairs]
    folds = [Part(f"fold-{k}", ~rows, rows) for k, rows in enumerate(held)]
    return [*folds, Part("all", np.ones(len(vectors), bool), np.zeros(len(vectors), bool))]


def halves(
    side: Side, family: Family, vectors: Vectors, runs: Path, seed: int, *, recipe: Recipe | None = None
) -> dict[str, Half]:
    """The half of each part by its name; trained where ``runs`` has it not yet.

    Raises InputError where what ``runs`` has was trained by another recipe.
    """
    recipe = recipe or RECIPES[family]
    said = f"seed {seed}, {recipe}"
    found = {}
    for part in parts(side, vectors):
        path = runs / f"{side}-{family}-{part.name}-{seed}.npz"
        if not path.is_file():
            print(f"training {path.stem}", flush=True)
            _trained(recipe, Rows.of(vectors.take(part.learned)), seed).save(path, said)
        half = Half.load(path, said)
        found[part.name] = _heard(half) if side == "voice" else half
    return found


def drawn(side: Side, made: dict[str, Half], vectors: Vectors, seed: int) -> tuple[NDArray[np.int64], Floats]:
    """The rows that some part holds out, and for each a vector of its emotion by the half that never met it."""
    generator = np.random.default_rng(seed)
    rows, values = [], []
    for part in parts(side, vectors):
        held = np.flatnonzero(part.held)
        if len(held):
            rows.append(held)
            values.append(made[part.name].draw(noise_of(len(held), generator, FARTHEST), vectors.emotion[held]))
    return np.concatenate(rows), np.concatenate(values)


def resampled(side: Side, vectors: Vectors, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The same rows, and for each the place of one of its emotion that the part learned from: what nothing can beat."""
    generator = np.random.default_rng(seed)
    rows, taken = [], []
    for part in parts(side, vectors):
        held = np.flatnonzero(part.held)
        if len(held):
            pools = {kind: np.flatnonzero(part.learned & (vectors.emotion == kind)) for kind in range(len(EMOTIONS))}
            rows.append(held)
            taken.append(np.array([generator.choice(pools[int(vectors.emotion[row])]) for row in held]))
    return np.concatenate(rows), np.concatenate(taken)


def _trained(recipe: Recipe, rows: Rows, seed: int) -> Half:
    if isinstance(recipe, adversarial.Recipe):
        return Half.of_generator(adversarial.train(rows, recipe, seed), rows)
    return Half.of_decoder(autoencoder.train(rows, recipe, seed), rows)


def _heard(half: Half) -> Half:
    """A voice that draws neutral where an emotion was never heard."""
    for emotion in UNHEARD:
        half = half.with_kind_of(EMOTIONS.index(emotion), EMOTIONS.index(Emotion.NEUTRAL))
    return half
