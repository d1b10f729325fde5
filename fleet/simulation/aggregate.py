"""Many updates become one step for the head: in numpy, for simulations without Flower, and for noise on a trimmed mean.

FedAvg (McMahan et al., AISTATS 2017), FedAdam (Reddi et al., ICLR 2021), the coordinate-wise trimmed mean (Yin et al.,
ICML 2018) and Multi-Krum (Blanchard et al., NeurIPS 2017). A test compares each with Flower's.

Central noise: the mean of n updates moves by at most 2·clip/n when one update is another. A trimmed mean that leaves
out k of n at both ends is, in each number, a continuous and piecewise linear function of each update, with a slope of 0
or 1/(n − 2k). So in each number it moves by at most 1/(n − 2k) of what the update moves by, and in length by at most
2·clip/(n − 2k): noise of deviation z·clip/(n − 2k) makes it the same Gaussian mechanism. Krum jumps, and has no such
bound.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from edge.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Name = Literal["fedavg", "fedadam", "trimmed-mean", "krum"]
NAMES: tuple[Name, ...] = ("fedavg", "fedadam", "trimmed-mean", "krum")


@dataclass(slots=True)
class Strategy:
    """Stateful for FedAdam alone.

    Attributes:
        name: which.
        trim: trimmed mean: part that is left out at each end.
        poisoners: Krum: part of the updates that are expected to be.
        rate: FedAdam: length of a step.
        beta_1, beta_2, tau: FedAdam: memory of mean and square, and least divisor.
    """

    name: Name = "trimmed-mean"
    trim: float = 0.15
    poisoners: float = 0.15
    rate: float = 0.1
    beta_1: float = 0.9
    beta_2: float = 0.99
    tau: float = 1e-3
    _moments: tuple[Floats, Floats] | None = field(default=None, init=False)
    _steps: int = field(default=0, init=False)

    def counted(self, updates: int) -> int:
        """How many of so many updates are averaged in each number."""
        if self.name == "trimmed-mean":
            return updates - 2 * int(self.trim * updates)
        return updates - int(self.poisoners * updates) if self.name == "krum" else updates

    def step(
        self, updates: Floats, noise: float = 0.0, clip: float = 1.0, random: np.random.Generator | None = None
    ) -> Floats:
        """(size,) what is added to the head.

        Args:
            updates: (n, size).
            noise: deviation in the sum, in clips, that is added centrally; 0: none.
            clip: most that an update may be long.
            random: where noise comes from.

        Raises:
            InputError: noise with Krum, which is of no use.
        """
        if noise and self.name == "krum":
            problem = "the coordinator's noise protects nobody with the strategy krum, whose result jumps"
            raise InputError(problem, "Use fedavg or trimmed-mean, or let the devices add the noise")
        mean = self._mean(updates)
        if noise:
            source = random or np.random.default_rng()
            mean = mean + source.normal(0.0, noise * clip / self.counted(len(updates)), mean.shape)
        return self._adam(mean) if self.name == "fedadam" else mean

    def _mean(self, updates: Floats) -> Floats:
        if self.name == "trimmed-mean":
            cut = int(self.trim * len(updates))
            return np.asarray(np.sort(updates, axis=0)[cut : len(updates) - cut].mean(axis=0))
        if self.name == "krum":
            return np.asarray(updates[self._nearest(updates)].mean(axis=0))
        return np.asarray(updates.mean(axis=0))

    def _nearest(self, updates: Floats) -> NDArray[np.int64]:
        far = int(self.poisoners * len(updates))
        squares = (updates**2).sum(axis=1)
        distances = np.maximum(squares[:, None] + squares - 2 * updates @ updates.T, 0.0)
        np.fill_diagonal(distances, 0.0)
        near = max(1, len(updates) - far - 2)
        scores = np.sort(distances, axis=1)[:, 1 : near + 1].sum(axis=1)
        return np.argsort(scores, kind="stable")[: len(updates) - far]

    def _adam(self, mean: Floats) -> Floats:
        self._steps += 1
        first, second = self._moments or (np.zeros_like(mean), np.zeros_like(mean))
        first = self.beta_1 * first + (1 - self.beta_1) * mean
        second = self.beta_2 * second + (1 - self.beta_2) * mean**2
        self._moments = (first, second)
        # the correction of Kingma & Ba, ICLR 2015, before section 2.1: both memories begin at zero
        rate = self.rate * np.sqrt(1 - self.beta_2**self._steps) / (1 - self.beta_1**self._steps)
        return np.asarray(rate * first / (np.sqrt(second) + self.tau))
