from __future__ import annotations

import numpy as np
import pytest

from edge.perception.face.expression import FURTHEST, LEAST_SPREAD, standardised


def test_light_and_contrast_of_a_chip_make_no_difference() -> None:
    chip = np.random.default_rng(0).integers(0, 100, (48, 48), dtype=np.uint8)
    brighter = (chip * 2 + 40).astype(np.uint8)
    assert np.allclose(standardised(chip), standardised(brighter), atol=1e-5)
    assert standardised(chip).mean() == pytest.approx(0, abs=1e-5)
    assert standardised(chip).std() == pytest.approx(1, abs=1e-5)


def test_noise_on_a_plain_chip_is_not_blown_up() -> None:
    chip = np.random.default_rng(0).integers(99, 102, (48, 48), dtype=np.uint8)
    assert np.abs(standardised(chip)).max() <= 2 / LEAST_SPREAD


def test_a_plain_chip_is_nought_and_a_glare_is_cut_off() -> None:
    assert not standardised(np.full((48, 48), 255, np.uint8)).any()
    glare = np.zeros((48, 48), np.uint8)
    glare[0, 0] = 255
    assert standardised(glare).max() == FURTHEST


def test_the_chip_itself_stays() -> None:
    chip = np.full((48, 48), 7, np.uint8)
    standardised(chip)
    assert (chip == 7).all()
