from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from fleet.coordinator.loading import load

CONFIGS = Path(__file__).resolve().parents[2] / "firmware_configs"
UNIT = CONFIGS / "systemd" / "rapport-fleet.service"


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze")
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    copy = tmp_path / "rapport-fleet.service"
    text = UNIT.read_text(encoding="utf-8").replace("/opt/rapport-fleet/.venv/bin/python", str(program))
    copy.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert str(copy) not in done.stderr, done.stderr


def test_it_is_as_closed_as_the_devices_but_for_the_devices() -> None:
    device = (CONFIGS / "systemd" / "rapport.service").read_text(encoding="utf-8").splitlines()
    closed = {
        line for line in device if line.startswith(("Protect", "Restrict", "NoNew", "Private", "Lock", "SystemCall"))
    }
    missing = closed - set(UNIT.read_text(encoding="utf-8").splitlines())
    families = {line for line in missing if line.startswith("RestrictAddressFamilies")}
    assert missing == families, "a device also talks to the kernel (netlink), a coordinator does not"


def test_the_example_is_one_that_the_coordinator_takes() -> None:
    settings = load(CONFIGS / "fleet" / "coordinator.toml")
    broker = (CONFIGS / "broker" / "fleet.conf").read_text(encoding="utf-8")
    assert f"listener {settings.mqtt.port}\n" in broker
    assert f"{settings.coordinator.key}".startswith("/etc/rapport-fleet/")
    assert settings.rounds.cohort >= 100
