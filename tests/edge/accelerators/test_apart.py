"""A signature is checked in a process of its own, and by this one where that gives no clear answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.accelerators import apart
from edge.accelerators.keys import PublicKey

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = "release 18\n心情\n".encode()
PRIVATE = Ed25519PrivateKey.generate()
KEY = PublicKey(PRIVATE.public_key().public_bytes_raw(), "test")
SIGNATURE = PRIVATE.sign(CONTENT)


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has not loaded the library yet: what this file imports would spare the other process."""
    monkeypatch.delitem(sys.modules, apart.LIBRARY)


@pytest.mark.usefixtures("unloaded")
@pytest.mark.parametrize("content", [CONTENT, b"", CONTENT + b"\n", CONTENT[:-1], b"\0" * 100_000])
def test_it_says_what_the_library_says(content: bytes) -> None:
    assert apart.is_signed_apart(content, SIGNATURE, KEY) is (content == CONTENT)
    assert apart.answer(KEY.raw + SIGNATURE + content) == (apart.YES if content == CONTENT else apart.NO)


@pytest.mark.usefixtures("unloaded")
def test_a_stranger_signs_nothing() -> None:
    stranger = PublicKey(Ed25519PrivateKey.generate().public_key().public_bytes_raw(), "stranger")
    assert not apart.is_signed_apart(CONTENT, SIGNATURE, stranger)


@pytest.mark.usefixtures("unloaded")
@pytest.mark.parametrize("program", ["/bin/true", "/bin/false", "/bin/echo", "/nowhere", ""])
def test_what_gives_no_clear_answer_neither_passes_nor_refuses(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", program)
    assert apart.is_signed_apart(CONTENT, SIGNATURE, KEY)
    assert not apart.is_signed_apart(CONTENT + b"\n", SIGNATURE, KEY)


@pytest.mark.usefixtures("unloaded")
def test_one_that_never_answers_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(apart, "SECONDS", 0.2)
    assert not apart.is_signed_apart(CONTENT[1:], SIGNATURE, KEY)
    assert apart.is_signed_apart(CONTENT, SIGNATURE, KEY)


@pytest.mark.usefixtures("unloaded")
def test_a_library_planted_in_the_environment_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = tmp_path / "edge" / "accelerators" / "apart.py"
    planted.parent.mkdir(parents=True)
    planted.write_text("print('signed', end='')")
    for folder in (planted.parent, planted.parent.parent):
        (folder / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert not apart.is_signed_apart(CONTENT + b"\n", SIGNATURE, KEY)
