"""``rapport explain``: the State now, and how it came to it, in both languages."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pytest

from edge.affect import EMOTIONS, Affect, Cue, Emotion, Sense, State
from edge.outlets.history import History, history_path
from edge.outlets.last_state import LastState

if TYPE_CHECKING:
    from pathlib import Path

    from tests.edge.cli.conftest import Rapport


def state_of(emotion: Emotion, age_s: float) -> State:
    affect = Affect.of(tuple(0.88 if e is emotion else 0.02 for e in EMOTIONS))
    cue = Cue("pitch", 112.0, "Hz", "low voice", 0.8)
    at_ns = time.monotonic_ns() - round(age_s * 1e9)
    absent = ((Sense.FACE, "no face is in view"), (Sense.TEXT, "nothing yet"))
    return State(at_ns, emotion, affect, None, ((Sense.VOICE, 1.0),), absent, (cue,), ((Sense.VOICE, "unsure"),))


def lived(home: Path) -> None:
    """A device that was happy, then sad for five minutes, and has just told so."""
    last, history = LastState(home / "run", "test"), History(home / "run", "test")
    for outlet in (last, history):
        outlet.open()
        for emotion, age_s in ((Emotion.HAPPY, 1200), (Emotion.SAD, 300), (Emotion.SAD, 1)):
            outlet.deliver(state_of(emotion, age_s))
        outlet.close()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "device.toml"
    path.write_text('[device]\nid = "test"\nlanguages = ["zh", "en"]\n', encoding="utf-8")
    return path


def test_the_last_state_is_told_with_for_how_long_and_why(rapport: Rapport, tmp_path: Path) -> None:
    lived(tmp_path)
    assert rapport("explain").stdout.splitlines() == [
        "Probably sad (88%); valence -0.57, arousal -0.18.",
        "It has been so for 5 min.",
        "From the voice 100%.",
        "Signs: low voice (112 Hz).",
        "Without the voice it would be unsure.",
        "Not used: face (no face is in view); text (nothing yet).",
    ]


def test_in_the_devices_first_language_or_in_the_one_that_is_asked_for(
    rapport: Rapport, tmp_path: Path, config: Path
) -> None:
    lived(tmp_path)
    chinese = [
        "大概是难过（把握88%），愉悦度-0.57，激动程度-0.18。",
        "这种状态已有5分钟。",
        "依据：声音占100%。",
        "迹象：声音低沉（112赫兹）。",
        "少了声音会是不确定。",
        "没有用到：表情（画面里没有人脸）；话语（还没有）。",
    ]
    assert rapport("explain", config).stdout.splitlines() == chinese
    assert rapport("explain", "--language", "zh").stdout.splitlines() == chinese
    assert rapport("explain", config, "--language", "en").stdout.startswith("Probably sad")
    record = rapport.json("explain", config)
    assert record["explanation"] == chinese
    assert record["state"]["label"] == "sad"
    assert record["lasted_s"] == pytest.approx(299, abs=5)


def test_the_changes_of_a_time_are_told_with_the_one_that_was_on_when_it_began(
    rapport: Rapport, tmp_path: Path
) -> None:
    lived(tmp_path)
    lines = rapport("explain", "--since", "10m").stdout.splitlines()
    heads = [re.sub(r"^[\d:]{8}", "hh:mm:ss", line) for line in lines if not line.startswith(" ")]
    assert heads == ["hh:mm:ss: happy, for 15 min.", "hh:mm:ss: sad, until now for 5 min."]
    assert "  Signs: low voice (112 Hz)." in lines
    lines = rapport("explain", "--since", "60s", "--language", "zh").stdout.splitlines()
    assert re.sub(r"^[\d:]{8}", "hh:mm:ss", lines[0]) == "hh:mm:ss：难过，到现在已有5分钟。"
    told = rapport.json("explain", "--since", "1h")
    assert [(change["state"]["label"], round(change["lasted_s"], -1)) for change in told] == [
        ("happy", 900),
        ("sad", 300),
    ]
    assert "Signs: low voice (112 Hz)." in told[0]["explanation"]


@pytest.mark.parametrize("asked", ["5h", "10", "m", "-1m", "0s", "1d", "1e9s"])
def test_a_time_that_is_none_is_wrong_use(rapport: Rapport, asked: str) -> None:
    done = rapport("explain", f"--since={asked}")
    assert done.returncode == 2
    assert "at most 4h" in done.stderr


def test_without_any_state_it_says_so(rapport: Rapport, config: Path) -> None:
    done = rapport("explain")
    assert (done.returncode, "rapport run" in done.stderr) == (1, True)
    assert rapport("explain", "--since", "5m").stdout == "In the last 5 min no State was told.\n"
    assert rapport("explain", config, "--since", "5m").stdout == "最近5分钟没有任何判断。\n"
    assert rapport.json("explain", "--since", "5m") == []


def test_a_withdrawal_takes_the_history_of_a_device_that_does_not_run(
    rapport: Rapport, tmp_path: Path, config: Path
) -> None:
    lived(tmp_path)
    path = history_path(tmp_path / "run", "test")
    rapport("consent", "withdraw", "text", "--for", "recording", "--config", config)
    assert path.exists()
    rapport("consent", "withdraw", "text", "--config", config)
    assert not path.exists()


def test_a_run_leaves_its_changes(rapport: Rapport, tmp_path: Path) -> None:
    words = tmp_path / "words.lrc"
    words.write_text("[00:00.20]I am so happy about my secret!\n[00:01.20]我太难过了，一直在哭\n", encoding="utf-8")
    config = tmp_path / "device.toml"
    config.write_text('[device]\nid = "test"\n[consent]\ngrants = ["text"]\n', encoding="utf-8")
    rapport("run", config, RAPPORT_WORDS__SOURCE=str(words))
    told = rapport.json("explain", config, "--since", "1m")
    assert [change["state"]["label"] for change in told if change["state"]["label"] != "unsure"] == ["happy", "sad"]
    assert "secret" not in json.dumps(told)


def test_why_the_device_says_nothing_is_told_here_and_by_the_doctor(rapport: Rapport, tmp_path: Path) -> None:
    last = LastState(tmp_path / "run", "rapport", lambda: "resting for 9 min")
    last.open()
    last.deliver(state_of(Emotion.SAD, 0))
    last.close()
    assert rapport("explain").stdout.splitlines()[-1] == "Says nothing: resting for 9 min."
    found = next(check["found"] for check in rapport.json("doctor") if check["name"] == "speaking")
    assert found.endswith("; says nothing now: resting for 9 min")
