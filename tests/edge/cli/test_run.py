"""The whole device, started as a user starts it, on files."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from edge.accelerators.model import default_directory

if TYPE_CHECKING:
    from tests.edge.cli.conftest import Rapport

HAPPY, SAD_ZH = "I am so happy, this is wonderful!", "我太难过了，一直在哭"
CRISIS = "I want to kill myself"


def settings(folder: Path, *, senses: str = "text", more: str = "") -> Path:
    path = folder / "device.toml"
    grants = json.dumps(senses.split())
    path.write_text(
        f'[device]\nid = "test"\nlog_level = "warning"\n[consent]\ngrants = {grants}\n[safety]\ncountry = "GB"\n{more}',
        encoding="utf-8",
    )
    return path


def words(folder: Path, *lines: str) -> str:
    path = folder / "words.lrc"
    timed = [f"[00:0{number * 3}.20]{line}" for number, line in enumerate(lines)]
    path.write_text("\n".join(timed) + "\n", encoding="utf-8")
    return str(path)


def test_words_in_both_languages_are_understood_and_answered_in_kind(rapport: Rapport, tmp_path: Path) -> None:
    source = words(tmp_path, HAPPY, SAD_ZH)
    summary = rapport.json("run", settings(tmp_path), RAPPORT_WORDS__SOURCE=source)
    assert summary["readings"] == {"face": 0, "voice": 0, "text": 2}
    assert [name for name in summary["states"] if name != "unsure"] == ["happy", "sad"]
    assert summary["replies"] == {"en": 1, "zh": 1}
    assert set(summary["latency_ms"]["text"]) == {"p50", "p95", "p99"}


def test_standard_input_is_read_to_its_end(rapport: Rapport, tmp_path: Path) -> None:
    done = subprocess.run(
        rapport.command("run", settings(tmp_path), "--json"),
        env=rapport.environment | {"RAPPORT_WORDS__SOURCE": "stdin"},
        input=f"{HAPPY}\n\n{SAD_ZH}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    summary = json.loads(done.stdout)
    assert summary["readings"]["text"] == 2
    assert summary["restarts"] == {"text": 0}


def test_other_words_give_another_state(rapport: Rapport, tmp_path: Path) -> None:
    source = words(tmp_path, "I am so angry, I hate this!")
    summary = rapport.json("run", settings(tmp_path), RAPPORT_WORDS__SOURCE=source)
    assert summary["states"][0] == "angry"


def test_crisis_talk_gets_the_fixed_words_and_leaves_no_trace_of_itself(rapport: Rapport, tmp_path: Path) -> None:
    source = words(tmp_path, CRISIS)
    done = rapport("run", settings(tmp_path), RAPPORT_WORDS__SOURCE=source)
    assert "crisis" in done.stdout
    assert "116 123" in done.stdout
    assert "kill myself" not in done.stderr
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "words.lrc"]
    assert not [path for path in kept if b"kill myself" in path.read_bytes()]


def is_open(process: subprocess.Popen[str], path: Path) -> bool:
    for link in Path(f"/proc/{process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed between listing and looking
            if str(link.readlink()) == str(path):
                return True
    return False


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "camera.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (320, 240))
    for level in range(60):
        writer.write(np.full((240, 320, 3), level, np.uint8))
    writer.release()
    return path


def started(rapport: Rapport, config: Path, video: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        rapport.command("run", config, "--repeat", "--json"),
        env=rapport.environment | {"RAPPORT_CAMERA__SOURCE": str(video)},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_crisis_talk_is_answered_even_without_a_text_model(rapport: Rapport, tmp_path: Path) -> None:
    models = tmp_path / "models"
    shutil.copytree(default_directory(), models)
    shutil.rmtree(models / "text-emotion")
    environment = {"RAPPORT_MODELS__DIRECTORY": str(models), "RAPPORT_WORDS__SOURCE": words(tmp_path, CRISIS)}
    done = rapport("run", settings(tmp_path), **environment)
    assert "116 123" in done.stdout
    assert "text-emotion" in done.stderr


def test_without_a_grant_the_source_is_never_opened(rapport: Rapport, tmp_path: Path, video: Path) -> None:
    process = started(rapport, settings(tmp_path, senses="text"), video)
    assert until((rapport.home / "run" / "test.json").exists)  # it runs, and has said that nothing is sensed
    for _ in range(50):
        assert not is_open(process, video)
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    printed, _ = process.communicate(timeout=10)
    summary = json.loads(printed)
    assert (summary["readings"]["face"], summary["abstained"]["face"]) == (0, 0)


def test_a_withdrawal_by_another_process_closes_the_source(rapport: Rapport, tmp_path: Path, video: Path) -> None:
    config = settings(tmp_path, senses="face")
    process = started(rapport, config, video)
    try:
        assert until(lambda: is_open(process, video))
        assert rapport("consent", "withdraw", "face", "--config", config).returncode == 0
        assert until(lambda: not is_open(process, video))
        time.sleep(0.3)
        assert not is_open(process, video)
        assert rapport("consent", "grant", "face", "--config", config).returncode == 0
        assert until(lambda: is_open(process, video))
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
    assert process.returncode == 0


def test_where_the_place_forbids_a_sense_its_source_is_never_opened(
    rapport: Rapport, tmp_path: Path, video: Path
) -> None:
    source = words(tmp_path, HAPPY)
    environment = {"RAPPORT_CAMERA__SOURCE": str(video), "RAPPORT_WORDS__SOURCE": source}
    done = rapport(
        "run", settings(tmp_path, senses="face text"), "--json", RAPPORT_SAFETY__CONTEXT="social", **environment
    )
    summary = json.loads(done.stdout)
    assert summary["readings"]["text"] == 1
    assert "face" not in summary["restarts"]
    assert "'social' does not allow it" in done.stderr


def until(condition: Any) -> bool:  # noqa: ANN401 - a plain predicate
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_a_missing_model_parks_one_lane_and_the_others_go_on(rapport: Rapport, tmp_path: Path, portrait: Path) -> None:
    models = tmp_path / "models"
    shutil.copytree(default_directory(), models)
    (models / "face-detect" / "model.tflite").unlink()
    summary_environment = {
        "RAPPORT_MODELS__DIRECTORY": str(models),
        "RAPPORT_CAMERA__SOURCE": str(portrait),
        "RAPPORT_WORDS__SOURCE": words(tmp_path, HAPPY),
    }
    done = rapport("run", settings(tmp_path, senses="face text"), "--json", **summary_environment)
    summary = json.loads(done.stdout)
    assert summary["readings"]["text"] == 1
    assert summary["restarts"]["face"] > 0
    assert "face-detect" in done.stderr
    assert "fetch" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_source_parks_its_lane_and_exit_code_one_says_that_nothing_worked(
    rapport: Rapport, tmp_path: Path
) -> None:
    done = rapport("run", settings(tmp_path), "--json", RAPPORT_WORDS__SOURCE=str(tmp_path / "absent.txt"))
    assert done.returncode == 1
    assert "absent.txt" in done.stderr


@pytest.mark.parametrize("place", ["work", "school"])
def test_work_and_school_are_refused_with_the_law(rapport: Rapport, tmp_path: Path, place: str) -> None:
    done = rapport("run", settings(tmp_path), RAPPORT_SAFETY__CONTEXT=place)
    assert done.returncode == 1
    assert "5(1)(f)" in done.stderr


def test_a_wrong_setting_is_exit_code_two(rapport: Rapport, tmp_path: Path) -> None:
    done = rapport("run", settings(tmp_path, more="[camera]\nfps = 0\n"))
    assert done.returncode == 2
    assert "camera.fps" in done.stderr
    assert "line 9" in done.stderr


def test_explain_tells_the_last_state_and_not_the_words(rapport: Rapport, tmp_path: Path) -> None:
    assert rapport("explain").returncode == 1
    rapport.json("run", settings(tmp_path), RAPPORT_WORDS__SOURCE=words(tmp_path, HAPPY))
    done = rapport("explain")
    assert done.stdout.startswith("Probably happy")
    assert "wonderful" not in done.stdout
    assert rapport.json("explain", settings(tmp_path))["state"]["label"] == "happy"


def test_sigterm_ends_a_repeating_run_with_its_summary(rapport: Rapport, tmp_path: Path) -> None:
    process = subprocess.Popen(
        rapport.command("run", settings(tmp_path), "--repeat", "--json"),
        env=rapport.environment | {"RAPPORT_WORDS__SOURCE": words(tmp_path, HAPPY)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert until((rapport.home / "run" / "test.json").exists)
    process.send_signal(signal.SIGTERM)
    printed, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert json.loads(printed)["readings"]["text"] >= 1
