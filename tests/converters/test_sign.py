from __future__ import annotations

import hashlib
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from converters.sign import new_key, read_key, sign
from edge.accelerators.card import read_card
from edge.accelerators.keys import parse_key
from edge.accelerators.manifest import Seal
from edge.accelerators.private_key import public_half
from edge.errors import InputError, ModelError

ROOT = Path(__file__).resolve().parents[2]
KEY = Ed25519PrivateKey.generate()


@pytest.fixture
def models(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "models" / "voice-emotion", tmp_path / "models" / "voice-emotion")
    return tmp_path / "models"


def command(*words: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "converters", "sign", *map(str, words)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_key_is_made_a_folder_signed_and_the_printed_line_trusts_it(models: Path, tmp_path: Path) -> None:
    key = tmp_path / "release.key"
    made = command("--new-key", key, "--owner", "Acme Cars", "--models", models)
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    signed = command("--key", key, "--models", models)
    assert signed.returncode == 0, signed.stderr
    trusted = parse_key(made.stdout.strip())
    assert trusted.owner == "Acme Cars"
    assert (
        Seal(models, [trusted]).manifest().models["voice-emotion"].version
        == read_card(models / "voice-emotion").version
    )


def test_signing_again_changes_nothing_and_a_changed_card_makes_the_next_release(models: Path) -> None:
    assert sign(models, [KEY]).release == 1
    before = (models / "manifest.toml").read_bytes()
    assert sign(models, [KEY]).release == 1
    assert (models / "manifest.toml").read_bytes() == before
    with (models / "voice-emotion" / "card.toml").open("a", encoding="utf-8") as card:
        card.write("# a remark\n")
    assert sign(models, [KEY]).release == 2


def test_another_key_signs_anew_and_the_release_goes_on(models: Path) -> None:
    sign(models, [KEY])
    other = Ed25519PrivateKey.generate()
    assert sign(models, [other]).release == 2
    with pytest.raises(ModelError, match="signed by"):
        Seal(models, [public_half(KEY)]).manifest()


def test_what_does_not_fit_its_card_is_not_signed(models: Path) -> None:
    (models / "voice-emotion" / "model.tflite").write_bytes(b"x")
    with pytest.raises(ModelError, match="its card says"):
        sign(models, [KEY])
    assert not (models / "manifest.toml").exists()


def test_an_onnx_file_must_be_the_cards(models: Path) -> None:
    folder = models / "voice-emotion"
    (folder / "model.onnx").write_bytes(b"onnx")
    with pytest.raises(InputError, match=r"model\.onnx has sha256"):
        sign(models, [KEY])
    card = folder / "card.toml"
    digest = hashlib.sha256(b"onnx").hexdigest()
    lines = [line for line in card.read_text(encoding="utf-8").splitlines() if not line.startswith("onnx_sha256")]
    card.write_text("\n".join([f'onnx_sha256 = "{digest}"', *lines]), encoding="utf-8")
    assert sign(models, [KEY]).models["voice-emotion"].onnx == digest
    (folder / "model.onnx").unlink()
    with pytest.raises(InputError, match="has sha256 None"):
        sign(models, [KEY])


def test_weights_made_by_others_need_not_be_there(models: Path) -> None:
    shutil.copytree(ROOT / "models" / "face-detect", models / "face-detect")
    (models / "face-detect" / "model.tflite").unlink(missing_ok=True)
    assert set(sign(models, [KEY]).models) == {"voice-emotion", "face-detect"}


def test_a_folder_without_a_card_is_named(models: Path) -> None:
    (models / "half-made").mkdir()
    with pytest.raises(InputError, match="half-made"):
        sign(models, [KEY])


def test_an_empty_folder_is_not_signed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no model folder"):
        sign(tmp_path, [KEY])


def test_a_private_key_never_lies_among_the_models(models: Path) -> None:
    with pytest.raises(InputError, match="among the models"):
        new_key(models / "release.key", models)


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    new_key(tmp_path / "release.key", tmp_path / "models")
    before = (tmp_path / "release.key").read_bytes()
    with pytest.raises(InputError, match="cannot be made: File exists"):
        new_key(tmp_path / "release.key", tmp_path / "models")
    assert (tmp_path / "release.key").read_bytes() == before


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    new_key(tmp_path / "release.key", tmp_path / "models")
    (tmp_path / "release.key").chmod(0o640)
    with pytest.raises(InputError, match=r"mode 0640: others may read it.*chmod 600"):
        read_key(tmp_path / "release.key", tmp_path / "models")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a private key"),
        (b"\xff\xfe" * 100, "not a private key"),
        (
            X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            "wanted Ed25519",
        ),
    ],
)
def test_a_file_that_is_no_signing_key_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "release.key"
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_key(path, tmp_path / "models")


def test_a_missing_key_is_exit_code_one_and_no_key_wrong_use(models: Path, tmp_path: Path) -> None:
    absent = command("--key", tmp_path / "absent", "--models", models)
    assert absent.returncode == 1
    assert "--new-key" in absent.stderr
    assert command("--models", models).returncode == 2
