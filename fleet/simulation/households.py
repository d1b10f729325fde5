"""Simulated households, no two alike, made from held-out predictions of our real models. Nobody's data is in them.

A household has a mix of feelings, some of the senses, and disturbances of its own: a television that the microphone
hears, a guest whose face is seen, sentences that are about somebody else. What a sense says in a moment is a real
prediction: of an item with the label that is felt, or, disturbed, of any item. People say now and then that they were
read right or wrong, and sometimes name the wrong feeling. All of it follows from the seed and the household's number.

What is assumed is in ``World``, and is an assumption: nobody has measured it in a thousand homes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import EMOTIONS, Emotion, Sense
from edge.errors import InputError
from edge.learning.federated.examples import HELD, WIDTH, Example, batch_of
from edge.learning.federated.head import nothing
from edge.learning.federated.loss import Batch, predict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.understanding.fusion import Pool
    from fleet.simulation.predictions import Predictions

    Floats = NDArray[np.float64]

SENSES = tuple(Sense)
KINDS = len(EMOTIONS)
SURPRISE = EMOTIONS.index(Emotion.SURPRISE)
Beta = tuple[float, float]


@dataclass(frozen=True, slots=True)
class World:
    """What homes are assumed to be like; by sense in the order face, voice, text.

    Attributes:
        mix: concentration of the Dirichlet distribution that a household's mix of feelings is drawn from, around how
            often labels come in the sets of faces and sentences; smaller: households differ more.
        has: chance that a household has the sense at all; one it has always.
        speaks: chance that it says something in a moment.
        disturbed: (a, b) of the Beta distribution of the part of its Readings that are of something else.
        moments: mean of how many moments a household could say something of; they differ by a lognormal factor.
        spread: deviation of the logarithm of that factor.
        corrects: chance that "you got me wrong" is said when it is so.
        confirms: chance that "that helped" is said when the State was right; a fifth of it when it was wrong.
        misnamed: part of the corrections that name another feeling than the true one.
    """

    mix: float = 6.0
    has: tuple[float, float, float] = (0.8, 0.9, 0.8)
    speaks: tuple[float, float, float] = (0.8, 0.7, 0.6)
    disturbed: tuple[Beta, Beta, Beta] = ((1.0, 19.0), (2.0, 4.0), (2.0, 8.0))
    moments: float = 60.0
    spread: float = 0.5
    corrects: float = 0.3
    confirms: float = 0.15
    misnamed: float = 0.05


HOME = World()
"""Microphones hear the television a third of the time, a sentence in five is about somebody else."""
STUDIO = World(disturbed=((1.0, 32.0), (1.0, 32.0), (1.0, 32.0)))
"""As the pool was fitted: 3 % of what a sense says is nonsense. There should be little to learn."""
WORLDS = {"home": HOME, "studio": STUDIO}


@dataclass(frozen=True, slots=True)
class Household:
    """Its examples, to learn from and held out, and what it felt in other moments, to measure by."""

    learn: Batch
    held: Batch


def shares(said: Predictions) -> Floats:
    """(7,) how often each label comes in the sets of faces and sentences."""
    counts = [np.bincount(said[sense].truth, minlength=KINDS) for sense in (Sense.FACE, Sense.TEXT)]
    return np.asarray(sum((count / count.sum() for count in counts), np.zeros(KINDS)) / len(counts))


def household(said: Predictions, base: Pool, world: World, seed: int, number: int) -> Household:
    """The household of that number: ``base`` is what its device told its people before anything was learned."""
    random = np.random.default_rng((seed, number))
    batch = _moments(said, world, random, _many(world, random))
    told = predict(nothing(), base, batch).argmax(axis=1)
    right = told == batch.truth
    drawn = random.random(len(batch))
    corrected = ~right & (drawn < world.corrects)
    confirmed = drawn > 1 - np.where(right, world.confirms, world.confirms / 5)
    named = np.where(random.random(len(batch)) < world.misnamed, random.integers(0, KINDS, len(batch)), batch.truth)
    examples = [
        Example(_evidence(batch, int(row)), EMOTIONS[told[row] if confirmed[row] else named[row]], bool(confirmed[row]))
        for row in np.flatnonzero(confirmed | (corrected & (named != told)))
    ]
    return Household(
        batch_of([one for place, one in enumerate(examples) if (place + 1) % HELD]),
        batch_of(examples[HELD - 1 :: HELD]),
    )


def measured(said: Predictions, world: World, seed: int, number: int, moments: int) -> Batch:
    """Moments of a household with what was truly felt in them, for measuring; it says nothing of them."""
    return _moments(said, world, np.random.default_rng((seed, number)), moments)


def joined(batches: Sequence[Batch]) -> Batch:
    """One batch of several. Raises InputError where there is none."""
    if not batches:
        problem = "there is no household to measure by"
        raise InputError(problem, "Give --unseen of at least 1")
    return Batch(*(np.concatenate([getattr(one, name) for one in batches]) for name in Batch.__slots__))


def _many(world: World, random: np.random.Generator) -> int:
    factor = np.exp(random.normal(-(world.spread**2) / 2, world.spread))
    return max(1, int(random.poisson(world.moments * factor)))


def _moments(said: Predictions, world: World, random: np.random.Generator, count: int) -> Batch:
    mix = random.dirichlet(world.mix * shares(said) + 1e-3)
    has = random.random(len(SENSES)) < world.has
    if not has.any():
        has[random.integers(len(SENSES))] = True
    disturbed = [random.beta(*beta) for beta in world.disturbed]
    truth = random.choice(KINDS, count, p=mix)
    probabilities = np.zeros((count, len(SENSES), KINDS))
    quality = np.zeros((count, len(SENSES)))
    standing = np.zeros((count, len(SENSES)))
    for place, sense in enumerate(SENSES):
        of = said[sense]
        other = random.random(count) < disturbed[place]
        # No set has a surprised voice: any other stands in its place, since the voice tells nothing of surprise.
        rows = np.array(
            [
                random.choice(of.rows[label]) if len(of.rows[label]) and not off else random.integers(len(of.truth))
                for label, off in zip(truth, other, strict=True)
            ]
        )
        probabilities[:, place], quality[:, place] = of.probabilities[rows], of.quality[rows]
        standing[:, place] = has[place] & (random.random(count) < world.speaks[place])
    silent = standing.sum(axis=1) == 0
    standing[silent, int(np.flatnonzero(has)[0])] = 1.0  # a moment without any sense is none
    return Batch(probabilities, quality, standing, truth.astype(np.int64), np.ones(count))


def _evidence(batch: Batch, row: int) -> np.ndarray:
    said = np.concatenate([batch.probabilities[row], batch.quality[row][:, None], batch.standing[row][:, None]], axis=1)
    return np.where(batch.standing[row][:, None] > 0, said, 0).astype(np.float32).reshape(WIDTH)
