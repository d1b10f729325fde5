from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("flwr", reason="needs the extra fleet")
pytest.importorskip("sqlalchemy", reason="needs the extra fleet")

from scipy.stats import trim_mean

from fleet.coordinator.flower import SEED_BYTES, Noise, aggregate
from fleet.coordinator.settings import StrategySection
from fleet.coordinator.store import Accepted

SIZE = 30
SEED = bytes(range(SEED_BYTES))


def updates(count: int = 20, size: int = SIZE) -> list[Accepted]:
    chance = np.random.default_rng(4)
    return [
        Accepted(1, f"device-{number}", "", int(chance.integers(1, 60)), chance.normal(size=size).astype(np.float32))
        for number in range(count)
    ]


def stack(found: list[Accepted]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.stack([one.delta.astype(np.float64) for one in found])


def with_poison(found: list[Accepted], share: float) -> list[Accepted]:
    poisoned = round(share * len(found))
    far = np.full(SIZE, 50.0, np.float32)
    return [Accepted(1, one.device, "", one.count, far) for one in found[:poisoned]] + found[poisoned:]


def test_fedavg_is_the_mean() -> None:
    found = updates()
    step = aggregate(StrategySection(name="fedavg"), found)
    np.testing.assert_allclose(step.change, stack(found).mean(0), atol=1e-12)
    assert step.optimiser is None


def test_fedavg_may_weigh_by_the_count() -> None:
    found = updates()
    step = aggregate(StrategySection(name="fedavg", weighted=True), found)
    np.testing.assert_allclose(
        step.change, np.average(stack(found), axis=0, weights=[one.count for one in found]), atol=1e-12
    )


def test_the_trimmed_mean_is_scipys_and_bears_poisoners() -> None:
    found = with_poison(updates(), 0.1)
    step = aggregate(StrategySection(name="trimmed-mean", trim=0.15), found)
    np.testing.assert_allclose(step.change, trim_mean(stack(found), 0.15, axis=0), atol=1e-12)
    assert np.abs(step.change).max() < 2


def test_krum_leaves_out_the_farthest() -> None:
    found = with_poison(updates(), 0.1)
    step = aggregate(StrategySection(name="krum", poisoners=0.1), found)
    np.testing.assert_allclose(step.change, stack(found[2:]).mean(0), atol=1e-12)


def test_fedadam_goes_on_where_it_was_as_the_formula_says() -> None:
    """Reddi et al., Adaptive Federated Optimization, 2021, algorithm 2, with Flower's correction of the bias."""
    settings = StrategySection(name="fedadam", learning_rate=0.2, beta_1=0.8, beta_2=0.9, tau=0.01)
    first, second, optimiser = np.zeros(SIZE), np.zeros(SIZE), None
    for results in range(3):
        found = updates(20 + results)
        step = aggregate(settings, found, optimiser=optimiser, results=results)
        optimiser = step.optimiser
        mean = stack(found).mean(0)
        first = 0.8 * first + 0.2 * mean
        second = 0.9 * second + 0.1 * mean**2
        rate = 0.2 * np.sqrt(1 - 0.9 ** (results + 1)) / (1 - 0.8 ** (results + 1))
        np.testing.assert_allclose(step.change, rate * first / (np.sqrt(second) + 0.01), rtol=1e-9)


@pytest.mark.parametrize("name", ["fedavg", "fedadam"])
def test_the_same_updates_and_seed_give_the_same_bits_and_another_seed_does_not(name: str) -> None:
    settings = StrategySection.model_validate({"name": name})

    def step(seed: bytes) -> bytes:
        np.random.normal()  # noqa: NPY002 - whatever else draws from the global generator
        return aggregate(settings, updates(), noise=Noise(8.0, 1.0, seed)).change.tobytes()

    assert step(SEED) == step(SEED)
    assert step(SEED) != step(bytes(SEED_BYTES))


def test_the_noise_of_the_mean_has_the_deviation_of_the_sum_divided_by_the_count() -> None:
    found = updates(50, 4000)
    step = aggregate(StrategySection(name="fedavg"), found, noise=Noise(4.0, 0.5, SEED))
    noise = step.change - stack(found).mean(0)
    assert noise.std() == pytest.approx(4.0 * 0.5 / 50, rel=0.06)  # 5 deviations of the estimate
    assert abs(noise.mean()) < 5 * 0.04 / np.sqrt(4000)


def test_the_noise_of_a_trimmed_mean_is_divided_by_what_is_averaged_and_poisoners_are_left_out() -> None:
    far = np.full(4000, 50.0, np.float32)
    found = [*updates(50, 4000), *(Accepted(1, f"poisoner-{number}", "", 1, far) for number in range(5))]
    step = aggregate(StrategySection(name="trimmed-mean", trim=0.15), found, noise=Noise(4.0, 0.5, SEED))
    noise = step.change - trim_mean(stack(found), 0.15, axis=0)
    assert noise.std() == pytest.approx(4.0 * 0.5 / (55 - 2 * 8), rel=0.06)
    assert abs(noise.mean()) < 5 * 0.06 / np.sqrt(4000)
    assert np.abs(step.change).max() < 2


def test_one_update_moves_a_trimmed_mean_no_further_than_the_noise_is_made_for() -> None:
    """The sensitivity that ``fleet.simulation.aggregate`` proves, by trying to break it."""
    chance = np.random.default_rng(8)
    settings = StrategySection(name="trimmed-mean", trim=0.15)
    for count in (2, 7, 20, 33):
        others = updates(count - 1)
        for _ in range(20):
            pair = [Accepted(1, "one", "", 1, _of_length_one(chance)) for _ in range(2)]
            one, other = (aggregate(settings, [*others, update]).change for update in pair)
            assert np.linalg.norm(one - other) <= 2.0 / (count - 2 * int(0.15 * count)) + 1e-6


def _of_length_one(chance: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    found = chance.normal(size=SIZE) ** chance.integers(1, 5)
    return (found / np.linalg.norm(found)).astype(np.float32)


def test_fedadam_sees_only_what_the_noise_has_covered() -> None:
    found = updates()
    noise = Noise(4.0, 1.0, SEED)
    covered = aggregate(StrategySection(name="fedavg"), found, noise=noise).change
    adam = StrategySection(name="fedadam")
    assert aggregate(adam, found, noise=noise).optimiser is not None
    mean_only = [Accepted(1, "", "", 1, covered.astype(np.float32))]
    np.testing.assert_allclose(aggregate(adam, found, noise=noise).change, aggregate(adam, mean_only).change, rtol=1e-5)


def test_the_global_generator_of_numpy_is_left_as_it_was() -> None:
    np.random.seed(7)  # noqa: NPY002
    expected = np.random.normal(size=3)  # noqa: NPY002
    np.random.seed(7)  # noqa: NPY002
    aggregate(StrategySection(name="fedavg"), updates(), noise=Noise(1.0, 1.0, SEED))
    np.testing.assert_array_equal(np.random.normal(size=3), expected)  # noqa: NPY002


def test_an_update_of_zeros_is_no_trouble_for_the_noise() -> None:
    found = [*updates(), Accepted(1, "idle", "", 1, np.zeros(SIZE, np.float32))]
    assert np.isfinite(aggregate(StrategySection(name="fedavg"), found, noise=Noise(8.0, 1.0, SEED)).change).all()


def test_flower_does_not_tell_its_makers_that_it_runs() -> None:
    code = (
        "import numpy as np\nfrom fleet.coordinator.flower import aggregate\n"
        "from fleet.coordinator.settings import StrategySection\nfrom fleet.coordinator.store import Accepted\n"
        "aggregate(StrategySection(name='fedavg'), [Accepted(1, 'a', '', 1, np.zeros(3, np.float32))] * 2)\n"
        "from flwr.supercore import telemetry\nprint(telemetry.FLWR_TELEMETRY_ENABLED)\n"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split()[-1] == "0"
