from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from converters.__main__ import main
from converters.evaluate_face import chip, evaluate
from edge.accelerators.model import default_directory
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

NAMES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
ROWS = 42
KEYS = {"n", "accuracy", "macro_f1", "uar", "ece", "coverage_at_precision_90", "per_class"}


def pictures(rows: int = ROWS) -> NDArray[np.uint8]:
    """Soft blobs: the net says different things of them, and that is enough here."""
    noise = np.random.default_rng(5).integers(0, 256, (rows, 6, 6), dtype=np.uint8)
    return np.array([cv2.resize(each, (48, 48), interpolation=cv2.INTER_CUBIC) for each in noise], np.uint8)


LABEL = np.arange(ROWS, dtype=np.int8) % 7


def saved(folder: Path, **arrays: Any) -> Path:  # noqa: ANN401 - arrays of any kind
    table = {"images": pictures(), "label": LABEL, "label_names": np.array(NAMES)} | arrays
    path = folder / "faces.npz"
    np.savez(path, **{name: array for name, array in table.items() if array is not None})
    return path


def figures(path: Path, **options: Any) -> dict[str, Any]:  # noqa: ANN401
    return evaluate(default_directory(), path, **options)


def test_the_command_prints_the_keys_that_a_program_relies_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path)
    models = str(default_directory())
    assert main(["evaluate", "face", "--data", str(path), "--models", models, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) >= KEYS
    assert found["n"] == ROWS
    assert list(found["per_class"]) == list(NAMES)
    assert set(found["per_class"]["fear"]) == {"recall", "precision", "n"}
    assert found["model"]["name"] == "face-expression"
    assert main(["evaluate", "face", "--data", str(path), "--models", models]) == 0
    assert f"accuracy                     {found['accuracy']:6.3f}" in capsys.readouterr().out


def test_the_same_faces_in_other_clothes_have_the_same_figures(tmp_path: Path) -> None:
    plain = figures(saved(tmp_path))
    order = np.random.default_rng(0).permutation(7)
    words = np.array(["anger", "disgusted", "Fearful", "happiness", "SADNESS", "surprised", "neutral"])
    doubled = pictures().repeat(2, axis=1).repeat(2, axis=2)
    for changed in (
        {"images": pictures()[..., None]},
        {"images": pictures()[..., None].repeat(3, axis=3)},
        {"images": doubled},
        {"images": pictures().astype(np.float32)},
        {"images": pictures().astype(np.float64) / 255},
        {"label": words[LABEL], "label_names": None},
        {"label": np.argsort(order)[LABEL], "label_names": words[order]},
        {"label": LABEL[:, None], "notes": np.array([{"any": "thing"}], object)},
        {"label": LABEL.astype(np.float32), "label_names": np.array(NAMES, "S")},
    ):
        assert figures(saved(tmp_path, **changed)) == plain


def test_colour_becomes_grey_as_the_eye_weighs_it() -> None:
    red, blue = np.zeros((2, 48, 48, 3), np.uint8)
    red[..., 0] = blue[..., 2] = 255
    assert (int(chip(red)[0, 0]), int(chip(blue)[0, 0])) == (76, 29)  # ITU-R BT.601


def test_rows_without_a_label_and_labels_of_others_are_left_out_and_counted(tmp_path: Path) -> None:
    label = LABEL.copy()
    label[:3] = -1
    label[3:5] = 7
    found = figures(saved(tmp_path, label=label, label_names=np.array([*NAMES, "contempt"])))
    assert found["n"] == ROWS - 5
    assert found["left_out"]["n"] == 5
    assert found["left_out"]["reasons"]["no label"] == 3
    assert found["left_out"]["labels"] == {"contempt": 2}


def test_only_classes_that_are_there_are_scored(tmp_path: Path) -> None:
    label = np.where(LABEL < 2, LABEL, -1)
    found = figures(saved(tmp_path, label=label))
    assert list(found["per_class"]) == ["angry", "disgust"]
    assert found["accuracy"] > 0.0
    assert np.sum(found["confusion"]) == found["n"] == 12


def test_classes_may_be_asked_for_in_any_words(tmp_path: Path) -> None:
    found = figures(saved(tmp_path), classes=("anger", "joy"))
    assert list(found["per_class"]) == ["angry", "happy"]
    assert found["left_out"]["n"] == ROWS - 12
    with pytest.raises(InputError, match=r"'boredom', which face-expression does not say; it says angry, .*neutral"):
        figures(saved(tmp_path), classes=("boredom", "joy"))


@pytest.mark.parametrize(
    "usage",
    [
        {"usage": np.arange(ROWS) % 3},
        {"usage": np.array(["Training", "PublicTest", "PrivateTest"])[np.arange(ROWS) % 3]},
        {"usage": 2 - np.arange(ROWS) % 3, "usage_names": np.array(["PrivateTest", "PublicTest", "Training"])},
    ],
    ids=["numbers", "names", "numbers with names"],
)
def test_a_part_is_chosen_by_its_name(tmp_path: Path, usage: dict[str, NDArray[Any]]) -> None:
    found = figures(saved(tmp_path, **usage), usage="PublicTest")
    assert found["n"] == ROWS // 3
    with pytest.raises(InputError, match=r"one of: .*Training \(14\)"):
        figures(saved(tmp_path, **usage), usage="Test")


def test_copies_of_training_pictures_are_not_counted_twice(tmp_path: Path) -> None:
    usage, copies = np.arange(ROWS) % 3, np.zeros(ROWS, np.bool_)
    copies[[1, 4, 7]] = True  # of PublicTest
    copies[0] = True  # of Training: there it is no copy
    path = saved(tmp_path, usage=usage, exact_dup_in_training=copies)
    assert figures(path, usage="PublicTest")["n"] == ROWS // 3 - 3
    assert figures(path, usage="PublicTest")["left_out"]["reasons"] == {"an exact copy of a training picture": 3}
    assert figures(path, usage="Training")["n"] == ROWS // 3


def test_the_majority_of_votes_is_the_truth_and_ties_are_left_out(tmp_path: Path) -> None:
    names = np.array(["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "NF"])
    votes = np.zeros((ROWS, 9), np.int64)
    votes[:, 1] = 6
    votes[::2, 4] = 8
    votes[0] = [5, 5, 0, 0, 0, 0, 0, 0, 0]
    votes[1] = [0, 1, 0, 0, 0, 0, 0, 9, 0]
    votes[2] = 0
    found = figures(saved(tmp_path, ferplus_votes=votes, ferplus_names=names), truth="ferplus")
    assert {label: row["n"] for label, row in found["per_class"].items()} == {"angry": 19, "happy": 20}
    reasons = found["left_out"]["reasons"]
    assert (reasons["votes that are tied"], reasons["no label"]) == (1, 1)
    assert found["left_out"]["labels"] == {"contempt": 1}


def test_a_picture_with_no_numbers_is_named(tmp_path: Path) -> None:
    images = pictures().astype(np.float32)
    images[5, 0, 0] = np.nan
    found = figures(saved(tmp_path, images=images))
    assert found["n"] == ROWS - 1
    assert found["left_out"]["broken"] == ["row 5: the picture has values that are no numbers"]


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"images": None}, "no array 'images'; of what is read it has label, label_names"),
        ({"images": np.zeros((ROWS, 2304), np.uint8)}, r"shape \(42, 2304\), wanted are"),
        ({"images": np.zeros((ROWS, 48, 48), np.uint16) + 1000}, "values from 1000 to 1000"),
        ({"images": np.zeros((ROWS, 48, 48), np.complex64)}, "type complex64"),
        ({"label": np.zeros(3, np.int8)}, "label in .* has 3 rows, images have 42"),
        ({"label_names": np.array(["happy", "sad"])}, "has the number 6, label_names has 2 names"),
        ({"label_names": None}, "no array 'label_names'"),
        ({"label": np.full(ROWS, 3)}, "the rows to score have: happy"),
        ({"label": np.full(ROWS, -1)}, "the rows to score have: none.*left out were 42 with no label"),
    ],
)
def test_a_file_that_is_not_like_that_is_refused_in_words(tmp_path: Path, arrays: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        figures(saved(tmp_path, **arrays))


def test_what_is_no_npz_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "faces.npz"
    with pytest.raises(InputError, match="there is no file"):
        figures(path)
    path.write_bytes(b"PK not really")
    with pytest.raises(InputError, match=r"cannot be read as an \.npz"):
        figures(path)
    np.savez(path, images=np.array([{}], object))
    with pytest.raises(InputError, match=r"cannot be read as an \.npz"):
        figures(path)


def test_an_option_of_another_sense_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "face", "--data", str(saved(tmp_path)), "--where", "dataset=x"]) == 1
    assert "--where was given, which is for voice, not for face" in capsys.readouterr().err
