from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.broker import SCRIPT, running_broker

BASH = shutil.which("bash") or "/bin/bash"


def test_it_listens_on_loopback_and_leaves_nothing_behind() -> None:
    with running_broker() as broker:
        folder = Path(broker.log).parent
        assert Path(broker.key).stat().st_mode & 0o077 == 0
        assert len({broker.plain, broker.password, broker.tls}) == 3
    assert not folder.exists()
    assert not Path(f"/proc/{broker.pid}").exists()


def test_a_killed_broker_leaves_nothing_behind_either() -> None:
    with running_broker() as broker:
        broker.kill()
        assert not Path(broker.log).parent.exists()


@pytest.mark.parametrize("options", [["--plain", "x"], ["--plain", "0"], ["--tls", "65536"], ["--plain"], ["--what"]])
def test_wrong_use_is_told_and_ends_with_2(options: list[str]) -> None:
    done = subprocess.run([str(SCRIPT), *options], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert options[0] in done.stderr


def test_a_port_in_use_is_told_and_ends_with_1() -> None:
    with running_broker() as broker:
        taken = str(broker.plain)
        done = subprocess.run([str(SCRIPT), "--plain", taken], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "did not start" in done.stderr
    assert taken in done.stderr


def test_a_missing_mosquitto_is_told_with_the_line_to_type(tmp_path: Path) -> None:
    (tmp_path / "mosquitto").symlink_to("/bin/true")
    done = subprocess.run([BASH, str(SCRIPT)], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Type: sudo apt-get install mosquitto openssl" in done.stderr
