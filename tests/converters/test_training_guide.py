from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from converters.__main__ import _parser

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```sh( no-run)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMANDS = [
    (line.removeprefix("python -m converters "), not no_run)
    for no_run, block in FENCE.findall(GUIDE)
    for line in block.splitlines()
    if line.startswith("python -m converters ")
]


def _python(folder: Path, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("line", [line for line, runs in COMMANDS if not runs])
def test_a_command_of_the_guide_is_one_that_converters_takes(line: str) -> None:
    words = shlex.split(line)
    assert _parser(words).parse_args(words).run


@pytest.mark.parametrize("line", [line for line, runs in COMMANDS if runs])
def test_a_command_of_the_guide_runs(line: str) -> None:
    assert _python(ROOT, "-m", "converters", *shlex.split(line))


@pytest.mark.skipif(find_spec("tf_keras") is None, reason="training needs the extra `convert`")
@pytest.mark.timeout(600)
def test_the_guides_own_network_is_trained_and_quantised(tmp_path: Path) -> None:
    (code,) = PYTHON.findall(GUIDE)
    assert "best epoch" in _python(tmp_path, "-c", code)
    assert "* post-training" in _python(tmp_path, "-m", "converters", "quantise", "runs/mine")
    assert (tmp_path / "runs/mine/model.tflite").stat().st_size > 500
