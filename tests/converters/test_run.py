from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from converters.run import Recipe, Run
from edge.errors import InputError
from tests.converters.tiny import LABELS, RECIPE

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

pytest.importorskip("tomli_w", reason="a run is written with the extra `dev` or `convert`")
PICTURES = np.random.default_rng(0).random((20, 8, 8, 1), np.float32)
TRUTH = np.arange(20) % 4 - 1
TWO = Recipe.model_validate({**RECIPE.model_dump(), "inputs": (("grey", "level"), ("numbers", "none"))})


class Network:
    """Stands where a tf_keras model does; the format of its file is Keras's own matter."""

    def __init__(self, *names: str) -> None:
        self.input_names = list(names)

    def save(self, path: Path, **_options: object) -> None:
        path.write_bytes(b"weights")


def made(folder: Path) -> Run:
    return Run.create(folder, RECIPE, Network("grey"), {"grey": PICTURES}, {"grey": PICTURES, "truth": TRUTH})


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    made(tmp_path / "run")
    run = Run.open(tmp_path / "run")
    assert run.recipe == RECIPE
    np.testing.assert_array_equal(run.samples()["grey"], PICTURES)
    np.testing.assert_array_equal(run.validation().truth, TRUTH)
    np.testing.assert_array_equal(run.validation().inputs["grey"], PICTURES)
    assert not list((tmp_path / "run").glob("part-*"))


def test_a_folder_without_a_run_is_reported(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no run in .*recipe.toml is missing"):
        Run.open(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('sense = "face"', 'sense = "smell"', "wrong at sense"),
        ("seed = 3", "seed = -3", "wrong at seed"),
        ("seed = 3", "seeds = 3", r"wrong at seed"),
        ("seed = 3", "seed = ", "not valid TOML"),
        ('    "happy",\n    "sad",\n', "", "wrong at labels"),
    ],
)
def test_a_wrong_recipe_names_the_field(tmp_path: Path, old: str, new: str, told: str) -> None:
    made(tmp_path)
    path = tmp_path / "recipe.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(InputError, match=told):
        Run.open(tmp_path)


@pytest.mark.parametrize("name", ["samples", "validation"])
def test_a_truncated_file_is_reported(tmp_path: Path, name: str) -> None:
    run = made(tmp_path)
    path = tmp_path / f"{name}.npz"
    content = path.read_bytes()
    for length in (0, 3, 100, len(content) // 2, len(content) - 5):
        path.write_bytes(content[:length])
        with pytest.raises(InputError, match=r"not a whole .npz file.*cut short"):
            getattr(run, name)()
    path.unlink()
    with pytest.raises(InputError, match=r"is missing"):
        getattr(run, name)()


def test_a_flipped_byte_is_reported(tmp_path: Path) -> None:
    run = made(tmp_path)
    path = tmp_path / "samples.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match=r"not a whole .npz file"):
        run.samples()


def test_pickled_objects_are_refused(tmp_path: Path) -> None:
    run = made(tmp_path)
    np.savez(tmp_path / "samples.npz", grey=np.array([{}], dtype=object))
    with pytest.raises(InputError, match="plain arrays"):
        run.samples()


@pytest.mark.parametrize(
    ("samples", "told"),
    [
        ({"gray": PICTURES}, "samples lacks grey, numbers; it has gray"),
        ({"grey": PICTURES}, "samples lacks numbers; it has grey"),
        ({"grey": PICTURES, "numbers": np.zeros((19, 2))}, "different numbers of rows: grey 20, numbers 19"),
        ({"grey": PICTURES, "numbers": np.zeros(20)}, r"numbers in samples is float64 with shape \(20,\)"),
        ({"grey": PICTURES, "numbers": np.zeros((0, 2))}, r"with shape \(0, 2\)"),
        ({"grey": PICTURES, "numbers": np.full((20, 2), np.nan)}, "not finite"),
        ({"grey": PICTURES, "numbers": np.full((20, 2), "a")}, "numbers in samples is <U1"),
    ],
)
def test_samples_that_do_not_fit_are_refused(tmp_path: Path, samples: dict[str, Any], told: str) -> None:
    validation: dict[str, NDArray[Any]] = {"grey": PICTURES, "numbers": np.zeros((20, 2)), "truth": TRUTH}
    with pytest.raises(InputError, match=told):
        Run.create(tmp_path, TWO, Network("grey", "numbers"), samples, validation)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("truth", "told"),
    [
        (TRUTH[:-1], r"truth in validation is int64 with shape \(19,\)"),
        (TRUTH.astype(float), "truth in validation is float64"),
        (TRUTH + 2, f"goes from 1 to 4; there are {len(LABELS)} labels"),
        (TRUTH - 1, "goes from -2 to 1"),
        (np.full(20, -1), "no row in validation has a label"),
        (None, "validation lacks truth"),
    ],
)
def test_a_truth_that_does_not_fit_is_refused(tmp_path: Path, truth: NDArray[Any] | None, told: str) -> None:
    validation: dict[str, NDArray[Any]] = {"grey": PICTURES}
    if truth is not None:
        validation["truth"] = truth
    with pytest.raises(InputError, match=told):
        Run.create(tmp_path, RECIPE, Network("grey"), {"grey": PICTURES}, validation)


def test_input_layers_with_other_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the network's inputs are input_1, the recipe's grey"):
        Run.create(tmp_path, RECIPE, Network("input_1"), {"grey": PICTURES}, {"grey": PICTURES, "truth": TRUTH})


def test_reports_are_kept_and_a_missing_one_says_which_command_makes_it(tmp_path: Path) -> None:
    run = made(tmp_path)
    with pytest.raises(InputError, match="python -m converters quantise"):
        run.report("quantise")
    run.write_report("quantise", {"method": "ptq", "bytes": 3})
    assert run.report("quantise") == {"method": "ptq", "bytes": 3}
    (tmp_path / "quantise.json").write_text("{")
    with pytest.raises(InputError, match="not valid JSON"):
        run.report("quantise")
