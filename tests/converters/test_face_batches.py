from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.datasets.face import NAMES, Faces
from converters.datasets.face_batches import ROWS, TIMES, FaceBatches, shown, stacked
from edge.perception.face.expression import FURTHEST, standardised

if TYPE_CHECKING:
    from numpy.typing import NDArray


def faces(*leads: str) -> Faces:
    """Faces of noise whose votes are all for one emotion."""
    generator = np.random.default_rng(0)
    truth = np.array([NAMES.index(name) for name in leads])
    images = generator.integers(0, 255, (len(leads), 48, 48), dtype=np.uint8)
    return Faces(images, np.eye(7, dtype=np.float32)[truth], truth, truth)


def batches(epochs: int = 10) -> FaceBatches:
    rows = faces(*(["happy"] * 150 + ["fear"] * 10))
    return FaceBatches(rows, rows.images[:, ::-1], epochs)


def test_an_epoch_has_as_many_batches_as_it_says_and_all_rows_are_whole() -> None:
    drawn = list(batches()(0))
    assert len(drawn) == batches().steps == (150 + 2 * 10) // ROWS
    for chips, targets, weights in drawn:
        assert chips.shape == (ROWS, 32, 32, 1)
        assert np.abs(chips).max() <= FURTHEST
        assert isinstance(targets, np.ndarray)
        assert np.allclose(targets.sum(axis=1), 1)
        assert weights is None


def test_an_epoch_is_repeated_exactly_and_the_next_differs() -> None:
    first, again, other = (next(iter(batches()(epoch)))[0] for epoch in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_chips_grow_and_end_at_full_size() -> None:
    sides = [batches(20).side(epoch) for epoch in range(20)]
    assert sides == sorted(sides)
    assert sides[0] == 32
    assert sides[-1] == 48


def test_rare_emotions_are_shown_more_often_and_the_others_once() -> None:
    rows = shown(faces("happy", "disgust", "fear", "sad").votes)
    assert np.bincount(rows).tolist() == [1, TIMES["disgust"], TIMES["fear"], 1]


def test_a_teachers_opinion_stands_beside_the_votes_of_the_same_face() -> None:
    rows = faces(*["happy", "sad"] * (ROWS // 2))
    teacher = rows.votes[:, ::-1].copy()
    _, targets, _ = next(iter(FaceBatches(rows, rows.images, 1, teacher=teacher, sides=((1, 48),))(0)))
    votes, opinion = targets
    assert 5 < votes[:, 3].sum() < ROWS - 5
    np.testing.assert_array_equal(opinion, votes[:, ::-1])


def test_a_net_is_given_chips_of_mean_nought() -> None:
    assert stacked(faces("sad", "happy").images).mean(axis=(1, 2, 3)) == pytest.approx([0, 0], abs=0.02)


def test_the_last_chips_of_a_training_are_changed_less_than_the_first() -> None:
    face = np.tile(np.arange(48, dtype=np.uint8) * 5, (48, 1))
    rows = faces(*["happy"] * ROWS)
    rows = replace(rows, images=np.repeat(face[None], ROWS, axis=0))
    drawn = FaceBatches(rows, rows.images, 10, sides=((1.0, 48),))
    first, last = (next(iter(drawn(epoch)))[0][..., 0] for epoch in (0, 9))

    def strayed(chips: NDArray[np.float32]) -> float:
        straight = standardised(face)
        return float(np.minimum(np.abs(chips - straight), np.abs(chips - straight[:, ::-1])).mean())

    assert strayed(last) < 0.8 * strayed(first)
