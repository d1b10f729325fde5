"""A trained half of the generator, voice or face, as plain numbers: drawn from without TensorFlow, kept in one file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.arrays import read, replaced
from converters.expression.rows import one_hot
from edge.affect import EMOTIONS
from edge.errors import InputError
from edge.response.drawn import HALF, PARTS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from converters.expression.rows import Rows

    Floats = NDArray[np.float32]

LAYERS = 3


@dataclass(frozen=True, slots=True)
class Half:
    """An MLP from noise and emotion to a vector.

    Attributes:
        kernels: (HALF + kinds, hidden), (hidden, hidden), (hidden, PARTS); the last PARTS rows of the noise are zero
            where that is added to the vector.
        biases: of the same layers.
        spread: (kinds, PARTS) by which the last PARTS numbers of the noise are multiplied and added; zero where the
            noise has no such part.
    """

    kernels: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    spread: Floats

    def draw(self, noise: Floats, kinds: NDArray[np.int64]) -> Floats:
        """(n, PARTS) vectors for noise (n, HALF) and indices into EMOTIONS (n,)."""
        emotion = one_hot(kinds)
        hidden = np.concatenate([noise, emotion], axis=1).astype(np.float32)
        for place, (kernel, bias) in enumerate(zip(self.kernels, self.biases, strict=True)):
            hidden = hidden @ kernel + bias
            if place < LAYERS - 1:
                hidden = np.maximum(hidden, 0)
        return np.asarray(hidden + noise[:, -PARTS:] * (emotion @ self.spread), np.float32)

    @classmethod
    def of_generator(cls, model: Any, rows: Rows) -> Half:  # noqa: ANN401 - tf_keras has no types
        """Of ``converters.expression.networks.generator``; gives vectors in the units of the rows."""
        weights = model.get_weights()
        return cls._scaled(weights, np.zeros((len(EMOTIONS), PARTS), np.float32), rows)

    @classmethod
    def of_decoder(cls, model: Any, rows: Rows) -> Half:  # noqa: ANN401 - tf_keras has no types
        """Of ``converters.expression.networks.decoder``: latent and observation noise are one noise."""
        weights = model.get_weights()
        (place,) = [index for index, weight in enumerate(weights) if weight.shape == (len(EMOTIONS), PARTS)]
        spread = np.exp(weights.pop(place)) * rows.deviation
        first = weights[0]
        latent = HALF - PARTS
        weights[0] = np.concatenate([first[:latent], np.zeros((PARTS, first.shape[1]), np.float32), first[latent:]])
        return cls._scaled(weights, spread, rows)

    @classmethod
    def _scaled(cls, weights: list[Floats], spread: Floats, rows: Rows) -> Half:
        kernels, biases = weights[0::2], weights[1::2]
        kernels[-1] = kernels[-1] * rows.deviation
        biases[-1] = biases[-1] * rows.deviation + rows.mean
        return cls(tuple(kernels), tuple(biases), spread.astype(np.float32))

    def with_kind_of(self, unheard: int, instead: int) -> Half:
        """The same half, which draws of ``unheard`` what it draws of ``instead``: places in EMOTIONS."""
        first, spread = self.kernels[0].copy(), self.spread.copy()
        first[HALF + unheard] = first[HALF + instead]
        spread[unheard] = spread[instead]
        return Half((first, *self.kernels[1:]), self.biases, spread)

    def numbers(self) -> tuple[Floats, ...]:
        """All arrays."""
        return (*self.kernels, *self.biases, self.spread)

    def save(self, path: Path, recipe: str) -> None:
        """Write the file ``path``; ``recipe`` says what it was made with."""
        path.parent.mkdir(parents=True, exist_ok=True)
        named: dict[str, Any] = {f"kernel_{place}": kernel for place, kernel in enumerate(self.kernels)}
        named |= {f"bias_{place}": bias for place, bias in enumerate(self.biases)}
        named |= {"spread": self.spread, "recipe": np.array(recipe)}
        replaced(path, lambda part: np.savez_compressed(part, **named))

    @classmethod
    def load(cls, path: Path, recipe: str) -> Half:
        """The half in ``path``. Raises InputError where it was made with another recipe, or is none."""
        found = read(path)
        try:
            made = str(found["recipe"])
            kernels = tuple(found[f"kernel_{place}"] for place in range(LAYERS))
            biases = tuple(found[f"bias_{place}"] for place in range(LAYERS))
            half = cls(kernels, biases, found["spread"])
        except KeyError as error:
            problem = f"{path} has no {error}, so it is no trained half"
            raise InputError(problem, "Remove it and train again") from None
        if made != recipe:
            problem = f"{path} was trained with {made}, now it is {recipe}"
            raise InputError(problem, "Remove it, or choose another folder with --runs")
        return half


def noise_of(count: int, generator: np.random.Generator, farthest: float) -> Floats:
    """(count, HALF) standard normal, cut off at ``farthest`` as the device's is."""
    return np.asarray(generator.standard_normal((count, HALF)).clip(-farthest, farthest), np.float32)
