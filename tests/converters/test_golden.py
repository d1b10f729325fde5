from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from converters.__main__ import main
from converters.golden import SEEDS, excitement, make, pattern, with_table
from converters.sign import sign
from edge.accelerators.card import GOLDEN_FILE, Tensor, card_bytes, read_card
from edge.accelerators.golden import Vector, read_vector
from edge.accelerators.manifest import Seal
from edge.accelerators.private_key import public_half
from edge.errors import ModelError

ROOT = Path(__file__).resolve().parents[2]
OURS = ("face-expression", "text-emotion", "voice-emotion")


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for name in OURS:
        shutil.copytree(ROOT / "models" / name, tmp_path / "models" / name)
    return tmp_path / "models"


def test_a_vector_can_be_drawn_again_byte_for_byte(models: Path) -> None:
    """On any machine with the interpreter of this release."""
    folder = models / "text-emotion"
    shipped = (folder / GOLDEN_FILE).read_bytes()
    (folder / GOLDEN_FILE).unlink()
    golden = make(folder, read_card(folder))
    vector = read_vector(ROOT / "models" / "text-emotion", read_card(ROOT / "models" / "text-emotion"))
    again = read_vector(folder, read_card(folder).model_copy(update={"golden": golden}))
    assert vector is not None
    assert again is not None
    for one, other in zip((*vector.inputs, *vector.outputs), (*again.inputs, *again.outputs), strict=True):
        assert np.array_equal(one, other)
    assert golden.bytes == len(shipped)


def test_the_command_makes_those_that_are_missing_and_signs(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    private = Ed25519PrivateKey.generate()
    key = tmp_path / "key.pem"
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key.chmod(0o600)
    folder = models / "voice-emotion"
    (folder / GOLDEN_FILE).unlink()
    card = folder / "card.toml"
    card.write_text(card.read_text(encoding="utf-8").partition("[golden]")[0], encoding="utf-8")
    assert main(["golden", "--models", str(models), "--key", str(key)]) == 0
    printed = capsys.readouterr().out
    assert "voice-emotion/golden.npz" in printed
    assert "face-expression/golden.npz" not in printed
    assert (folder / GOLDEN_FILE).is_file()
    seal = Seal(models, [public_half(private)])
    assert seal.flaw("voice-emotion", card_bytes(folder)) is None


def test_a_model_that_is_not_there_is_named(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["golden", "nobody", "--models", str(models)]) == 1
    assert "has no model nobody, it has face-expression" in capsys.readouterr().err


def test_nothing_is_signed_while_a_vector_is_not_the_cards(models: Path) -> None:
    with (models / "text-emotion" / GOLDEN_FILE).open("ab") as file:
        file.write(b"!")
    with pytest.raises(ModelError, match=r"golden\.npz has \d+ bytes, at most"):
        sign(models, [Ed25519PrivateKey.generate()])


def test_the_rest_of_a_card_stays_as_somebody_wrote_it(models: Path) -> None:
    folder = models / "face-expression"
    raw, card = card_bytes(folder), read_card(folder)
    assert card.golden is not None
    assert with_table(raw, card.golden) == raw
    other = with_table(raw + b'\n[[metrics]]\nname = "x"\n', card.golden.model_copy(update={"steps": 3}))
    assert other.count(b"[golden]") == 1
    assert b'name = "x"' in other
    assert b"steps = 3" in other


@pytest.mark.parametrize(
    ("dtype", "shape", "unit"),
    [("int8", (1, 48, 48, 1), "x"), ("float32", (1, 20, 20, 3), "RGB, -1 (black) to 1"), ("int32", (1, 40, 3), "x")],
)
def test_a_pattern_goes_through_most_of_the_range_and_each_seed_has_its_own(
    dtype: str, shape: tuple[int, ...], unit: str
) -> None:
    tensor = Tensor.model_validate({"name": "x", "shape": shape, "dtype": dtype, "unit": unit})
    drawn = [pattern(tensor, seed, 0, 1000) for seed in SEEDS]
    low, high = {"int8": (-128, 127), "float32": (-1, 1), "int32": (1, 999)}[dtype]
    for array in drawn:
        assert array.shape == shape
        assert array.dtype == np.dtype(dtype)
        assert array.min() >= low
        assert array.max() <= high
        assert np.ptp(array.astype(float)) > 0.6 * (high - low)
    assert len({array.tobytes() for array in drawn}) == len(SEEDS)
    assert not np.array_equal(pattern(tensor, 0, 0, 1000), pattern(tensor, 0, 1, 1000))


def test_an_output_that_hardly_moves_excites_nobody() -> None:
    card = read_card(ROOT / "models" / "face-expression")
    flat = np.full((1, 7), 15, np.int8)
    moving = np.array([[-80, 60, 15, 0, 3, 40, -20]], np.int8)
    assert excitement(card, Vector((), (flat,))) < 1 < excitement(card, Vector((), (moving,)))
