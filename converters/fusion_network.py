"""The rivals of the pool: small networks trained on all senses together, with modality dropout. Plain numpy.

- ``decisions``: sees what the pool sees, each sense's log-probabilities and quality.
- ``features``: sees what the senses know before they decide: cues in their units, finer labels, valence and arousal.
- ``canonical``: first learns a projection of each sense's features so that those of one trio correlate (deep canonical
  correlation: Andrew, Arora, Bilmes & Livescu, ICML 2013, here over the three pairs), then a network on these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from converters.calibration import fit_temperature, softmax
from converters.fusion_sets import KINDS, SENSES, lessons
from edge.understanding.fusion import FLOOR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from converters.fusion_readings import Heard
    from converters.fusion_sets import Trios
    from edge.affect import Sense

    Floats = NDArray[np.float64]
    View = Callable[[Trios], list[Floats]]
    Predict = Callable[[Trios], Floats]

HIDDEN, WIDTH = 32, 8
"""Units of a hidden layer; numbers of a projection."""
EPOCHS, BATCH, RATE = 30, 256, 3e-3
DECAY = 1e-4
"""Of the weights, as Loshchilov & Hutter (2019) decouple it from the gradient."""
CCA_STEPS, CCA_RIDGE = 200, 1e-3
DROPOUT = 0.25
"""Chance that a whole sense is left out of a lesson while it is learnt, beside those that the lessons leave out."""


class Network:
    """Dense, ReLU, dense. ``run`` gives (n, out) for (n, in)."""

    def __init__(self, given: int, out: int, random: np.random.Generator, hidden: int = HIDDEN) -> None:
        self.arrays = [
            random.normal(0, np.sqrt(2 / given), (given, hidden)),
            np.zeros(hidden),
            random.normal(0, np.sqrt(1 / hidden), (hidden, out)),
            np.zeros(out),
        ]
        self._hidden: Floats = np.zeros((0, hidden))

    @property
    def size(self) -> int:
        """Number of parameters."""
        return sum(array.size for array in self.arrays)

    def run(self, given: Floats) -> Floats:
        """Outputs; the hidden layer is kept for ``slopes``."""
        first, bias, second, last = self.arrays
        self._hidden = np.maximum(given @ first + bias, 0.0)
        return np.asarray(self._hidden @ second + last)

    def slopes(self, given: Floats, back: Floats) -> list[Floats]:
        """Gradients of the arrays for that of the outputs of the last ``run``."""
        to_hidden = (back @ self.arrays[2].T) * (self._hidden > 0)
        return [given.T @ to_hidden, to_hidden.sum(axis=0), self._hidden.T @ back, back.sum(axis=0)]


class Adam:
    """Kingma & Ba (2015) over a list of arrays, in place, with decoupled decay."""

    def __init__(self, arrays: list[Floats]) -> None:
        self._arrays = arrays
        self._means = [np.zeros_like(array) for array in arrays]
        self._squares = [np.zeros_like(array) for array in arrays]
        self._step = 0

    def step(self, slopes: list[Floats], rate: float) -> None:
        """One step downhill."""
        self._step += 1
        for array, slope, mean, square in zip(self._arrays, slopes, self._means, self._squares, strict=True):
            mean[...] = 0.9 * mean + 0.1 * slope
            square[...] = 0.999 * square + 0.001 * slope**2
            spread = np.sqrt(square / (1 - 0.999**self._step)) + 1e-8
            array[...] -= rate * (mean / (1 - 0.9**self._step) / spread + DECAY * array)


@dataclass(frozen=True, slots=True)
class Rival:
    """A trained network: trios → (n, 7) probabilities."""

    name: str
    parameters: int
    predict: Predict


def decisions(heard: Mapping[Sense, Heard], number: int, seed: int) -> Rival:
    """The network on what the senses say."""

    def view(trios: Trios) -> list[Floats]:
        logs = np.log(np.maximum(trios.probabilities, FLOOR)) / 2 + 1
        return [np.column_stack([logs[:, place], trios.quality[:, place]]) for place in range(len(SENSES))]

    return _trained("network on decisions", view, lessons(heard, number, seed), seed)


def features(heard: Mapping[Sense, Heard], items: Mapping[Sense, Heard], number: int, seed: int) -> tuple[Rival, Rival]:
    """The networks on what the senses know, plain and over canonical projections.

    Args:
        heard: what they are trained on.
        items: whose features are looked up when they predict; see ``Trios.items``.
        number: of lessons.
        seed: of all that is drawn.
    """
    centres = {sense: heard[sense].features.mean(axis=0) for sense in SENSES}
    spreads = {sense: heard[sense].features.std(axis=0) + 1e-6 for sense in SENSES}

    def viewing(source: Mapping[Sense, Heard]) -> View:
        def view(trios: Trios) -> list[Floats]:
            random = np.random.default_rng(seed)
            found = []
            for place, sense in enumerate(SENSES):
                rows = trios.items[:, place]
                values = (source[sense].features[np.maximum(rows, 0)] - centres[sense]) / spreads[sense]
                made_up = random.normal(size=values.shape)
                found.append(np.clip(np.where(rows[:, None] < 0, made_up, values), -4, 4))
            return found

        return view

    trios = lessons(heard, number, seed)
    plain = _trained("network on features", viewing(heard), trios, seed, viewing(items))
    project, extra = _canonical(viewing(heard)(trios), trios, seed)
    canonical = _trained(
        "network on canonical projections",
        lambda some: project(viewing(heard)(some)),
        trios,
        seed,
        lambda some: project(viewing(items)(some)),
    )
    return plain, Rival(canonical.name, canonical.parameters + extra, canonical.predict)


def _trained(name: str, view: View, trios: Trios, seed: int, at_test: View | None = None) -> Rival:
    """A network on the senses side by side; one that is missing is all zeros and says so."""
    random = np.random.default_rng(seed)
    sides = view(trios)
    network = Network(sum(side.shape[1] + 1 for side in sides), KINDS, random)
    kept = np.arange(len(trios)) % 10 > 0
    rows, held = np.flatnonzero(kept), np.flatnonzero(~kept)
    adam = Adam(network.arrays)
    steps = EPOCHS * (len(rows) // BATCH)
    for step in range(steps):
        some = random.choice(rows, BATCH, replace=False)
        present = trios.present[some] * (random.random((BATCH, len(SENSES))) >= DROPOUT)
        given = _side_by_side([side[some] for side in sides], present)
        back = softmax(network.run(given))
        back[np.arange(BATCH), trios.truth[some]] -= 1
        adam.step(network.slopes(given, back / BATCH), RATE * 0.5 * (1 + np.cos(np.pi * step / steps)))
    logits = network.run(_side_by_side([side[held] for side in sides], trios.present[held]))
    temperature = fit_temperature(logits, trios.truth[held])
    look = at_test or view

    def predict(some: Trios) -> Floats:
        return softmax(network.run(_side_by_side(look(some), some.present)), temperature)

    return Rival(name, network.size, predict)


def _side_by_side(sides: list[Floats], present: Floats) -> Floats:
    return np.column_stack(
        [np.column_stack([side, np.ones(len(side))]) * present[:, [k]] for k, side in enumerate(sides)]
    )


def _canonical(sides: list[Floats], trios: Trios, seed: int) -> tuple[Callable[[list[Floats]], list[Floats]], int]:
    """Projections of WIDTH numbers each, and how many parameters they have. Only true trios are learnt from."""
    random = np.random.default_rng(seed)
    true = np.flatnonzero((trios.items >= 0).all(axis=1))
    networks = [Network(side.shape[1], WIDTH, random) for side in sides]
    adams = [Adam(network.arrays) for network in networks]
    for _ in range(CCA_STEPS):
        some = random.choice(true, min(2000, len(true)), replace=False)
        given = [side[some] for side in sides]
        out = [network.run(one) for network, one in zip(networks, given, strict=True)]
        back = [np.zeros_like(one) for one in out]
        for left in range(len(sides)):
            for right in range(left + 1, len(sides)):
                to_left, to_right = correlation_slopes(out[left], out[right])
                back[left] -= to_left
                back[right] -= to_right
        for network, adam, one, slope in zip(networks, adams, given, back, strict=True):
            adam.step(network.slopes(one, slope), RATE)
    outs = [network.run(side[true]) for network, side in zip(networks, sides, strict=True)]
    moments = [(one.mean(axis=0), one.std(axis=0) + 1e-6) for one in outs]

    def project(values: list[Floats]) -> list[Floats]:
        return [
            (network.run(one) - mean) / spread
            for network, one, (mean, spread) in zip(networks, values, moments, strict=True)
        ]

    return project, sum(network.size for network in networks)


def correlation_slopes(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Gradients of the sum of canonical correlations of (n, a) and (n, b): Andrew et al. (2013), section 3."""
    rows = len(left) - 1
    one, two = left - left.mean(axis=0), right - right.mean(axis=0)
    root_one = _inverse_root(one.T @ one / rows + CCA_RIDGE * np.eye(one.shape[1]))
    root_two = _inverse_root(two.T @ two / rows + CCA_RIDGE * np.eye(two.shape[1]))
    u, d, v = np.linalg.svd(root_one @ (one.T @ two / rows) @ root_two, full_matrices=False)
    across = root_one @ (u @ v) @ root_two
    within_one = -0.5 * root_one @ (u * d) @ u.T @ root_one
    within_two = -0.5 * root_two @ (v.T * d) @ v @ root_two
    return (2 * one @ within_one + two @ across.T) / rows, (2 * two @ within_two + one @ across) / rows


def total_correlation(left: Floats, right: Floats) -> float:
    """The sum of the canonical correlations of (n, a) and (n, b)."""
    rows = len(left) - 1
    one, two = left - left.mean(axis=0), right - right.mean(axis=0)
    root_one = _inverse_root(one.T @ one / rows + CCA_RIDGE * np.eye(one.shape[1]))
    root_two = _inverse_root(two.T @ two / rows + CCA_RIDGE * np.eye(two.shape[1]))
    return float(np.linalg.svd(root_one @ (one.T @ two / rows) @ root_two, compute_uv=False).sum())


def _inverse_root(matrix: Floats) -> Floats:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors / np.sqrt(np.maximum(values, 1e-9))) @ vectors.T)
