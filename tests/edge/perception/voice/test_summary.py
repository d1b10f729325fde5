from __future__ import annotations

import numpy as np
import pytest

from edge.perception.voice.summary import deviation, mean, percentiles


@pytest.mark.parametrize("count", [1, 2, 3, 10, 299])
def test_percentiles_are_numpys(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count).astype(np.float32)
    wanted = (0.0, 10.0, 50.0, 90.0, 100.0)
    np.testing.assert_allclose(percentiles(values, wanted), np.percentile(values.astype(np.float64), wanted), rtol=1e-6)


@pytest.mark.parametrize("count", [1, 2, 7, 129, 252, 300])
def test_means_and_deviations_are_numpys_to_the_last_bit(count: int) -> None:
    values = np.random.default_rng(count).normal(-30, 7, count).astype(np.float32)
    assert mean(values) == float(values.mean())
    assert deviation(values, mean(values)) == float(values.std())
