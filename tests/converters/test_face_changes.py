from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converters.datasets import face_changes as changes

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 48


def spot(row: int, column: int) -> NDArray[np.uint8]:
    """A white square of three pixels on black."""
    chip = np.zeros((SIDE, SIDE), np.uint8)
    chip[row - 1 : row + 2, column - 1 : column + 2] = 255
    return chip


def place(chip: NDArray[np.uint8]) -> tuple[float, float]:
    rows, columns = np.indices(chip.shape)
    weight = chip.astype(float).sum()
    return float((rows * chip).sum() / weight), float((columns * chip).sum() / weight)


def noisy(seed: int = 1) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(60, 196, (SIDE, SIDE), np.uint8)


def test_a_mirror_swaps_left_and_right_and_twice_is_nothing() -> None:
    assert place(changes.flipped(spot(10, 8))) == (10, 39)
    assert np.array_equal(changes.flipped(changes.flipped(noisy())), noisy())


@pytest.mark.parametrize(("right", "down"), [(3, -2), (-1.5, 0.5), (0, 0)])
def test_a_shift_moves_by_its_pixels(right: float, down: float) -> None:
    row, column = place(changes.shifted(spot(20, 20), right, down))
    assert abs(row - 20 - down) < 0.05
    assert abs(column - 20 - right) < 0.05


@pytest.mark.parametrize("degrees", [-12, 5, 12])
def test_a_turn_goes_about_the_middle_against_the_clock(degrees: float) -> None:
    row, column = place(changes.turned(spot(24, 40), degrees))
    middle = (SIDE - 1) / 2
    angle = np.degrees(np.arctan2(middle - row, column - middle)) - np.degrees(np.arctan2(middle - 24, 40 - middle))
    assert abs(angle - degrees) < 0.3


def test_what_comes_in_from_outside_repeats_the_edge() -> None:
    grey = np.full((SIDE, SIDE), 90, np.uint8)
    assert np.all(changes.shifted(changes.turned(grey, 12), 3, 3) == 90)


def test_light_does_what_each_of_its_numbers_says() -> None:
    chip = noisy()
    assert np.array_equal(changes.lit(chip), chip)
    assert changes.lit(chip, gamma=1.6).mean() < chip.mean() < changes.lit(chip, gamma=0.6).mean()
    assert abs(changes.lit(chip, contrast=0.6).std() / chip.std() - 0.6) < 0.02
    assert abs(changes.lit(chip, brightness=40).mean() - chip.mean() - 40) < 0.1
    sides = changes.lit(np.full((SIDE, SIDE), 128, np.uint8), slope=60)
    assert (int(sides[0, -1]) - int(sides[0, 0]), round(float(sides.mean()))) == (60, 128)


def test_blur_takes_detail_and_keeps_the_light() -> None:
    chip = noisy()
    soft, softer = changes.blurred(chip, 0.5), changes.blurred(chip, 1.5)
    assert softer.std() < soft.std() < chip.std()
    assert abs(float(softer.mean()) - chip.mean()) < 1


def test_a_cover_hides_its_rectangle_alone_and_is_cut_at_the_edge() -> None:
    chip = noisy()
    hidden = changes.covered(chip, 10, 20, (6, 8), 0) != chip
    assert hidden.sum() == 48
    assert hidden[10:16, 20:28].all()
    assert (changes.covered(chip, -4, 44, (6, 8), 0) != chip).sum() == 2 * 4
    assert np.array_equal(changes.covered(chip, -9, -9, (6, 8), 0), chip)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_variant_is_a_chip_again_the_same_for_the_same_seed_and_the_original_stays(seed: int) -> None:
    chip = noisy()
    kept = chip.copy()
    one = changes.variant(chip, np.random.default_rng(seed))
    assert (one.shape, one.dtype) == (chip.shape, chip.dtype)
    assert np.array_equal(one, changes.variant(chip, np.random.default_rng(seed)))
    assert np.array_equal(chip, kept)


def test_often_says_how_often() -> None:
    chip = noisy()
    assert np.array_equal(changes.variant(chip, np.random.default_rng(1), often=0.0), chip)
    assert not np.array_equal(changes.variant(chip, np.random.default_rng(1), often=1.0), chip)
