"""The attacks that the signature is there for, each on a copy of the real folder, signed with keys made here."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from converters.sign import sign
from edge.accelerators.cpu import Cpu
from edge.accelerators.keys import parse_key, signature_line, trusted_keys
from edge.accelerators.manifest import Seal
from edge.accelerators.model import Model, Models, default_directory, device_models
from edge.accelerators.private_key import public_half
from edge.accelerators.settings import ModelsSettings
from edge.errors import ModelError
from tests.edge.accelerators.conftest import ROOT

OURS = ("face-expression", "text-emotion", "voice-emotion")
KEY = Ed25519PrivateKey.generate()
STRANGER = Ed25519PrivateKey.generate()
TRUSTED = public_half(KEY, "the tests").line


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Our three models, signed by KEY."""
    for name in OURS:
        shutil.copytree(ROOT / "models" / name, tmp_path / "models" / name)
    sign(tmp_path / "models", [KEY])
    return tmp_path / "models"


def load(models: Path, name: str = "voice-emotion", **settings: object) -> Model:
    given = {"directory": models, "trusted_keys": (TRUSTED,)} | settings
    return device_models(ModelsSettings.model_validate(given), Cpu()).load(name, name)


def change(path: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert count == 1
    path.write_text(text, encoding="utf-8")


def swap(one: Path, other: Path) -> None:
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)


def test_the_models_of_this_repository_are_signed_by_its_key_and_none_is_left_out() -> None:
    remedy = "Run: python -m converters sign --models models --key FILE (docs/signing.md)"
    directory = ROOT / "models"
    seal = Seal(directory, trusted_keys())
    folders = {path.parent.name for path in directory.glob("*/card.toml")}
    assert set(seal.manifest().models) == folders, remedy
    for name in sorted(folders):
        assert seal.flaw(name, (directory / name / "card.toml").read_bytes()) is None, remedy


def test_no_private_key_is_in_the_repository() -> None:
    command = ["git", "grep", "-lIE", "BEGIN [A-Z ]*PRIVATE KEY-----$"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (1, "")  # 1: nothing was found


def test_a_signed_model_loads(models: Path) -> None:
    assert load(models).card.name == "voice-emotion"


def test_the_device_goes_through_the_seal_wherever_it_loads_models() -> None:
    """Only the workstation may make ``Models`` without one."""
    made = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "edge").rglob("*.py")
        if re.search(r"(?<!class )\bModels\(", path.read_text(encoding="utf-8"))
    ]
    assert made == ["edge/accelerators/model.py"]


def without(models: Path, name: str) -> None:
    """Sign the folder while one model is away."""
    (models / name).rename(models.parent / name)
    sign(models, [KEY])
    (models.parent / name).rename(models / name)


CARD_CHANGED = "the card of voice-emotion has sha256 .*, the signed manifest says"
OTHER_SIZE = r"has \d+ bytes, at most"
NOT_OF_THIS = r"is not of this manifest\.toml"
VOICE, TEXT, FACE = "voice-emotion", "text-emotion", "face-expression"

Act = Callable[[Path], object]
ATTACKS: dict[str, tuple[str, tuple[Act, ...]]] = {
    "a better figure in a card": (
        CARD_CHANGED,
        (lambda m: change(m / VOICE / "card.toml", r"^value = 0\.\d+", "value = 0.99"),),
    ),
    "labels in another order": (
        CARD_CHANGED,
        (lambda m: change(m / VOICE / "card.toml", r'"angry",(\s*)"disgust"', r'"disgust",\1"angry"'),),
    ),
    "another temperature": (
        CARD_CHANGED,
        (lambda m: change(m / VOICE / "card.toml", r"^temperature = .*", "temperature = 0.01"),),
    ),
    "weights of another model": (
        OTHER_SIZE,
        (lambda m: swap(m / VOICE / "model.tflite", m / TEXT / "model.tflite"),),
    ),
    "folders of two models changed over": (
        CARD_CHANGED,
        tuple(
            lambda m, file=file: swap(m / VOICE / file, m / TEXT / file)  # type: ignore[misc]
            for file in ("card.toml", "model.tflite")
        ),
    ),
    "a file that is a link to another model": (
        OTHER_SIZE,
        (
            lambda m: (m / VOICE / "model.tflite").unlink(),
            lambda m: (m / VOICE / "model.tflite").symlink_to(m / FACE / "model.tflite"),
        ),
    ),
    "one byte of the weights": (
        "has sha256 .*its card says",
        (lambda m: (m / VOICE / "model.tflite").write_bytes((m / VOICE / "model.tflite").read_bytes()[:-1] + b"!"),),
    ),
    "a gigabyte of weights": ("has 1073741824 bytes", (lambda m: os.truncate(m / VOICE / "model.tflite", 1 << 30),)),
    "a gigabyte of card": ("has 1073741824 bytes", (lambda m: os.truncate(m / VOICE / "card.toml", 1 << 30),)),
    "a gigabyte of manifest": ("has 1073741824 bytes", (lambda m: os.truncate(m / "manifest.toml", 1 << 30),)),
    "a gigabyte of signature": ("has 1073741824 bytes", (lambda m: os.truncate(m / "manifest.sig", 1 << 30),)),
    "a pipe as the manifest": (
        "not a regular file",
        (lambda m: (m / "manifest.toml").unlink(), lambda m: os.mkfifo(m / "manifest.toml")),
    ),
    "no manifest": ("there is no manifest .* sign them", (lambda m: (m / "manifest.toml").unlink(),)),
    "no signature": ("the manifest is not signed", (lambda m: (m / "manifest.sig").unlink(),)),
    "an empty signature": ("damaged: it has 0 lines", (lambda m: (m / "manifest.sig").write_bytes(b""),)),
    "half a signature": ("damaged: line 1 is no signature", (lambda m: os.truncate(m / "manifest.sig", 60),)),
    "a signature that is no text": (
        "the signature .* is damaged",
        (lambda m: (m / "manifest.sig").write_bytes(b"\xff\xfe" * 50),),
    ),
    "a manifest that is no text": (NOT_OF_THIS, (lambda m: (m / "manifest.toml").write_bytes(b"\xff\xfe" * 50),)),
    "a version changed in the manifest": (
        NOT_OF_THIS,
        (lambda m: change(m / "manifest.toml", "^version = .*", 'version = "0"'),),
    ),
    "a stranger's signature": (
        rf"signed by {public_half(STRANGER).id}; trusted are .*the tests.*models\.trusted_keys",
        (lambda m: sign(m, [STRANGER]),),
    ),
    "a stranger's signature under the known key's id": (
        NOT_OF_THIS,
        (
            lambda m: sign(m, [STRANGER]),
            lambda m: change(m / "manifest.sig", public_half(STRANGER).id, public_half(KEY).id),
        ),
    ),
    "a model that nobody signed": ("voice-emotion is not in .*nobody signed it", (lambda m: without(m, VOICE),)),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused_with_the_thing_and_the_remedy(models: Path, attack: str) -> None:
    said, acts = ATTACKS[attack]
    for act in acts:
        act(models)
    with pytest.raises(ModelError, match=said) as refused:
        load(models)
    assert refused.value.remedy


def test_an_older_manifest_does_not_cover_a_newer_card(models: Path) -> None:
    old = [(models / name).read_bytes() for name in ("manifest.toml", "manifest.sig")]
    change(models / "voice-emotion/card.toml", r"^version = .*", 'version = "newer"')
    sign(models, [KEY])
    assert load(models).card.version == "newer"
    for name, content in zip(("manifest.toml", "manifest.sig"), old, strict=True):
        (models / name).write_bytes(content)
    with pytest.raises(ModelError, match="the card of voice-emotion has sha256"):
        load(models)


def test_an_older_release_as_a_whole_is_refused_only_where_the_settings_forbid_it(models: Path, tmp_path: Path) -> None:
    shutil.copytree(models, tmp_path / "old")
    change(models / "voice-emotion/card.toml", r"^version = .*", 'version = "newer"')
    assert sign(models, [KEY]).release == 2
    assert load(tmp_path / "old").card.version != "newer"
    assert load(models, least_release=2).card.version == "newer"
    with pytest.raises(ModelError, match="is release 1, older than 2"):
        load(tmp_path / "old", least_release=2)


def test_a_signed_manifest_of_another_format_is_refused(models: Path) -> None:
    content = (models / "manifest.toml").read_bytes().replace(b"rapport-models-1", b"rapport-models-9")
    (models / "manifest.toml").write_bytes(content)
    (models / "manifest.sig").write_text(signature_line(public_half(KEY), KEY.sign(content)), encoding="ascii")
    with pytest.raises(ModelError, match="signed and yet wrong"):
        load(models)


def test_a_change_after_the_first_load_is_seen_at_the_next(models: Path) -> None:
    settings = ModelsSettings(directory=models, trusted_keys=(TRUSTED,))
    loaded = device_models(settings, Cpu())
    loaded.load("voice-emotion", "voice-emotion")
    sign(models.parent / "models", [KEY])
    change(models / "manifest.toml", "^release = 1", "release = 9")
    with pytest.raises(ModelError, match=r"is not of this manifest\.toml"):
        loaded.load("text-emotion", "text-emotion")


def test_with_warn_an_unsigned_model_is_used_and_that_is_said(models: Path, caplog: pytest.LogCaptureFixture) -> None:
    (models / "manifest.sig").unlink()
    with caplog.at_level(logging.WARNING):
        assert load(models, signature="warn").card.name == "voice-emotion"
    assert "NOT VERIFIED" in caplog.text
    assert "is not signed" in caplog.text


def test_with_warn_a_wrong_hash_in_the_card_is_still_refused(models: Path) -> None:
    (models / "manifest.sig").unlink()
    (act,) = ATTACKS["one byte of the weights"][1]
    act(models)
    with pytest.raises(ModelError, match="its card says"):
        load(models, signature="warn")


def test_an_old_and_a_new_key_can_both_sign_while_devices_change_over(models: Path) -> None:
    change(models / "voice-emotion/card.toml", r"^version = .*", 'version = "newer"')
    sign(models, [STRANGER, KEY])
    assert load(models).card.version == "newer"
    assert load(models, trusted_keys=(public_half(STRANGER, "next year").line,)).card.version == "newer"


def test_a_file_reached_by_a_link_is_as_good_as_its_content(models: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.move(models / "voice-emotion", elsewhere)
    (models / "voice-emotion").symlink_to(elsewhere)
    assert load(models).card.name == "voice-emotion"


def test_without_a_seal_only_the_hash_is_compared(models: Path) -> None:
    (models / "manifest.sig").unlink()
    assert Models(models, Cpu()).load("voice-emotion", "voice-emotion").card.name == "voice-emotion"


@pytest.mark.parametrize(
    "line",
    ["", "rsa AAAA", "ed25519 abc", f"ed25519 {'A' * 43}", TRUSTED + "\nmore", TRUSTED + "\n"],
    ids=["nothing", "another kind", "short", "shorter", "two lines", "a line feed"],
)
def test_a_line_that_is_no_key_is_refused(line: str) -> None:
    with pytest.raises(ModelError, match="is not a public key"):
        parse_key(line)


def test_the_library_for_signatures_is_loaded_in_a_process_of_its_own_alone() -> None:
    code = (
        "import sys, edge.settings, edge.accelerators.model; assert 'cryptography' not in sys.modules;"
        "from edge.accelerators.manifest import Seal; from edge.accelerators.keys import trusted_keys;"
        f"Seal(__import__('pathlib').Path({str(default_directory())!r}), trusted_keys()).manifest();"
        "assert 'cryptography' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
