from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]


class Rapport:
    """Runs ``rapport`` as a user does, in a process of its own, with directories of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")} | {
            "STATE_DIRECTORY": str(home / "state"),
            "RUNTIME_DIRECTORY": str(home / "run"),
            "RAPPORT_SPEECH__ENGINE": "none",
            "PYTHONPATH": str(ROOT),
        }

    def __call__(self, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=self.environment | environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )

    def json(self, *arguments: str | Path, **environment: str) -> Any:  # noqa: ANN401 - whatever the command prints
        done = self(*arguments, "--json", **environment)
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    @staticmethod
    def command(*arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "edge", *map(str, arguments)]


@pytest.fixture
def rapport(tmp_path: Path) -> Rapport:
    return Rapport(tmp_path)


@pytest.fixture(scope="session")
def portrait() -> Path:
    return ROOT / "var" / "portrait" / "astronaut.png"
