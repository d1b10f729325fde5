from __future__ import annotations

import numpy as np
import pytest

from converters.train.face_network import FAMILIES, network, of_side

keras = pytest.importorskip("tf_keras", reason="the workstation's library")
pytestmark = pytest.mark.filterwarnings("default")  # TensorFlow's own


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_gives_seven_logits(family: str) -> None:
    model = network(family, 32)
    assert model.input_names == ["face"]
    assert model.output_names == ["logits"]
    assert model(np.zeros((2, 32, 32, 1), np.float32)).shape == (2, 7)


def test_the_families_that_are_compared_are_of_about_the_same_size() -> None:
    sizes = [network(family, 32).count_params() for family in FAMILIES if family != "wide"]
    assert max(sizes) < 1.15 * min(sizes)


def test_a_network_for_any_side_becomes_one_for_a_single_side_with_the_same_answers() -> None:
    any_side = network("residual", None)
    fixed = of_side(any_side, "residual", 40)
    chips = np.random.default_rng(0).normal(size=(3, 40, 40, 1)).astype(np.float32)
    assert fixed.input_shape == (None, 40, 40, 1)
    assert np.allclose(any_side(chips), fixed(chips), atol=1e-5)
