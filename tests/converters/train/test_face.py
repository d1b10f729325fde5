from __future__ import annotations

import argparse

import pytest

from converters.train.face import add_arguments, check
from converters.train.face_recipe import recipe
from edge.errors import InputError


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(["--data", "DIR", *words])


def test_the_defaults_are_those_of_the_model_that_is_shipped() -> None:
    check(arguments())
    made = recipe(arguments())
    assert made.name == "face-expression"
    assert made.command == (
        "python -m converters train face --data DIR --family residual --augmentation gentle --epochs 32 --seed 0"
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
