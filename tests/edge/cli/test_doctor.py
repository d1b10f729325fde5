from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edge.accelerators.model import default_directory

if TYPE_CHECKING:
    from tests.edge.cli.conftest import Rapport


def test_a_device_that_can_work_is_exit_code_zero(rapport: Rapport) -> None:
    checks = rapport.json("doctor")
    named = {check["name"]: check for check in checks}
    assert named["python"]["ok"]
    assert named["accelerator"]["found"].startswith("cpu")
    models = sorted(card.parent.name for card in default_directory().glob("*/card.toml"))
    assert [name for name in named if name.startswith("model ")] == [f"model {name}" for name in models]
    assert named["signature"]["found"].startswith("release ")
    assert rapport("doctor").returncode == 0


def test_an_altered_model_is_bad_with_its_remedy_and_exit_code_one(rapport: Rapport, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "text-emotion"
    folder.mkdir(parents=True)
    source = default_directory() / "text-emotion"
    (folder / "card.toml").write_bytes((source / "card.toml").read_bytes())
    (folder / "model.tflite").write_bytes((source / "model.tflite").read_bytes()[:-1] + b"!")
    done = rapport("doctor", RAPPORT_MODELS__DIRECTORY=str(tmp_path / "models"))
    assert done.returncode == 1
    assert "sha256" in done.stdout
    assert "Restore it" in done.stdout


def test_an_absent_camera_and_broker_are_told_with_what_to_do(rapport: Rapport) -> None:
    done = rapport(
        "doctor", RAPPORT_CAMERA__SOURCE="/dev/video99", RAPPORT_MQTT__HOST="127.0.0.1", RAPPORT_MQTT__PORT="1"
    )
    assert done.returncode == 0
    assert "/dev/video99 is not there" in done.stdout
    assert "127.0.0.1:1" in done.stdout
    assert "rapport consent grant face" in done.stdout


def test_consent_is_given_seen_and_withdrawn(rapport: Rapport) -> None:
    assert rapport("consent", "grant", "face").returncode == 0
    granted = {entry["sense"]: entry["state"] for entry in rapport.json("consent") if entry["purpose"] == "emotion"}
    assert granted == {"face": "granted", "voice": "never", "text": "never"}
    rapport("consent", "withdraw")
    withdrawn = {entry["state"] for entry in rapport.json("consent") if entry["purpose"] == "emotion"}
    assert withdrawn == {"withdrawn"}
    assert rapport("consent", "grant", "smell").returncode == 2


def test_models_are_verified_by_hash(rapport: Rapport) -> None:
    records = rapport.json("models", "verify")
    assert all(record["error"] is None for record in records)
    folders = {card.parent.name for card in Path(default_directory()).glob("*/card.toml")}
    assert {record["name"] for record in records} == folders


def test_words_and_a_microphone_of_the_network_are_checked_without_a_connection(rapport: Rapport) -> None:
    changes = {"RAPPORT_MICROPHONE__SOURCE": "wyoming://192.168.0.9:1", "RAPPORT_WORDS__SOURCE": "wyoming://8.8.8.8:1"}
    checks = {check["name"]: check for check in rapport.json("doctor", **changes)}
    assert checks["microphone"]["found"] == "wyoming://192.168.0.9:1 (not connected to)"
    assert not checks["words"]["ok"]
    assert "a public address (8.8.8.8)" in checks["words"]["found"]


def test_words_without_what_they_need_are_told(rapport: Rapport) -> None:
    checks = {check["name"]: check for check in rapport.json("doctor", RAPPORT_WORDS__SOURCE="wyoming://127.0.0.1:1")}
    assert checks["words"]["ok"]
    assert not checks["words' microphone"]["ok"]
    checks = {check["name"]: check for check in rapport.json("doctor", RAPPORT_WORDS__SOURCE="mqtt")}
    assert checks["words"]["remedy"].startswith("Set mqtt.host")
