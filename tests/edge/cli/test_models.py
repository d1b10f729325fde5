from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from edge.accelerators.model import default_directory

if TYPE_CHECKING:
    from pathlib import Path

    from tests.edge.cli.conftest import Rapport


@pytest.fixture
def unsigned(tmp_path: Path) -> dict[str, str]:
    """The environment of a device whose models have lost their signature."""
    models = tmp_path / "models"
    shutil.copytree(default_directory(), models)
    (models / "manifest.sig").unlink()
    return {"RAPPORT_MODELS__DIRECTORY": str(models)}


def test_every_model_is_said_to_be_signed(rapport: Rapport) -> None:
    assert all(record["signed"] and record["unsigned"] is None for record in rapport.json("models", "verify"))


def test_every_golden_vector_is_computed_by_verify_and_not_by_list(rapport: Rapport) -> None:
    computed = {r["name"]: r["deviation"] for r in rapport.json("models", "verify") if r["golden"]}
    # a table of numbers, as fusion's, is read and not computed
    nets = {path.parent.name for path in default_directory().glob("*/golden.npz")}
    assert set(computed) == nets
    assert None not in computed.values()
    assert all(record["golden"] is None and record["error"] is None for record in rapport.json("models", "list"))


def test_unsigned_models_are_exit_code_one_and_the_device_does_not_use_them(
    rapport: Rapport, unsigned: dict[str, str]
) -> None:
    done = rapport("models", "verify", **unsigned)
    assert done.returncode == 1
    assert "the manifest is not signed" in done.stdout
    sensed = rapport("sense", "text", "I am so happy!", **unsigned)
    assert sensed.returncode == 1
    assert "the manifest is not signed" in sensed.stdout + sensed.stderr
    doctor = rapport("doctor", **unsigned)
    assert doctor.returncode == 1
    assert "BAD signature" in doctor.stdout


def test_with_warn_they_are_used_and_every_command_says_so(rapport: Rapport, unsigned: dict[str, str]) -> None:
    lax = unsigned | {"RAPPORT_MODELS__SIGNATURE": "warn"}
    listed = rapport("models", "verify", **lax)
    assert listed.returncode == 0
    assert "NOT VERIFIED: the manifest is not signed" in listed.stdout
    doctor = rapport("doctor", **lax)
    assert doctor.returncode == 0
    assert 'used all the same: models.signature is "warn"' in doctor.stdout
    sensed = rapport("sense", "text", "I am so happy!", **lax)
    assert sensed.returncode == 0
    assert "NOT VERIFIED" in sensed.stderr


def test_a_trusted_key_that_is_none_is_a_wrong_setting(rapport: Rapport) -> None:
    done = rapport("doctor", RAPPORT_MODELS__TRUSTED_KEYS='["rsa AAAA"]')
    assert done.returncode == 2
    assert "trusted_keys" in done.stderr
