from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.accelerators.card import EDGE_TPU_FILE, MODEL_FILE
from edge.accelerators.model import default_directory
from edge.cli.doctor.models import on_device
from tests.edge.accelerators.devices import Device
from tests.edge.outlets.speech.servers import serving

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


def test_it_is_told_whether_voice_and_face_of_replies_are_drawn(rapport: Rapport, tmp_path: Path) -> None:
    def told(**environment: str) -> str:
        checks = rapport.json("doctor", **environment)
        return str(next(check["found"] for check in checks if check["name"] == "expression"))

    assert told(RAPPORT_MODELS__SIGNATURE="warn") == "voice and face of each reply are drawn by the model"
    folder = tmp_path / "text-emotion"
    shutil.copytree(default_directory() / "text-emotion", folder)
    assert "by the tables alone: there is no model card" in told(
        RAPPORT_MODELS__DIRECTORY=str(tmp_path), RAPPORT_MODELS__SIGNATURE="warn"
    )


def test_an_absent_camera_and_broker_are_told_with_what_to_do(rapport: Rapport) -> None:
    done = rapport(
        "doctor", RAPPORT_CAMERA__SOURCE="/dev/video99", RAPPORT_MQTT__HOST="127.0.0.1", RAPPORT_MQTT__PORT="1"
    )
    assert done.returncode == 0
    assert "/dev/video99 is not there" in done.stdout
    assert "127.0.0.1:1" in done.stdout
    assert "rapport consent grant face" in done.stdout


def test_a_camera_module_without_picamera2_is_told_with_what_to_do(rapport: Rapport) -> None:
    done = rapport("doctor", RAPPORT_CAMERA__SOURCE="csi:1")
    assert "picamera2 is not installed" in done.stdout
    assert "sudo apt install python3-picamera2" in done.stdout


def test_consent_is_given_seen_and_withdrawn(rapport: Rapport) -> None:
    assert rapport("consent", "grant", "face").returncode == 0
    granted = {entry["sense"]: entry["state"] for entry in rapport.json("consent") if entry["purpose"] == "emotion"}
    assert granted == {"face": "granted", "voice": "never", "text": "never"}
    rapport("consent", "withdraw")
    withdrawn = {entry["state"] for entry in rapport.json("consent") if entry["purpose"] == "emotion"}
    assert withdrawn == {"withdrawn"}
    assert rapport("consent", "grant", "smell").returncode == 2


def granted(rapport: Rapport) -> set[tuple[str, str]]:
    return {(one["sense"], one["purpose"]) for one in rapport.json("consent") if one["state"] == "granted"}


def test_consent_is_given_for_one_purpose_and_withdrawn_for_all(rapport: Rapport) -> None:
    assert rapport("consent", "grant", "face", "--for", "drowsiness").returncode == 0
    assert granted(rapport) == {("face", "drowsiness")}
    assert "granted for drowsiness" in rapport("doctor").stdout
    assert rapport("consent", "grant", "face", "text").returncode == 0
    assert granted(rapport) == {("face", "drowsiness"), ("face", "emotion"), ("text", "emotion")}
    rapport("consent", "withdraw", "face", "--for", "emotion")
    assert granted(rapport) == {("face", "drowsiness"), ("text", "emotion")}
    rapport("consent", "withdraw", "face")
    assert granted(rapport) == {("text", "emotion")}, "who withdraws the face wants the camera shut"
    useless = rapport("consent", "grant", "voice", "--for", "drowsiness")
    assert useless.returncode == 2
    assert "'voice' is of no use for drowsiness. Name face." in useless.stderr


def test_models_are_verified_by_hash(rapport: Rapport) -> None:
    records = rapport.json("models", "verify")
    assert all(record["error"] is None for record in records)
    folders = {card.parent.name for card in Path(default_directory()).glob("*/card.toml")}
    assert {record["name"] for record in records} == folders


def test_a_device_is_tried_with_each_model_and_those_that_it_does_not_take_are_told(tmp_path: Path) -> None:
    models = Path(shutil.copytree(default_directory(), tmp_path / "models"))
    for name in ("face-expression", "voice-emotion"):
        content = (models / name / MODEL_FILE).read_bytes()
        (models / name / EDGE_TPU_FILE).write_bytes(content)
        card = models / name / "card.toml"
        line = f'edge_tpu_sha256 = "{hashlib.sha256(content).hexdigest()}"\n'
        card.write_text(line + card.read_text(encoding="utf-8"), encoding="utf-8")
    device = Device()
    checks = {check.name: check for check in on_device(device, models)}
    assert checks["face-expression on coral"].found == "golden vector bit for bit"
    assert not checks["text-emotion on coral"].ok
    assert "runs on cpu: text-emotion has no file compiled for the Edge TPU" in checks["text-emotion on coral"].found
    device.wrong = 50
    wrong = {check.name: check for check in on_device(device, models)}["voice-emotion on coral"]
    assert not wrong.ok
    assert "coral computes voice-emotion wrongly" in wrong.found
    assert wrong.remedy


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


def test_what_keeps_the_device_from_speaking_is_told(rapport: Rapport) -> None:
    def told(**environment: str) -> str:
        named = {check["name"]: check for check in rapport.json("doctor", **environment)}
        assert named["speaking"]["ok"]
        return str(named["speaking"]["found"])

    assert told() == "60 replies an hour at most, 6 of them unasked"
    assert told(RAPPORT_RESPONSE__QUIET="true").startswith("response.quiet is true: it says nothing but")
    assert told(RAPPORT_RESPONSE__PER_HOUR="0").startswith("response.per_hour is 0: it says nothing but")
    assert told(RAPPORT_RESPONSE__QUIET_HOURS="00:00-23:59").endswith("; quiet hours 00:00-23:59, now")


def test_what_the_device_may_do_is_told_with_what_it_lacks(rapport: Rapport) -> None:
    def told(**environment: str) -> tuple[bool, str, str]:
        checks = {check["name"]: check for check in rapport.json("doctor", **environment)}
        check = checks["actions"]
        return check["ok"], check["found"], check["remedy"]

    allowed = {"RAPPORT_ACTIONS__ALLOWED": '["dim_light", "next_stop"]'}
    broker = {"RAPPORT_MQTT__HOST": "127.0.0.1", "RAPPORT_MQTT__PORT": "1"}
    assert told() == (True, "none is allowed: nothing is proposed to the home or the car", "")
    well, found, remedy = told(**allowed)
    assert (well, found) == (False, "dim_light, next_stop, and no broker is set")
    assert remedy.startswith("Set mqtt.host")
    assert told(**allowed, **broker, RAPPORT_ACTIONS__UNASKED='["dim_light"]') == (True, "dim_light (unasked)", "")
    well, found, _ = told(**allowed, **broker, RAPPORT_SAFETY__CONTEXT="service")
    assert (well, found) == (False, "none of dim_light, next_stop fits the context service")


def test_what_the_face_needs_is_told(rapport: Rapport, tmp_path: Path) -> None:
    def found(**environment: str) -> dict[str, object]:
        checks = rapport.json("doctor", **environment)
        return next(check for check in checks if check["name"] == "avatar")

    assert "no face is shown" in str(found()["found"])
    shown = found(RAPPORT_AVATAR__ENABLED="true")
    assert shown["ok"]
    assert "http://127.0.0.1:8791/" in str(shown["found"])
    alone = found(RAPPORT_AVATAR__ENABLED="true", RAPPORT_AVATAR__IMAGE="true")
    assert not alone["ok"]
    assert "mqtt.host" in str(alone["remedy"])
    # As on a device without the extra.
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'resvg_py' else find(name, *a)\n"
    )
    path = f"{tmp_path}:{rapport.environment['PYTHONPATH']}"
    bare = found(RAPPORT_AVATAR__ENABLED="true", PYTHONPATH=path)
    assert bare["ok"], "the page works without it"
    assert "rapport-edge[avatar]" in str(bare["remedy"])


def test_the_engine_of_speech_is_told_with_its_voices(rapport: Rapport, tmp_path: Path) -> None:
    with serving("streaming") as (port, _):
        asked = {"RAPPORT_SPEECH__ENGINE": "wyoming", "RAPPORT_SPEECH__WYOMING__PORT": str(port)}
        done = rapport("doctor", **asked)
        assert f"test at 127.0.0.1:{port}, streaming" in done.stdout
        assert "test-zh (of test-zh)" in done.stdout
        done = rapport("doctor", **asked, RAPPORT_SPEECH__WYOMING__VOICE_EN="amy")
        assert "'amy' is not there" in done.stdout
        assert "Set speech.wyoming.voice_en to one of: test-en" in done.stdout
    done = rapport("doctor", **asked)
    assert done.returncode == 0
    assert "espeak-ng speaks: no Wyoming server answers" in done.stdout
    done = rapport("doctor", RAPPORT_SPEECH__ENGINE="kokoro", RAPPORT_SPEECH__KOKORO__DIRECTORY=str(tmp_path / "none"))
    assert "espeak-ng speaks: Kokoro" in done.stdout
    assert "remedy: Type: " in done.stdout


def test_a_wrong_lexicon_is_told(rapport: Rapport, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("[en]\nAnn\n", encoding="utf-8")
    asked = {"RAPPORT_SPEECH__ENGINE": "auto", "RAPPORT_SPEECH__LEXICON": str(tmp_path / "names.txt")}
    done = rapport("doctor", **asked)
    assert done.returncode == 1
    assert "line 2: 'Ann' is no name with how it is said" in done.stdout
    ran = rapport("run", **asked)
    assert ran.returncode == 2
    assert "line 2: 'Ann'" in ran.stderr


def test_the_vault_is_told_with_its_key_and_what_that_is_worth(rapport: Rapport) -> None:
    def vault(**environment: str) -> dict[str, Any]:
        return next(check for check in rapport.json("doctor", **environment) if check["name"] == "vault")

    assert vault()["found"].startswith("nothing is kept yet")
    assert not (rapport.home / "state" / "vault.db").exists(), "to look makes none"
    assert rapport("profile", "new", "Anna").returncode == 0
    beside = vault()
    assert not beside["ok"]
    assert "no help against whoever takes the disk" in beside["found"]
    assert re.search(r"form 00\d\d-\S+, \d+ KiB, encrypted", beside["found"])
    assert rapport("privacy", "forget", "--yes").returncode == 0
    given = rapport.home / "credentials"
    given.mkdir()
    (given / "rapport-vault-key").write_text("ab" * 32)
    assert rapport("profile", "new", "Anna", CREDENTIALS_DIRECTORY=str(given)).returncode == 0
    sealed = vault(CREDENTIALS_DIRECTORY=str(given))
    assert sealed["ok"]
    assert "the systemd credential rapport-vault-key and the file" in sealed["found"]
    assert not vault()["ok"], "with half of the key it cannot be opened"
