"""Every command in README.md and docs/ is real: those in ``sh`` blocks are run, those in ``sh no-run`` are parsed."""

from __future__ import annotations

import argparse
import importlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from edge.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```sh( no-run)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")


class Command(NamedTuple):
    page: Path
    words: list[str]
    run: bool


def commands() -> list[Command]:
    found = []
    for page in PAGES:
        for no_run, block in FENCE.findall(page.read_text(encoding="utf-8")):
            for line in block.splitlines():
                words = shlex.split(line, comments=True)
                while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
                    words.pop(0)
                if ">" in words:
                    words = words[: words.index(">")]
                if words:
                    found.append(Command(page, words, run=not no_run))
    return found


OURS = [command for command in commands() if command.words[0] == "rapport"]
SCRIPTS = [command for command in commands() if command.words[0].startswith("scripts/")]


def name(command: Command) -> str:
    return f"{command.page.name}: {' '.join(command.words)}"


def test_the_readme_shows_the_two_commands_first() -> None:
    assert [" ".join(command.words) for command in commands()[:2]] == ["scripts/demo", "scripts/test"]


@pytest.mark.parametrize("command", [command for command in OURS if command.run], ids=name)
def test_a_command_of_the_docs_runs(command: Command, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "edge", *command.words[1:]],
        cwd=ROOT,
        env=os.environ | {"STATE_DIRECTORY": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("command", OURS, ids=name)
def test_a_command_of_the_docs_is_one_that_rapport_takes(command: Command) -> None:
    assert command.words[1] in COMMANDS
    module = importlib.import_module(f"edge.cli.{command.words[1]}")
    parser = argparse.ArgumentParser(exit_on_error=False)
    module.add_arguments(parser)
    assert parser.parse_args(command.words[2:])


@pytest.mark.parametrize("command", SCRIPTS, ids=name)
def test_a_script_of_the_docs_is_there(command: Command) -> None:
    assert (ROOT / command.words[0]).stat().st_mode & 0o111


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = [
        target for target in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / target).exists()
    ]
    assert broken == []
