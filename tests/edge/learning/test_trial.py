"""A new head is in use only while it does no worse on what the household itself said."""

from __future__ import annotations

import numpy as np
import pytest

from edge.learning.federated.examples import batch_of
from edge.learning.federated.head import MOST, SIZE, nothing
from edge.learning.federated.local import Steps, learned
from edge.learning.federated.shelf import SHIPPED, Kept, MemoryShelf, Role
from edge.learning.federated.trial import LEAST_JUDGES, LEAST_OWN, Trial
from tests.edge.learning.federated_support import BASE, examples


def shelf(learn: int, held: int) -> MemoryShelf:
    """Of a household that gave so many examples."""
    return MemoryShelf(batch_of(examples(learn, seed=2)), batch_of(examples(held, seed=3)))


def good() -> Kept:
    """The head of a fleet whose voices say nothing, as here."""
    return Kept(1, learned(nothing(), BASE, batch_of(examples(300, seed=9)), Steps(60, 0.5, 0.01)))


def poisoned(number: int = 1) -> Kept:
    """The head of a fleet that was turned round."""
    return Kept(number, -6 * good().vector)


def test_a_head_that_helps_is_kept() -> None:
    on = shelf(0, 12)
    assert Trial(on, BASE).arrived(good()).kept
    assert Trial(on, BASE).in_use().round == 1


@pytest.mark.parametrize("vector", [poisoned().vector, np.random.default_rng(1).uniform(-MOST, MOST, SIZE)])
def test_a_poisoned_head_is_left_and_the_one_before_stays(vector: np.ndarray) -> None:
    on = shelf(0, 12)
    trial = Trial(on, BASE)
    trial.arrived(good())
    verdict = trial.arrived(Kept(2, vector.astype(np.float32)))
    assert not verdict.kept
    assert "held-out examples" in verdict.why
    assert trial.in_use().round == 1


def test_a_poisoned_head_that_nobody_could_judge_is_rolled_back_by_the_first_who_can() -> None:
    on = shelf(0, 0)
    trial = Trial(on, BASE)
    assert trial.arrived(poisoned()).kept
    assert trial.in_use().round == 1
    later = shelf(0, 4)
    for role in (Role.FLEET, Role.BEFORE):
        later.put(role, on.head(role))
    verdict = Trial(later, BASE).learned_more()
    assert verdict is not None
    assert not verdict.kept
    assert Trial(later, BASE).in_use() is SHIPPED


def test_a_head_that_did_well_long_enough_is_no_more_on_trial() -> None:
    on = shelf(0, 30)
    trial = Trial(on, BASE)
    trial.arrived(good())
    verdict = trial.learned_more()
    assert verdict is not None
    assert verdict.kept
    assert on.head(Role.BEFORE) is None
    assert trial.learned_more() is None


def test_a_head_of_its_own_needs_enough_examples() -> None:
    on = shelf(LEAST_OWN - 1, LEAST_JUDGES)
    assert not Trial(on, BASE).refit().kept
    assert on.head(Role.OWN) is None


def test_a_head_of_its_own_is_fitted_and_used_where_it_helps() -> None:
    on = shelf(60, 20)
    trial = Trial(on, BASE)
    assert trial.refit().kept
    assert trial.in_use() is on.head(Role.OWN)
    assert trial.in_use().vector.any()


def test_a_head_of_its_own_that_does_worse_than_the_fleets_is_not_used() -> None:
    random = np.random.default_rng(4)
    noise = batch_of(examples(60, seed=2))
    noise = type(noise)(noise.probabilities, noise.quality, noise.standing, random.integers(0, 7, 60), noise.weight)
    on = MemoryShelf(noise, batch_of(examples(30, seed=3)))
    trial = Trial(on, BASE)
    trial.arrived(good())
    on.put(Role.OWN, poisoned())
    assert not trial.refit().kept
    assert trial.in_use().round == 1
    assert on.head(Role.OWN) is None
