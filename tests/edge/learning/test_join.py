"""What leaves the device in a round: clipped, with the noise that was announced, and charged for."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
import pytest

from edge.learning.federated.examples import batch_of
from edge.learning.federated.head import SIZE, nothing
from edge.learning.federated.join import GRID, allowed, delta_of, noised, rho_of, update_of
from edge.learning.federated.messages import MOST_EXAMPLES, verify
from edge.privacy.accounting import epsilon_of
from tests.edge.learning.federated_support import BASE, DEVICE, announcement, examples, key_line

STILL = np.zeros(SIZE)


def test_an_update_is_as_long_as_the_clip_at_most_in_what_is_sent() -> None:
    one = announcement(clip=0.05)
    delta = delta_of(nothing(), BASE, batch_of(examples(30)), one)
    sent = update_of(delta, one, "pi-01", DEVICE, key_line(), count=30, delta_dp=1e-6).vector(SIZE)
    assert 0.049 < np.linalg.norm(sent.astype(np.float64)) <= 0.05


def test_where_the_coordinator_adds_the_noise_the_device_adds_none() -> None:
    delta = np.linspace(-0.01, 0.01, SIZE)
    assert noised(delta, announcement(noise="coordinator"), "coordinator") is delta


@pytest.mark.parametrize(("cohort", "noise"), [(100, 5.4), (400, 2.0)])
def test_each_device_adds_its_part_of_the_noise(cohort: int, noise: float) -> None:
    one = announcement(noise="devices", cohort=cohort, noise_multiplier=noise)
    found = noised(STILL, one, "fleet")
    wanted = noise * one.clip / sqrt(cohort)
    assert found.std() == pytest.approx(wanted, rel=0.25)  # 203 draws: five deviations
    assert not np.array_equal(found, noised(STILL, one, "fleet"))
    assert np.allclose(found / one.clip * GRID, np.rint(found / one.clip * GRID))


def test_who_trusts_nobody_adds_all_of_the_noise_and_stays_within_the_clip() -> None:
    drawn: list[float] = []

    def sample(variance: object) -> int:
        drawn.append(float(variance))  # type: ignore[arg-type]
        return 4000

    found = noised(STILL, announcement(noise="coordinator", noise_multiplier=3.0), "nobody", sample)
    assert drawn == [(3.0 * GRID) ** 2] * SIZE
    assert np.linalg.norm(found) == pytest.approx(0.5, rel=1e-5)


def test_rounding_to_the_grid_does_not_carry_an_update_beyond_the_clip() -> None:
    delta = np.full(SIZE, 0.5 / sqrt(SIZE))
    found = noised(delta, announcement(noise="devices"), "fleet", lambda _: 0)
    assert np.linalg.norm(found) <= 0.5
    assert found == pytest.approx(delta, rel=0.01)


def test_a_household_that_trusts_the_fleet_does_not_take_the_coordinators_word() -> None:
    assert not allowed(announcement(noise="coordinator"), "fleet")
    assert allowed(announcement(noise="devices"), "fleet")
    assert allowed(announcement(noise="coordinator"), "coordinator")
    assert allowed(announcement(noise="coordinator"), "nobody")


def test_what_is_charged_is_what_another_update_in_its_place_could_change() -> None:
    # (2 · clip)² / (2 · (z · clip)²)
    assert rho_of(announcement(noise_multiplier=4.0)) == pytest.approx(1 / 8)
    assert rho_of(announcement(noise_multiplier=0.0)) == inf
    update = update_of(STILL, announcement(), "pi-01", DEVICE, key_line(), count=4, delta_dp=1e-6)
    assert update.epsilon == pytest.approx(epsilon_of(2 / 5.4**2, 1e-6))
    verify(update, update.key)


def test_how_much_a_household_corrects_is_not_told_beyond_a_bound() -> None:
    update = update_of(STILL, announcement(), "pi-01", DEVICE, key_line(), count=900, delta_dp=1e-6)
    assert update.count == MOST_EXAMPLES
