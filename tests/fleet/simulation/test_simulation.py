"""A simulated fleet in this process: the very client code, poisoners, drop-outs, noise and a budget that ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest

from edge.errors import InputError
from edge.learning.federated.client import Client
from edge.learning.federated.messages import Update, read
from fleet.simulation import engine
from fleet.simulation.aggregate import Strategy
from fleet.simulation.device import Device, SimulatedBudget
from fleet.simulation.engine import Here, Plan, run, setup_of, unseen_of
from fleet.simulation.households import HOME, household, measured
from fleet.simulation.predictions import learners, load, strangers
from tests.fleet.simulation.support import BASE, content, written

if TYPE_CHECKING:
    from pathlib import Path

    from fleet.simulation.device import Setup
    from fleet.simulation.engine import Found
    from fleet.simulation.households import Household
    from fleet.simulation.predictions import Predictions

PLAN = Plan(devices=60, rounds=4, share=0.5, cohort=10, unseen=20, moments=20, every=1)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[Predictions, Predictions]:
    path = written(tmp_path_factory.mktemp("predictions") / "p.npz")
    return learners(path), strangers(path)


def simulated(said: tuple[Predictions, Predictions], plan: Plan = PLAN, **what: object) -> Found:
    """One run."""
    setup = setup_of(plan, BASE, 3, **what)
    return run(plan, setup, unseen_of(plan, said[1], 3), Here(setup, said[0], plan.world), lambda _: None)


def test_a_fleet_learns_what_its_homes_have_in_common(tmp_path: Path) -> None:
    swapped = np.roll(content()["voice_probabilities"], 1, axis=1)  # the voice always means another emotion
    path = written(tmp_path / "p.npz", voice_probabilities=swapped)
    plan = replace(PLAN, noise=0.0, share=1.0, rounds=16, unseen=60)
    found = simulated((learners(path), strangers(path)), plan)
    assert found.gain > 1
    assert [number for number, _ in found.accuracy] == list(range(1, 17))
    assert found.head.any()
    assert found.peak_mib > 20
    assert found.processor_s > 0


def test_the_same_seed_gives_the_same_head_and_another_another(said: tuple[Predictions, Predictions]) -> None:
    first, second = simulated(said), simulated(said)
    assert np.array_equal(first.head, second.head)
    setup = setup_of(PLAN, BASE, 4)
    other = run(PLAN, setup, unseen_of(PLAN, said[1], 4), Here(setup, said[0], PLAN.world), lambda _: None)
    assert not np.array_equal(first.head, other.head)


def test_devices_run_the_client_of_the_device(said: tuple[Predictions, Predictions]) -> None:
    device = Device(setup_of(PLAN, BASE, 3), 0, household(said[0], BASE, HOME, 3, 0))
    assert type(device.client) is Client


def test_the_budget_of_each_device_ends_its_joining(said: tuple[Predictions, Predictions]) -> None:
    found = simulated(said, replace(PLAN, rounds=10, share=1.0, noise=3.0))
    assert 7 < found.epsilon <= 8
    assert found.missed > 0  # when all have spent theirs there is no cohort
    assert simulated(said, replace(PLAN, noise=0.0)).epsilon == float("inf")


def test_without_a_cohort_no_head_is_made(said: tuple[Predictions, Predictions]) -> None:
    found = simulated(said, replace(PLAN, cohort=61))
    assert found.missed == PLAN.rounds
    assert not found.head.any()
    assert found.gain == 0


def test_devices_that_drop_out_are_fewer_and_nothing_else(said: tuple[Predictions, Predictions]) -> None:
    all_of, half = simulated(said), simulated(said, drop_out=0.5)
    assert 0.3 * all_of.joined < half.joined < 0.7 * all_of.joined
    assert not half.refused


@pytest.mark.parametrize("poison", ["sign-flip", "scaling", "label-flip", "collude"])
def test_poisoners_do_what_they_say_and_the_coordinator_cannot_tell(
    said: tuple[Predictions, Predictions], poison: str
) -> None:
    honest, spoiled = (setup_of(PLAN, BASE, 3, poison=poison, poisoners=part) for part in (0.0, 1.0))
    home = household(said[0], BASE, HOME, 3, 1)
    announcement = engine._announcement(PLAN, 1, np.zeros(203, np.float32))
    result = engine._result(0, np.zeros(203, np.float32), 0)
    sent = []
    for setup in (honest, spoiled):
        payload = replace_chance(setup, home).answer(announcement, announcement.payload(), result, announcement.opens_s)
        assert payload is not None
        sent.append(read(Update, payload).vector(203).astype(np.float64))
    cosine = sent[0] @ sent[1] / np.linalg.norm(sent[0]) / np.linalg.norm(sent[1])
    assert cosine == pytest.approx(-1) if poison in {"sign-flip", "scaling"} else cosine < 0.9
    assert np.linalg.norm(sent[1]) <= PLAN.clip * (1 + 1e-5)
    if poison in {"scaling", "collude"}:
        assert np.linalg.norm(sent[1]) == pytest.approx(PLAN.clip, rel=1e-3)


def replace_chance(setup: Setup, home: Household) -> Device:
    """A device that is always drawn."""
    device = Device(setup, 1, home)
    device.client._chance = lambda: 0.0
    return device


def test_the_trimmed_mean_bears_poisoners_that_the_mean_does_not(said: tuple[Predictions, Predictions]) -> None:
    # scaling poisoners are as many as the trim bears
    plans = [replace(PLAN, noise=0.0, rounds=6, share=1.0, strategy=Strategy(name, trim=0.3)) for name in MEANS]
    clean = [simulated(said, plan) for plan in plans]
    spoiled = [simulated(said, plan, poison="scaling", poisoners=0.25) for plan in plans]
    lost = [np.linalg.norm(one.head - other.head) for one, other in zip(clean, spoiled, strict=True)]
    assert lost[0] < lost[1]


MEANS: tuple[Literal["trimmed-mean", "fedavg"], ...] = ("trimmed-mean", "fedavg")


def test_the_halves_of_the_predictions_share_no_item(said: tuple[Predictions, Predictions]) -> None:
    for sense, one in said[0].items():
        assert len(one.truth) == len(said[1][sense].truth) == 70
        rows = {tuple(row) for row in np.column_stack([one.quality, one.truth])}
        assert not rows & {tuple(row) for row in np.column_stack([said[1][sense].quality, said[1][sense].truth])}


def test_households_differ_and_come_again_by_their_number(said: tuple[Predictions, Predictions]) -> None:
    homes = [household(said[0], BASE, HOME, 1, number) for number in (5, 5, 6)]
    assert np.array_equal(homes[0].learn.probabilities, homes[1].learn.probabilities)
    assert len(homes[0].learn) != len(homes[2].learn) or not np.array_equal(homes[0].learn.truth, homes[2].learn.truth)
    mixes = [np.bincount(measured(said[1], HOME, 1, number, 200).truth, minlength=7) / 200 for number in range(20)]
    assert np.std(mixes, axis=0).max() > 0.05


def test_every_moment_has_a_sense(said: tuple[Predictions, Predictions]) -> None:
    for number in range(20):
        assert (measured(said[0], HOME, 2, number, 50).standing.sum(axis=1) > 0).all()


def test_a_simulated_budget_is_as_strict_as_the_ledger() -> None:
    from edge.errors import BudgetError
    from edge.privacy.limits import Limits

    budget = SimulatedBudget(8.0)
    budget.spend(None, "update", Limits().rho_year)
    with pytest.raises(BudgetError, match="no room for round 3"):
        budget.spend(None, "update", 1e-6, 3)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"face_quality": None}, "has no face_quality"),
        ({"voice_truth": np.zeros(3, np.int8)}, "voice has the shapes"),
        ({"text_probabilities": content()["text_probabilities"] * 2}, "text has numbers that are no probabilities"),
        ({"face_truth": np.full(140, 7, np.int8)}, "face has numbers"),
    ],
)
def test_a_file_that_holds_no_predictions_is_refused(tmp_path: Path, changed: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        load(written(tmp_path / "p.npz", **changed))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.npz"
    for bytes_of in (b"", b"PK\x03\x04 cut", b"text"):
        path.write_bytes(bytes_of)
        with pytest.raises(InputError, match="cannot be read as predictions"):
            load(path)
