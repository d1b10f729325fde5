"""``scripts/arm64-check`` refuses what it cannot do, before it touches anything; the check itself takes minutes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "arm64-check"
NOBODY = 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gets past the first refusal")


def check(*arguments: str | Path, user: int | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPT, *map(str, arguments)],
        env=os.environ | {"PYTHON": sys.executable} | environment,
        user=user,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder for PATH with all that the script asks for; the heavy ones are there by name only."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("bash", "env", "dirname", "realpath", "uname", "readlink", "sed", "unshare", "flock"):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    for name in ("debootstrap", "qemu-aarch64-static", "update-binfmts"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--fast"], "--fast is not known. Use --cache DIR or --json FILE."),
        (["--cache"], "--cache needs a path."),
        (["--json", "/nowhere/at/all.json"], "the folder /nowhere/at is not there"),
    ],
)
def test_wrong_use_is_told_and_ends_with_2(arguments: list[str], said: str) -> None:
    done = check(*arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_help_is_the_head_of_the_script() -> None:
    done = check("--help")
    assert done.returncode == 0
    assert "--cache DIR" in done.stdout
    assert "set -euo" not in done.stdout


def test_who_is_not_root_is_told_so(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    done = check("--cache", cache, user=NOBODY if os.geteuid() == 0 else None)
    assert done.returncode == 1
    assert "needs root" in done.stderr
    assert "sudo scripts/arm64-check" in done.stderr
    assert not cache.exists()


@needs_root
@pytest.mark.parametrize("tool", ["debootstrap", "qemu-aarch64-static", "update-binfmts"])
def test_a_missing_tool_is_named_with_the_packages_that_bring_it(tools: Path, tmp_path: Path, tool: str) -> None:
    (tools / tool).unlink()
    done = check("--cache", tmp_path / "cache", PATH=str(tools))
    assert done.returncode == 1
    assert f"{tool} is missing" in done.stderr
    assert "apt-get install debootstrap qemu-user-static binfmt-support" in done.stderr
    assert not (tmp_path / "cache").exists()


@needs_root
def test_an_interpreter_without_the_requirements_is_refused(tools: Path, tmp_path: Path) -> None:
    done = check("--cache", tmp_path / "cache", PATH=str(tools), PYTHON="/bin/false")
    assert done.returncode == 1
    assert "/bin/false cannot run the project" in done.stderr
    assert "scripts/setup" in done.stderr


@needs_root
def test_a_machine_that_is_arm64_itself_is_sent_to_the_tests(tools: Path, tmp_path: Path) -> None:
    (tools / "uname").unlink()
    (tools / "uname").write_text("#!/bin/sh\necho aarch64\n")
    (tools / "uname").chmod(0o755)
    done = check("--cache", tmp_path / "cache", PATH=str(tools))
    assert done.returncode == 1
    assert "this machine is aarch64" in done.stderr
    assert "scripts/test" in done.stderr
