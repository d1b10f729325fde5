from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.datasets.face_variants import GENTLE, STRONG, Changes, augmented

if TYPE_CHECKING:
    from numpy.typing import NDArray

STILL = Changes(turn=0, scale=(1, 1), shift=0, mirrored=0, relit=0, covered=0)


def ramp() -> NDArray[np.uint8]:
    return np.tile(np.arange(48, dtype=np.uint8) * 5, (48, 1))


@pytest.mark.parametrize("changes", [GENTLE, STRONG])
def test_a_changed_chip_has_the_side_that_is_asked_for_and_the_original_stays(changes: Changes) -> None:
    chip = np.random.default_rng(1).integers(0, 255, (48, 48), dtype=np.uint8)
    before = chip.copy()
    for seed, side in enumerate((32, 40, 48) * 10):
        changed = augmented(chip, np.random.default_rng(seed), changes, side)
        assert changed.shape == (side, side)
        assert changed.dtype == np.uint8
    assert np.array_equal(chip, before)


def test_no_change_is_no_change() -> None:
    assert np.array_equal(augmented(ramp(), np.random.default_rng(0), STILL), ramp())


def test_a_smaller_chip_shows_the_same_part_of_the_face() -> None:
    small = augmented(ramp(), np.random.default_rng(0), STILL, 24).astype(int)
    halves = ramp().astype(int).reshape(24, 2, 24, 2).mean(axis=(1, 3))
    assert np.abs(small - halves).max() <= 1


def test_changes_are_repeated_by_their_seed() -> None:
    one, two, other = (augmented(ramp(), np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_some_chips_are_mirrored_and_some_are_not() -> None:
    changed = [augmented(ramp(), np.random.default_rng(seed)) for seed in range(40)]
    assert 8 < sum(chip[:, :12].mean() > chip[:, -12:].mean() for chip in changed) < 32


def test_a_cover_is_a_plain_rectangle_of_at_most_a_third_of_the_side() -> None:
    changes = Changes(turn=0, scale=(1, 1), shift=0, mirrored=0, relit=0, covered=1)
    for seed in range(30):
        changed = augmented(ramp(), np.random.default_rng(seed), changes)
        rows, columns = np.nonzero(changed != ramp())
        if rows.size:
            assert np.ptp(rows) < 16
            assert np.ptp(columns) < 16


def test_blur_takes_detail_away() -> None:
    chip = np.random.default_rng(0).integers(0, 255, (48, 48), dtype=np.uint8)
    changes = Changes(turn=0, scale=(1, 1), shift=0, mirrored=0, relit=0, blurred=1, covered=0)
    assert augmented(chip, np.random.default_rng(0), changes).std() < 0.9 * chip.std()
