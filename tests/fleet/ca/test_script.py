"""The script as it is typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fleet.ca.__main__ import main

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "household-ca"


def ca(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SCRIPT), "--directory", "ca", *words],
        cwd=folder,
        env=os.environ | {"RAPPORT_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )


def test_from_nothing_to_certificates_that_openssl_takes(tmp_path: Path) -> None:
    assert ca(tmp_path, "init", "--name", "Test").returncode == 0
    assert ca(tmp_path, "device", "kitchen", "bedroom").returncode == 0
    for device in ("kitchen", "bedroom"):
        folder = tmp_path / "ca" / "devices" / device
        command = ["openssl", "verify", "-x509_strict", "-purpose", "sslclient", "-CAfile"]
        done = subprocess.run(
            [*command, str(folder / "ca.crt"), str(folder / "certificate.crt")], capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr


def run(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["--directory", str(folder / "ca"), *words])
    return code, *capsys.readouterr()


def test_what_is_in_use_is_listed_renewed_and_revoked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, capsys, "init")
    run(tmp_path, capsys, "broker", "--host", "hub.local")
    run(tmp_path, capsys, "device", "kitchen", "--days", "10")
    _, told, _ = run(tmp_path, capsys, "list", "--json")
    assert [(row["name"], row["hosts"]) for row in json.loads(told)] == [
        ("service.broker", ["hub.local"]),
        ("kitchen", []),
    ]
    _, told, _ = run(tmp_path, capsys, "renew")
    assert "carry this file to kitchen" in told
    assert "broker" not in told
    _, told, _ = run(tmp_path, capsys, "renew")
    assert told == "none ends within 30 days\n"
    _, told, _ = run(tmp_path, capsys, "revoke", "kitchen")
    assert "restart it" in told
    _, told, _ = run(tmp_path, capsys, "list")
    assert "kitchen" not in told
    assert "(the authority)" in told


def test_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, told = run(tmp_path, capsys, "device", "kitchen")
    assert code == 1
    assert "there is no authority in" in told
    assert "Make one with `scripts/household-ca init`" in told
    assert run(tmp_path, capsys, "init")[0] == 0
    assert run(tmp_path, capsys, "init")[0] == 1
    for wrong in (["broker"], ["device"], ["init", "--days", "0"], ["unknown"], []):
        with pytest.raises(SystemExit) as ended:
            run(tmp_path, capsys, *wrong)
        assert ended.value.code == 2
