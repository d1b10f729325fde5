"""Commands of the workstation in README.md and docs/ are real: each is one that its module takes."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from converters.__main__ import COMMANDS, Command
from edge.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINE = re.compile(r"^python -m converters [a-z].*", re.MULTILINE)
WRITTEN = [shlex.split(line, comments=True)[3:] for page in PAGES for line in LINE.findall(page.read_text("utf-8"))]


@pytest.mark.parametrize("words", WRITTEN, ids=" ".join)
def test_a_command_of_the_docs_is_one_that_its_module_takes(words: list[str]) -> None:
    command = COMMANDS[words[0]]
    if not isinstance(command, Command):
        assert words[1] in command  # training pulls in TensorFlow
        return
    parser = argparse.ArgumentParser(exit_on_error=False)
    importlib.import_module(command.module).add_arguments(parser)
    assert parser.parse_args(words[1:])


def test_the_settings_of_the_page_about_signing_are_settings() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "signing.md").read_text("utf-8"), re.DOTALL)
    assert Settings.model_validate(tomllib.loads(block)).models.trusted_keys
