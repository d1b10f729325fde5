from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from edge.accelerators.cpu import Cpu
from edge.accelerators.manifest import Seal
from edge.accelerators.model import Models, device_models
from edge.accelerators.settings import ModelsSettings
from edge.affect import Emotion, Sense
from edge.errors import ModelError
from edge.understanding.fusion import BUILT_IN
from edge.understanding.pooled import NAME, fitted, load, parse

MODELS = Path(__file__).parents[3] / "models"
FILE = "parameters.toml"


@pytest.fixture
def content() -> str:
    return (MODELS / NAME / FILE).read_text(encoding="utf-8")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(MODELS / NAME, tmp_path / NAME)
    for file in ("manifest.toml", "manifest.sig"):
        shutil.copy(MODELS / file, tmp_path / file)
    return tmp_path


def models(directory: Path) -> Models:
    return device_models(ModelsSettings(directory=directory), Cpu())


def test_the_shipped_pool_is_signed_and_knows_every_sense() -> None:
    pool = load(models(MODELS))
    assert set(pool.trusts) == set(Sense)
    assert not pool.trusts[Sense.VOICE].knows[list(Emotion).index(Emotion.SURPRISE)]
    assert all(0.5 < trust.reliability < 1 for trust in pool.trusts.values())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("temperature = ", "temperature = nan #", "temperature"),
        ("temperature = ", "temperature = inf #", "temperature"),
        ("temperature = ", "temperature = 0.0 #", "temperature"),
        ("reliability = ", "reliability = 1.5 #", "reliability"),
        ("reliability = ", "reliability = nan #", "reliability"),
        ("[senses.voice]", "[senses.smell]", "senses.smell"),
        ("sharpness = ", "keenness = ", "sharpness"),
        ("rapport-pool-1", "rapport-pool-2", "format"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(content: str, old: str, new: str, told: str) -> None:
    assert old in content
    with pytest.raises(ModelError, match=told):
        parse(content.replace(old, new, 1).encode())


def test_labels_in_another_order_are_refused(content: str) -> None:
    swapped = content.replace('"angry",\n    "disgust",', '"disgust",\n    "angry",', 1)
    assert swapped != content
    with pytest.raises(ModelError, match="have the labels disgust, angry"):
        parse(swapped.encode())


def test_a_label_that_is_none_of_ours_and_a_list_that_is_too_short_are_refused(content: str) -> None:
    with pytest.raises(ModelError, match="knows bored"):
        parse((content.rsplit('"neutral",', 1)[0] + '"bored",' + content.rsplit('"neutral",', 1)[1]).encode())
    head, tail = content.split("prior = [", 1)
    with pytest.raises(ModelError, match="prior"):
        parse(f"{head}prior = [\n    0.0,{tail.split('0.0,', 2)[2]}".encode())


def test_a_sense_that_is_missing_is_named(content: str) -> None:
    start, end = content.index("[senses.voice]"), content.index("[senses.text]")
    with pytest.raises(ModelError, match="say nothing of voice"):
        parse((content[:start] + content[end:]).encode())


@pytest.mark.parametrize("kept", [0, 20, 400])
def test_half_a_file_is_refused(content: str, kept: int) -> None:
    with pytest.raises(ModelError, match="parameters of fusion-pool"):
        parse(content.encode()[:kept])


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ModelError, match="not valid TOML"):
        parse(b"\xff\xfe\x00")


def test_a_changed_file_is_refused_by_its_hash_and_the_built_in_weights_stand_in(
    copied: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = copied / NAME / FILE
    path.write_bytes(path.read_bytes().replace(b"0.9", b"0.1", 1))
    with pytest.raises(ModelError, match=r"parameters file .* has sha256"):
        load(models(copied))
    with caplog.at_level(logging.WARNING):
        assert fitted(models(copied)) is BUILT_IN
    assert "built-in weights" in caplog.text
    assert "sha256" in caplog.text


def test_a_card_that_nobody_signed_is_refused(copied: Path) -> None:
    card = copied / NAME / "card.toml"
    card.write_bytes(card.read_bytes() + b"\n")
    with pytest.raises(ModelError, match="signed manifest says"):
        load(models(copied))


def test_without_the_folder_the_built_in_weights_stand_in_and_it_is_said(
    copied: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(copied / NAME)
    with caplog.at_level(logging.WARNING):
        assert fitted(models(copied)) is BUILT_IN
    assert NAME in caplog.text


def test_a_network_is_no_table_and_a_table_no_network() -> None:
    sealed = Models(MODELS, Cpu(), Seal.of(ModelsSettings(), MODELS))
    with pytest.raises(ModelError, match=r"has file 'model\.tflite', the code needs 'parameters\.toml'"):
        sealed.parameters("face-expression", "face-expression")
    with pytest.raises(ModelError, match=r"has file 'parameters\.toml', the code needs 'model\.tflite'"):
        sealed.load(NAME, "fusion")
