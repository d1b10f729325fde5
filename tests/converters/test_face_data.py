from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.datasets.face import FILE, NAMES, augmented, load, majority, soft_votes
from converters.train.face import RATE, batch, rate_at, row_weights
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FERPLUS = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF")
OURS = dict(zip(FERPLUS, ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear"), strict=False))


def counts(**votes: int) -> NDArray[np.float32]:
    return np.array([[votes.get(name, 0) for name in FERPLUS]], np.float32)


def no_word() -> NDArray[np.int64]:
    return np.array([-1])


def archive(folder: Path, **changes: NDArray[np.generic]) -> Path:
    """A tiny file of the kind that load() reads: 12 pictures, of which the last 4 are PublicTest."""
    generator = np.random.default_rng(0)
    table: dict[str, NDArray[np.generic]] = {
        "images": generator.integers(0, 255, (12, 48, 48), dtype=np.uint8),
        "label": np.arange(12, dtype=np.int8) % 7,
        "label_names": np.array(NAMES),
        "ferplus_votes": np.repeat(counts(happiness=8, neutral=2), 12, axis=0).astype(np.uint8),
        "usage": np.array([0] * 8 + [1] * 4, np.uint8),
        "exact_dup_in_training": np.array([False] * 11 + [True]),
    }
    path = folder / FILE
    path.parent.mkdir(parents=True)
    np.savez(path, **{**table, **changes})  # type: ignore[arg-type]
    return folder


@pytest.mark.parametrize(("theirs", "ours"), OURS.items())
def test_each_column_of_ferplus_becomes_our_emotion(theirs: str, ours: str) -> None:
    votes, enough = soft_votes(counts(**{theirs: 10}), no_word())
    assert enough.all()
    assert votes[0, NAMES.index(ours)] == 1
    assert majority(counts(**{theirs: 10})).tolist() == [NAMES.index(ours)]


def test_votes_for_what_we_do_not_have_are_dropped_and_the_rest_sums_to_one() -> None:
    votes, enough = soft_votes(counts(happiness=4, neutral=2, contempt=3), no_word())
    assert enough.all()
    assert votes[0, NAMES.index("happy")] == pytest.approx(2 / 3)
    assert votes.sum() == pytest.approx(1)


def test_a_lone_vote_is_an_outlier() -> None:
    votes, _ = soft_votes(counts(happiness=9, fear=1), no_word())
    assert votes[0, NAMES.index("fear")] == 0


@pytest.mark.parametrize("votes", [{"unknown": 6, "neutral": 4}, {"NF": 10}, {"contempt": 5, "happiness": 4}])
def test_rows_that_say_too_little_are_left_out(votes: dict[str, int]) -> None:
    assert not soft_votes(counts(**votes), no_word())[1].any()


def test_the_searched_word_speaks_for_disgust_only_where_it_was_the_word() -> None:
    disgust = NAMES.index("disgust")
    with_word, _ = soft_votes(counts(anger=8), np.array([disgust]))
    without, _ = soft_votes(counts(anger=8), np.array([NAMES.index("happy")]))
    assert with_word[0, disgust] == pytest.approx(0.2)
    assert without[0, disgust] == 0


def test_a_shared_lead_and_a_foreign_lead_have_no_majority() -> None:
    assert majority(counts(happiness=5, neutral=5)).tolist() == [-1]
    assert majority(counts(contempt=6, neutral=4)).tolist() == [-1]


def test_copies_of_training_pictures_never_measure(tmp_path: Path) -> None:
    split = load(archive(tmp_path))
    assert len(split.test.images) == 3
    assert len(split.training.images) + len(split.held_out.images) == 8


def test_the_same_picture_is_never_in_training_and_held_out(tmp_path: Path) -> None:
    images = np.zeros((12, 48, 48), np.uint8)
    images[:, 0, 0] = np.arange(12) // 2
    split = load(archive(tmp_path, images=images))
    trained = {image.tobytes() for image in split.training.images}
    assert not trained & {image.tobytes() for image in split.held_out.images}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"fer2013_train_public\.npz cannot be read.*--data"):
        load(tmp_path)


def test_a_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "face").mkdir()
    (tmp_path / FILE).write_text("no archive")
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path)


def test_labels_in_another_order_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has labels in the order"):
        load(archive(tmp_path, label_names=np.array(NAMES[::-1])))


def test_an_augmented_chip_keeps_shape_and_range_and_leaves_the_original_alone() -> None:
    generator = np.random.default_rng(1)
    chip = generator.integers(0, 255, (48, 48), dtype=np.uint8)
    before = chip.copy()
    for _ in range(50):
        changed = augmented(chip, generator)
        assert changed.shape == (48, 48)
        assert changed.dtype == np.float32
        assert 0 <= changed.min() <= changed.max() <= 255
    assert np.array_equal(chip, before)


def test_augmentation_is_repeated_by_its_seed() -> None:
    chip = np.tile(np.arange(48, dtype=np.uint8) * 5, (48, 1))
    one, two, other = (augmented(chip, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_some_chips_are_mirrored_and_some_are_not() -> None:
    chip = np.zeros((48, 48), np.uint8)
    chip[:, :24] = 200
    sides = [
        changed[:, :12].mean() > changed[:, -12:].mean()
        for changed in (augmented(chip, np.random.default_rng(seed)) for seed in range(40))
    ]
    assert 8 < sum(sides) < 32


def test_a_batch_takes_from_every_cut() -> None:
    dark, light = np.zeros((4, 48, 48), np.uint8), np.full((4, 48, 48), 255, np.uint8)
    chips = batch((dark, light), np.arange(4).repeat(10), np.random.default_rng(0))
    assert chips.shape == (40, 48, 48, 1)
    means = chips.mean(axis=(1, 2, 3))
    assert (means < 128).any()
    assert (means > 128).any()


def test_the_learning_rate_rises_and_then_falls_to_nothing() -> None:
    assert rate_at(0, 10) < rate_at(0.2, 10) < rate_at(0.5, 10)
    assert rate_at(0.5, 10) == pytest.approx(RATE, rel=0.02)
    assert rate_at(10, 10) == pytest.approx(0, abs=1e-9)


def test_rare_emotions_weigh_more_and_the_mean_weight_is_one() -> None:
    votes = np.zeros((100, 7), np.float32)
    votes[:90, NAMES.index("happy")] = 1
    votes[90:, NAMES.index("fear")] = 1
    weights = row_weights(votes)
    assert weights[95] > weights[5]
    assert weights.mean() == pytest.approx(1)
