from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.datasets.face import FILE, NAMES, load, majority, resized, soft_votes
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FERPLUS = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF")
OURS = dict(zip(FERPLUS, ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear"), strict=False))


def counts(**votes: int) -> NDArray[np.float32]:
    return np.array([[votes.get(name, 0) for name in FERPLUS]], np.float32)


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
    votes, enough = soft_votes(counts(**{theirs: 10}))
    assert enough.all()
    assert votes[0, NAMES.index(ours)] == 1
    assert majority(counts(**{theirs: 10})).tolist() == [NAMES.index(ours)]


def test_votes_for_what_we_do_not_have_are_dropped_and_the_rest_sums_to_one() -> None:
    votes, enough = soft_votes(counts(happiness=4, neutral=2, contempt=3))
    assert enough.all()
    assert votes[0, NAMES.index("happy")] == pytest.approx(2 / 3)
    assert votes.sum() == pytest.approx(1)


def test_a_lone_vote_is_an_outlier() -> None:
    votes, _ = soft_votes(counts(happiness=9, fear=1))
    assert votes[0, NAMES.index("fear")] == 0


@pytest.mark.parametrize("votes", [{"unknown": 6, "neutral": 4}, {"NF": 10}, {"contempt": 5, "happiness": 4}])
def test_rows_that_say_too_little_are_left_out(votes: dict[str, int]) -> None:
    assert not soft_votes(counts(**votes))[1].any()


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


def test_smaller_chips_keep_the_mean_level() -> None:
    images = np.random.default_rng(0).integers(0, 255, (3, 48, 48), dtype=np.uint8)
    small = resized(images, 32)
    assert small.shape == (3, 32, 32)
    assert small.mean() == pytest.approx(images.mean(), abs=1)
    assert resized(images, 48) is images
