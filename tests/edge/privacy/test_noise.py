from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from math import exp, sqrt

import pytest

from edge.privacy.noise import discrete_gaussian, discrete_laplace

DRAWS = 20_000
LIMIT = 5.0
"""Standard deviations; the seed is fixed, so this either holds or does not."""


def close(counts: Counter[int], weights: dict[int, float]) -> None:
    """Each value that is likely enough comes as often as it should."""
    total = sum(weights.values())
    for value, weight in weights.items():
        p = weight / total
        if p * DRAWS >= 20:
            assert abs(counts[value] - p * DRAWS) < LIMIT * sqrt(DRAWS * p * (1 - p)), value


@pytest.mark.parametrize("variance", [Fraction(1, 4), Fraction(1), Fraction(10, 3), Fraction(90)])
def test_numbers_come_as_often_as_the_density_says(variance: Fraction) -> None:
    chance = random.Random(7)  # noqa: S311 - the same draws each time
    counts = Counter(discrete_gaussian(variance, chance.randrange) for _ in range(DRAWS))
    reach = int(8 * sqrt(variance)) + 2
    close(counts, {n: exp(-n * n / (2 * float(variance))) for n in range(-reach, reach + 1)})


@pytest.mark.parametrize("scale", [1, 2, 7])
def test_the_laplace_numbers_do_so_too(scale: int) -> None:
    chance = random.Random(7)  # noqa: S311 - the same draws each time
    counts = Counter(discrete_laplace(scale, chance.randrange) for _ in range(DRAWS))
    close(counts, {n: exp(-abs(n) / scale) for n in range(-30 * scale, 30 * scale + 1)})


def test_noise_of_a_large_variance_has_that_variance() -> None:
    chance = random.Random(3)  # noqa: S311 - the same draws each time
    drawn = [discrete_gaussian(3_000_000, chance.randrange) for _ in range(4000)]
    mean = sum(drawn) / len(drawn)
    variance = sum((n - mean) ** 2 for n in drawn) / len(drawn)
    assert abs(mean) < 5 * sqrt(3_000_000 / 4000)
    assert abs(variance / 3_000_000 - 1) < 5 * sqrt(2 / 4000)


def test_two_draws_from_the_secure_source_differ() -> None:
    assert len({discrete_gaussian(10**12) for _ in range(20)}) > 1


@pytest.mark.parametrize("variance", [0, -1, Fraction(-1, 3)])
def test_no_noise_is_refused(variance: Fraction | int) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        discrete_gaussian(variance)
