from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

from converters.datasets import report
from converters.datasets.catalogue import SETS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "datasets.md").read_text(encoding="utf-8")


def test_the_page_lists_every_set_with_its_licence_and_use() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (face|voice|text) \| ([^|]+) \| ([^|]+) \|", PAGE, re.MULTILINE)
    assert rows == [(known.name, known.sense.value, known.licence, known.use.value) for known in SETS]


def test_every_command_of_the_page_is_one_that_is_taken() -> None:
    commands = re.findall(r"^python -m converters datasets (.*)$", PAGE, re.MULTILINE)
    assert len(commands) > 5
    for command in commands:
        parser = argparse.ArgumentParser(exit_on_error=False)
        report.add_arguments(parser)
        assert parser.parse_args(shlex.split(command)).what
