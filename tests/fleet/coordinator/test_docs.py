from __future__ import annotations

import argparse
import importlib
import re
import shlex
import tomllib
from pathlib import Path

from fleet.cli import COMMANDS
from fleet.coordinator.checks import Reason
from fleet.coordinator.settings import CoordinatorSettings

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/fleet/coordinator.md").read_text(encoding="utf-8")


def test_every_setting_is_on_the_page_with_what_it_does() -> None:
    for name, table in CoordinatorSettings.model_fields.items():
        assert table.annotation is not None
        assert f"**[{name}]**" in PAGE
        for key, field in table.annotation.model_fields.items():
            (row,) = re.findall(
                rf"^\| `{key}` \| (.*) \| {re.escape(field.description or '')} \|$", PAGE, re.MULTILINE
            )[:1]
            if isinstance(field.default, int | float | str) and field.default not in (True, False, ""):
                assert row == f"`{field.default}`"


def test_every_reason_is_on_the_page() -> None:
    assert re.findall(r"^\| ([a-z' ]+) \|", PAGE, re.MULTILINE)[1 : 1 + len(Reason)] == [str(one) for one in Reason]


def test_the_example_is_a_settings_file() -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert CoordinatorSettings.model_validate(tomllib.loads(example)).rounds.cohort == 100


def test_the_commands_are_ones_that_it_takes() -> None:
    lines = re.findall(r"^python -m fleet (.*)$", PAGE, re.MULTILINE)
    assert lines
    for line in lines:
        name, *words = shlex.split(line)
        parser = argparse.ArgumentParser(exit_on_error=False)
        importlib.import_module(COMMANDS[name].module).add_arguments(parser)
        parser.parse_args(words)
