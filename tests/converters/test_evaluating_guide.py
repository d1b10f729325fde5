from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from converters.__main__ import _parser, main
from edge.accelerators.model import default_directory

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "evaluating.md").read_text(encoding="utf-8")
COMMANDS = [line.removeprefix("python -m converters ") for line in GUIDE.splitlines() if line.startswith("python -m")]
EXAMPLE = re.search(r"^```json\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_guide_is_one_that_converters_takes(line: str) -> None:
    words = shlex.split(line)
    assert _parser(words).parse_args(words).run


def test_the_guides_own_file_is_measured_and_every_key_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert EXAMPLE is not None
    (tmp_path / "texts.jsonl").write_text(EXAMPLE[1], encoding="utf-8")
    data = ["--data", str(tmp_path / "texts.jsonl"), "--models", str(default_directory()), "--json"]
    assert main(["evaluate", "text", *data]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["n"] == 3
    assert found["accuracy"] > 0.5
    explained = set(re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in GUIDE.splitlines() if "|" in line)))
    assert set(found) - explained == {
        "labels",
        "reliability",
        "temperature",
        "sureness",
        "speakers",
        "resampled",
        "model",
    }
