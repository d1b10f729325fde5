"""The head in the pool: nothing where it is zero, the same on the device and in the fit, and never out of bounds."""

from __future__ import annotations

import numpy as np
import pytest

from edge.affect import Emotion, Sense
from edge.errors import FleetError
from edge.learning.federated.examples import HELD, RIGHT, batch_of, example_of
from edge.learning.federated.head import MOST, SIZE, checked, nothing, pool_of
from edge.learning.federated.local import Steps, clipped, learned
from edge.learning.federated.loss import Problem, mean_loss, predict
from edge.understanding.fusion import Pool, heard, pool, weigh
from tests.edge.learning.federated_support import BASE, examples, reading

ALL = frozenset(Sense)


def test_a_head_of_zero_is_the_shipped_pool_itself() -> None:
    assert pool_of(nothing(), BASE) is BASE


def test_a_head_is_a_few_hundred_numbers() -> None:
    assert SIZE == nothing().size == 203


@pytest.mark.parametrize("seed", range(4))
def test_the_device_says_what_the_fit_computes(seed: int) -> None:
    random = np.random.default_rng(seed)
    head = random.normal(0, 0.7, SIZE).astype(np.float32)
    by = pool_of(head, BASE)
    said = {sense: reading(sense, label) for label, sense in enumerate(Sense, start=3)}
    evidence = weigh(heard(said, by), {Sense.FACE: 1.0, Sense.VOICE: 0.6, Sense.TEXT: 1.3}, 500_000_000)
    example = example_of(evidence, Emotion.SAD, ALL, confirmed=False)
    assert example is not None
    found = predict(head, BASE, batch_of([example]))[0]
    assert found == pytest.approx(pool(evidence, by).probabilities, abs=1e-6)


def test_an_example_without_a_head_is_told_as_the_shipped_pool_tells_it() -> None:
    evidence = weigh(heard({Sense.TEXT: reading(Sense.TEXT, 0)}, BASE), dict.fromkeys(Sense, 1.0), 0)
    example = example_of(evidence, Emotion.ANGRY, ALL, confirmed=True)
    assert example is not None
    assert predict(nothing(), BASE, batch_of([example]))[0] == pytest.approx(pool(evidence, BASE).probabilities)


def test_the_gradient_is_the_slope_of_the_loss() -> None:
    random = np.random.default_rng(5)
    head, problem = random.normal(0, 0.5, SIZE), Problem(BASE, batch_of(examples(9)))
    slope, weight = problem.gradient(head), problem.batch.weight
    for place in range(0, SIZE, 7):
        step = np.zeros(SIZE)
        step[place] = 1e-5
        by_hand = float(weight @ problem.losses(head + step) - weight @ problem.losses(head - step)) / 2e-5
        assert slope[place] == pytest.approx(by_hand, abs=1e-6)


def test_what_a_household_says_is_learned() -> None:
    batch = batch_of(examples(60))
    head = learned(nothing(), BASE, batch, Steps(60, 0.5, 0.01))
    fresh = batch_of(examples(200, seed=1))
    assert mean_loss(head, BASE, fresh) < mean_loss(nothing(), BASE, fresh) - 0.1
    assert pool_of(head, BASE).trusts[Sense.VOICE].reliability < BASE.trusts[Sense.VOICE].reliability
    assert isinstance(pool_of(head, BASE), Pool)


def test_the_pull_holds_a_head_near_where_it_began() -> None:
    batch = batch_of(examples(30))
    loose, tight = (np.linalg.norm(learned(nothing(), BASE, batch, Steps(60, 0.5, pull))) for pull in (0.01, 0.5))
    assert 0 < tight < loose / 2


def test_without_examples_nothing_is_learned() -> None:
    start = np.full(SIZE, 0.25, np.float32)
    assert np.array_equal(learned(start, BASE, batch_of([])), start)


def test_an_update_is_never_longer_than_the_clip_and_zero_stays_zero() -> None:
    long = np.arange(SIZE, dtype=np.float64)
    assert np.linalg.norm(clipped(long, 0.5)) == pytest.approx(0.5)
    assert clipped(long, 0.5) @ long == pytest.approx(0.5 * np.linalg.norm(long))  # the direction stays
    assert np.array_equal(clipped(np.full(4, 0.01), 0.5), np.full(4, 0.01))
    assert not clipped(np.zeros(SIZE), 0.5).any()


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (np.zeros(SIZE - 1), "wanted is"),
        (np.full(SIZE, np.nan), "has nan at place 0"),
        (np.full(SIZE, MOST * 1.01), "allowed is -12 to 12"),
    ],
)
def test_what_is_no_head_is_refused(head: np.ndarray, told: str) -> None:
    with pytest.raises(FleetError, match=told):
        checked(head)


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_head_at_its_bounds_still_gives_probabilities(sign: int) -> None:
    head = np.full(SIZE, sign * MOST, np.float32)
    by = pool_of(head, BASE)
    evidence = weigh(heard({Sense.FACE: reading(Sense.FACE, 3, 0.999)}, by), dict.fromkeys(Sense, 1.0), 0)
    told = pool(evidence, by).probabilities
    assert sum(told) == pytest.approx(1)
    assert all(np.isfinite(told))


def test_only_what_may_be_kept_is_in_an_example() -> None:
    said = {Sense.FACE: reading(Sense.FACE, 3), Sense.VOICE: reading(Sense.VOICE, 4)}
    evidence = weigh(heard(said, BASE), dict.fromkeys(Sense, 1.0), 0)
    face = example_of(evidence, Emotion.SAD, frozenset({Sense.FACE}), confirmed=False)
    assert face is not None
    assert face.senses == 1
    assert not face.evidence[9:].any()
    assert example_of(evidence, Emotion.SAD, frozenset({Sense.TEXT}), confirmed=False) is None


def test_corrections_that_come_too_often_do_not_count_for_more() -> None:
    many = [one for one in examples(80) if not one.confirmed][:9] + [one for one in examples(80) if one.confirmed][:3]
    weight = batch_of(many).weight
    assert weight.sum() == pytest.approx(12)
    assert weight[9:].sum() == pytest.approx(12 * RIGHT)
    assert batch_of(many[:9]).weight.sum() == pytest.approx(9 * (1 - RIGHT))
    assert HELD == 3
