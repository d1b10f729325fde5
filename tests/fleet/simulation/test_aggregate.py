"""The strategies in numpy: as Flower's where they are the same, and what the noise on a trimmed mean relies on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import InputError
from fleet.simulation.aggregate import NAMES, Strategy

RANDOM = np.random.default_rng(8)
UPDATES = RANDOM.normal(0, 0.1, (20, 12)).astype(np.float32).astype(np.float64)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_as_flowers(name: str) -> None:
    pytest.importorskip("flwr", reason="the extra fleet is not installed")
    from fleet.coordinator.flower import aggregate
    from fleet.coordinator.settings import StrategySection
    from fleet.coordinator.store import Accepted

    settings = StrategySection(name=name)  # type: ignore[arg-type]
    ours, optimiser = Strategy(name), None  # type: ignore[arg-type]
    for results in range(3):
        updates = [Accepted(1, f"d{row}", f"{row}", 1, one.astype(np.float32)) for row, one in enumerate(UPDATES)]
        theirs = aggregate(settings, updates, optimiser=optimiser, results=results)
        optimiser = theirs.optimiser
        assert ours.step(UPDATES) == pytest.approx(theirs.change, rel=1e-5, abs=1e-9)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.1, 0.3]))
def test_a_trimmed_mean_moves_by_no_more_than_the_noise_covers(seed: int, trim: float) -> None:
    random = np.random.default_rng(seed)
    updates, strategy = random.normal(0, 1, (12, 5)), Strategy("trimmed-mean", trim=trim)
    other = updates.copy()
    other[random.integers(12)] += random.normal(0, 10, 5)
    moved = np.linalg.norm(strategy.step(updates) - strategy.step(other))
    assert moved <= np.linalg.norm(updates - other) / strategy.counted(12) + 1e-12


def test_noise_is_what_was_asked_for_over_those_that_count() -> None:
    still, random = np.zeros((50, 4000)), np.random.default_rng(1)
    for name, counted in (("fedavg", 50), ("trimmed-mean", 36)):
        found = Strategy(name).step(still, 4.0, 0.5, random)  # type: ignore[arg-type]
        assert found.std() == pytest.approx(4.0 * 0.5 / counted, rel=0.1)


def test_noise_with_krum_is_refused() -> None:
    with pytest.raises(InputError, match="whose result jumps"):
        Strategy("krum").step(UPDATES, 1.0)


def test_krum_and_the_trimmed_mean_leave_out_who_is_far_off() -> None:
    spoiled = UPDATES.copy()
    spoiled[:3] = 50.0
    for name in ("krum", "trimmed-mean"):
        assert np.abs(Strategy(name).step(spoiled)).max() < 1
    assert np.abs(Strategy("fedavg").step(spoiled)).max() > 5
