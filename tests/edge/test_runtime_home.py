"""The running device and its home over a real broker: consent withdrawn, another profile, another voice, its health."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from edge.cli import main
from edge.outlets.mqtt.clearing import OWED
from edge.outlets.mqtt.controls import AGAIN_S
from edge.runtime import Runtime
from edge.settings import load
from tests.broker import LONGEST_S, ROOT, Broker, Listener, running_broker, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker() as broker:
        yield broker


@pytest.fixture
def config(tmp_path: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of a device that reads words, with long pauses, and has consent to."""
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path / "run"))
    words = tmp_path / "words.txt"
    words.write_text("[00:00] I am so happy today\n[20:00] And so what?\n", encoding="utf-8")
    path = tmp_path / "device.toml"
    path.write_text(
        f"""
[device]
id = "h{uuid.uuid4().hex[:8]}"
state_directory = "{tmp_path / "state"}"
[words]
source = "{words}"
[speech]
wav_directory = "{tmp_path / "said"}"
[console]
enabled = false
[mqtt]
host = "{broker.host}"
port = {broker.plain}
""",
        encoding="utf-8",
    )
    assert main(["consent", "grant", "text", "--config", str(path)]) == 0
    return path


@contextmanager
def running(config: Path, broker: Broker) -> Iterator[str]:
    """The command, as a process that the home has heard of; the root of its topics."""
    root = f"rapport/{load(config).device.id}"
    command = [sys.executable, "-m", "edge", "run", str(config)]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with Listener(broker, f"{root}/availability") as door:
            until(lambda: bool(door.heard) or process.poll() is not None, 3 * LONGEST_S)
        assert process.poll() is None
        yield root
    finally:
        process.terminate()
        process.wait(LONGEST_S)


def granted(config: Path, capsys: pytest.CaptureFixture[str]) -> set[str]:
    capsys.readouterr()
    assert main(["consent", "status", "--json", "--config", str(config)]) == 0
    standings: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return {str(one["sense"]) for one in standings if one["state"] == "granted"}


def test_a_sense_that_the_home_withdraws_is_closed_and_stays_closed(
    broker: Broker, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Listener(broker, "rapport/#") as home, running(config, broker) as root:
        home.wait(lambda m: m.topic == f"{root}/controls" and m.json()["consent"]["text"] == "ON")
        home.wait(lambda m: m.topic == f"{root}/diagnostics" and m.json()["lanes"]["text"] == "running")
        home.say(f"{root}/consent", "withdraw text")
        home.wait(lambda m: m.topic == f"{root}/controls" and m.json()["consent"]["text"] == "OFF")
        closed = home.wait(lambda m: m.topic == f"{root}/diagnostics" and m.json()["lanes"]["text"] == "no consent")
        assert granted(config, capsys) == set()
        home.say(f"{root}/consent", "grant text")
        home.wait(lambda m: m.topic == f"{root}/controls" and m.at > closed.at)
        assert granted(config, capsys) == set()


def test_the_home_chooses_a_profile_that_there_is(
    broker: Broker, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profile", "new", "Ann", "--config", str(config)]) == 0
    with Listener(broker, "rapport/#", "homeassistant/device/#") as home, running(config, broker) as root:
        home.wait(lambda m: m.topic == f"{root}/controls" and m.json()["profile"] == "(nobody)")
        home.say(f"{root}/profile", "Ann")
        home.wait(lambda m: m.topic == f"{root}/controls" and m.json()["profile"] == "Ann")
        capsys.readouterr()
        assert main(["profile", "--json", "--config", str(config)]) == 0
        assert json.loads(capsys.readouterr().out)["selected"] == "Ann"


def test_the_home_has_everything_forgotten_by_two_presses(
    broker: Broker, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profile", "new", "Ann", "--config", str(config)]) == 0
    key = (tmp_path / "state" / "vault.key").read_bytes()
    with Listener(broker, "rapport/#") as home, running(config, broker) as root:
        home.say(f"{root}/of-before", "Ann was here", retain=True)
        home.say(f"{root}/forget", "PRESS")
        home.wait(lambda m: m.topic == f"{root}/controls" and m.json()["forgetting"] == "press again")
        assert (tmp_path / "state" / "vault.key").read_bytes() == key
        time.sleep(AGAIN_S[0])
        home.say(f"{root}/forget", "PRESS")
        home.wait(lambda m: m.topic == f"{root}/controls" and m.json()["forgetting"] == "done")
        home.wait(lambda m: m.topic == f"{root}/of-before" and not m.payload)
        until((tmp_path / "state" / "vault.key").exists)
        assert (tmp_path / "state" / "vault.key").read_bytes() != key
        until(lambda: not (tmp_path / "state" / OWED).exists())
    capsys.readouterr()
    assert main(["profile", "--json", "--config", str(config)]) == 0
    assert json.loads(capsys.readouterr().out)["profiles"] == []


def test_the_home_is_told_of_the_budget_where_something_may_ever_leave(broker: Broker, config: Path) -> None:
    def told(home: Listener, root: str) -> float | None:
        found: float | None = home.wait(lambda m: m.topic == f"{root}/diagnostics").json()["budget_left"]
        return found

    with Listener(broker, "rapport/#") as home, running(config, broker) as root:
        assert told(home, root) is None
    with config.open("a", encoding="utf-8") as file:
        file.write('[privacy]\ntopic = "fleet/{device}/aggregate"\nepsilon_year = 6.5\n')
    with Listener(broker, "rapport/#") as home, running(config, broker) as root:
        home.wait(lambda m: m.topic == f"{root}/diagnostics" and m.json()["budget_left"] == 6.5)


def test_the_home_learns_which_models_run(broker: Broker, config: Path) -> None:
    with Listener(broker, "rapport/#") as home, running(config, broker) as root:
        told = home.wait(lambda m: m.topic == f"{root}/diagnostics" and "text-emotion" in m.json()["models"])
        assert all(told.json()["models"].values())


def test_the_voice_follows_the_home_and_keeps_to_it_when_the_file_is_read_anew(broker: Broker, config: Path) -> None:
    device = Runtime(load(config))
    root = f"rapport/{device.settings.device.id}"
    with Listener(broker, f"{root}/#") as home:
        device._attach_outlets()
        try:
            if device.speaker is None:
                pytest.skip("no speech engine is installed")
            home.on(f"{root}/availability", "online")
            home.say(f"{root}/volume", "0.25")
            home.say(f"{root}/rate", "240")
            speaker = device.speaker
            until(lambda: (speaker._settings.volume, speaker._settings.words_per_minute) == (0.25, 240))
            device._adopt(device.settings)
            assert speaker._settings.volume == 0.25
        finally:
            for outlet in device._outlets:
                outlet.stop()
