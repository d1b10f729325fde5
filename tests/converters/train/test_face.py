from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.datasets.face import Faces
from converters.datasets.face_batches import FaceBatches
from converters.train.face import add_arguments, check, mark, opinion
from converters.train.face_recipe import recipe
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(["--data", "DIR", *words])


def test_the_defaults_are_those_of_the_model_that_is_shipped() -> None:
    check(arguments())
    made = recipe(arguments())
    assert made.name == "face-expression"
    assert made.command == (
        "python -m converters train face --data DIR --family residual --augmentation gentle --epochs 24 --taught 34"
        " --seed 0"
    )


def test_the_command_in_the_card_has_no_folder_of_this_machine() -> None:
    made = recipe(arguments("--teacher", "/home/me/run", "--models", "/home/me/models", "--side", "48"))
    assert "/home" not in made.command
    assert made.command.endswith("--side 48 --teacher RUN")


@pytest.mark.parametrize("family", ["recurrent", "attention"])
def test_a_family_of_one_side_asks_for_the_side(family: str) -> None:
    with pytest.raises(InputError, match=rf"{family} takes chips of one side only.*--side 48"):
        check(arguments("--family", family))
    check(arguments("--family", family, "--side", "48"))


def test_a_net_for_other_chips_than_the_devices_is_not_packaged() -> None:
    with pytest.raises(InputError, match=r"chips of 48 pixels, --side is 32.*--no-package"):
        check(arguments("--side", "32"))
    check(arguments("--side", "32", "--no-package"))


def test_a_teachers_opinion_is_the_mean_over_both_cuts_and_their_mirror_images(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow", reason="the workstation's library")
    import tensorflow as tf

    images = np.random.default_rng(0).integers(0, 256, (2, 3, 48, 48), np.uint8)
    votes, nobody = np.full((3, 7), 1 / 7, np.float32), np.full(3, -1, np.int64)
    batches = FaceBatches(Faces(images[0], votes, nobody, nobody), images[1], 1)

    def teacher(chips: tf.Tensor, *, training: bool) -> tf.Tensor:
        assert not training
        left = tf.reduce_mean(chips[:, :, :10], axis=(1, 2))
        return tf.concat([5 * left, tf.zeros((len(chips), 6))], axis=1)

    told = opinion(teacher, batches, 48, tmp_path / "opinion.npy")
    np.testing.assert_allclose(told.sum(axis=1), 1, rtol=1e-5)
    mirrored = FaceBatches(Faces(images[1], votes, nobody, nobody), images[0][:, :, ::-1].copy(), 1)
    np.testing.assert_allclose(opinion(teacher, mirrored, 48, tmp_path / "other.npy"), told, rtol=1e-4)
    kept = opinion(None, batches, 48, tmp_path / "opinion.npy")
    np.testing.assert_array_equal(kept, told)


def test_another_teacher_has_another_mark() -> None:
    pytest.importorskip("tensorflow", reason="the workstation's library")
    from converters.train.face_network import network

    one, other = network("residual", 48), network("residual", 48)
    assert mark(one) != mark(other)
    other.set_weights(one.get_weights())
    assert mark(one) == mark(other)
