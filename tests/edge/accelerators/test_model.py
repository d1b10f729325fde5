from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.accelerators.card import read_card
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Model, Models, softmax
from edge.affect import EMOTIONS
from edge.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

TASK = "face-expression"
LABELS = tuple(emotion.value for emotion in EMOTIONS)
CHIP = np.full((1, 48, 48, 1), 128, np.float32)


def load(folder: Path) -> Model:
    return Model(folder, Cpu(), TASK, LABELS)


def edit(folder: Path, pattern: str, replacement: str) -> None:
    card = folder / "card.toml"
    text, count = re.subn(pattern, replacement, card.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert count == 1, f"{pattern} is not in the card"
    card.write_text(text, encoding="utf-8")


def replace_file(folder: Path, content: bytes) -> None:
    """Another model file, with a card that owns up to it."""
    (folder / "model.tflite").write_bytes(content)
    edit(folder, r'^sha256 = "\w+"', f'sha256 = "{hashlib.sha256(content).hexdigest()}"')
    edit(folder, r"^bytes = \d+", f"bytes = {max(len(content), 1)}")


def test_real_values_go_in_and_come_out(folder: Path) -> None:
    (logits,) = load(folder).run(CHIP)
    assert logits.shape == (1, 7)
    assert logits.dtype == np.float32
    assert np.isfinite(logits).all()


def test_another_picture_gives_other_logits(folder: Path) -> None:
    model = load(folder)
    ramp = np.broadcast_to(np.linspace(0, 255, 48, dtype=np.float32)[:, None], (48, 48)).reshape(CHIP.shape)
    (plain,) = model.run(CHIP)
    (other,) = model.run(np.ascontiguousarray(ramp))
    assert not np.array_equal(plain, other)
    assert np.array_equal(model.run(CHIP)[0], plain)


def test_values_beyond_the_range_are_clipped_and_do_not_wrap(folder: Path) -> None:
    model = load(folder)
    (white,) = model.run(np.full_like(CHIP, 255))
    (beyond,) = model.run(np.full_like(CHIP, 4000))
    assert np.array_equal(white, beyond)


def test_models_loads_by_name(folder: Path) -> None:
    assert Models(folder.parent, Cpu()).load("face-expression", TASK, LABELS).card.name == "face-expression"


def test_two_models_of_a_folder_hold_its_bytes_once(folder: Path) -> None:
    models = Models(folder.parent, Cpu())
    models.load("face-expression", TASK, LABELS)
    first = models._known["face-expression"].tflite
    models.load("face-expression", TASK, LABELS)
    assert models._known["face-expression"].tflite is first


def test_a_missing_folder_is_named(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"no model card .*nobody.*models\.directory"):
        Models(folder.parent, Cpu()).load("nobody", TASK)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "model.tflite").unlink()
    with pytest.raises(ModelError, match=r"model\.tflite is missing. Restore"):
        load(folder)


def test_a_missing_file_of_others_points_to_fetch(folder: Path) -> None:
    (folder / "model.tflite").unlink()
    with (folder / "card.toml").open("a", encoding="utf-8") as card:
        card.write('\n[origin]\npackage = "x==1"\nmember = "y"\nby = "z"\n')
    with pytest.raises(ModelError, match="rapport models fetch"):
        load(folder)


def test_one_changed_byte_is_noticed(folder: Path) -> None:
    path = folder / "model.tflite"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"has sha256 .*…, its card says"):
        load(folder)


@pytest.mark.parametrize("kept", [0, 8, 100, 100_000])
def test_a_truncated_file_is_refused_even_with_its_own_hash(folder: Path, kept: int) -> None:
    replace_file(folder, (folder / "model.tflite").read_bytes()[:kept])
    with pytest.raises(ModelError, match="interpreter refuses"):
        load(folder)


def test_labels_in_another_order_are_refused(folder: Path) -> None:
    with pytest.raises(ModelError, match="has labels"):
        Model(folder, Cpu(), TASK, LABELS[::-1])


def test_another_task_is_refused(folder: Path) -> None:
    with pytest.raises(ModelError, match="has task 'face-expression', the code needs 'voice-emotion'"):
        Model(folder, Cpu(), "voice-emotion", LABELS)


@pytest.mark.parametrize(
    ("pattern", "replacement", "said"),
    [
        (r"(\[\[inputs\]\][^\[]*shape = )\[[^\]]*\]", r"\1[1, 64, 64, 1]", r"input 0 shape \(in the file\)"),
        (
            r'(\[\[inputs\]\][^\[]*shape = \[[^\]]*\]\s*dtype = )"int8"',
            r'\1"float32"',
            r"input 0 dtype \(in the file\)",
        ),
        (r"^scale = [\d.e-]+", "scale = 0.7", r"input 0 scale \(in the file\)"),
        (r"^zero_point = -?\d+", "zero_point = 5", r"input 0 zero point \(in the file\)"),
    ],
)
def test_a_card_that_does_not_fit_its_file_is_refused(folder: Path, pattern: str, replacement: str, said: str) -> None:
    edit(folder, pattern, replacement)
    with pytest.raises(ModelError, match=said):
        load(folder)


def test_two_outputs_where_the_file_has_one_are_refused(folder: Path) -> None:
    output = '\n[[outputs]]\nname = "x"\nshape = [1]\ndtype = "float32"\nunit = "x"\n'
    with (folder / "card.toml").open("a", encoding="utf-8") as card:
        card.write(output)
    with pytest.raises(ModelError, match="number of outputs"):
        load(folder)


def test_the_shipped_card_agrees_with_its_labels(folder: Path) -> None:
    card = read_card(folder)
    assert card.labels == LABELS
    assert card.bytes == (folder / "model.tflite").stat().st_size <= 400 * 1024
    assert card.notes
    assert {metric.name for metric in card.metrics} >= {"accuracy", "macro-F1", "expected calibration error"}


def test_a_wrong_shape_is_an_error_and_the_model_lives_on(folder: Path) -> None:
    session = Cpu().open(folder / "model.tflite")
    with pytest.raises(ModelError, match="inference failed"):
        session.invoke([np.zeros((1, 3, 3, 1), np.int8)])
    assert session.invoke([np.zeros((1, 48, 48, 1), np.int8)])[0].shape == (1, 7)


def test_softmax_sums_to_one_and_a_temperature_flattens_it() -> None:
    logits = np.array([900.0, 0.0, -900.0], np.float32)
    sharp, flat = softmax(logits, 1.0), softmax(logits, 1000.0)
    assert sum(sharp) == pytest.approx(1)
    assert sum(flat) == pytest.approx(1)
    assert sharp[0] > flat[0] > flat[1] > flat[2]
