"""Put the device into a real Home Assistant: discovery, commands, kill −9, a broker that restarts; say what was seen.

    python -m tests.home_assistant --python ENVIRONMENT/bin/python [--json FILE] [--kills 5]

The environment has the package ``homeassistant`` and the ``paho-mqtt`` that its MQTT integration asks for, such as
``python3.13 -m venv ENVIRONMENT && ENVIRONMENT/bin/pip install homeassistant==2026.2.3 paho-mqtt==2.1.0`` (with
``--ignore-requires-python`` where Python is older than it asks for). 2026.11 needs Python 3.14, and ``aiohasupervisor``
too. Needs Mosquitto. Exit 1 when a bar is not met.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from edge.outlets.mqtt.identity import Identity, Topics
from edge.outlets.mqtt.payloads import shortened
from edge.outlets.mqtt.removal import remove
from edge.outlets.mqtt.settings import MqttSettings
from tests.broker import ROOT, Broker, Listener
from tests.home_assistant.device import ALL, ID, NAME, REPLY, SAD

if TYPE_CHECKING:
    from collections.abc import Callable

START_S = 120.0
LONGEST_S = 30.0
BACK_S, RESTART_S, GONE_S = 10.0, 15.0, 1.0
"""The bars: all back after the device's return, all right after reconnecting to a broker that restarted, unavailable
"at once", which is given a second for the look every 50 ms and for a busy machine."""
TIMED = {"image", "event"}
"""Platforms whose state is the time of the last message."""
BUTTONS = {"button"}
"""Platforms whose state is the time of the last press: unknown before."""

OWN = {"aiohttp_fast_zlib", "homeassistant.helpers.frame"}
"""Loggers by which it tells of a library that is not there, and of how its own integrations call its core."""
LOST = re.compile(
    r"WARNING homeassistant\.components\.mqtt\.client|ERROR paho\.mqtt\.client: failed to receive on socket"
    r"|ERROR asyncio: Task exception was never retrieved\n.*'mqtt re-subscribe and birth'"
)
"""What it says of its own connection when the broker is killed."""

EXPECTED = {
    "emotion": "sad", "valence": f"{SAD.valence:.3f}", "arousal": f"{SAD.arousal:.3f}", "confidence": "0.7",
    "reason": "none", "face": "on", "voice": "off", "text": "on", "reply": shortened(REPLY), "wrong": "unknown",
    "profile": "(nobody)", "volume": "1.0", "rate": "165", "forgetting": "ready", "consent_face": "on",
    "consent_voice": "off", "consent_text": "on", "accelerator": "cpu", "restarts": "3", "dropped_frames": "7",
    "face_lane": "running", "voice_lane": "not used", "text_lane": "backing off", "budget_left": "7.25",
    "last_error": "text: …/words.txt is gone", "models": "face-expression 3, text-emotion 2", "silence": "resting",
    "refused": "0", "dropped": "0",
}  # fmt: skip


class Home:
    """A running Home Assistant."""

    def __init__(self, python: str, directory: Path, port: int) -> None:
        directory.mkdir(exist_ok=True)
        (directory / "configuration.yaml").touch()
        self._log = (directory / "log.txt").open("a", encoding="utf-8")
        inside = str(Path(__file__).with_name("inside.py"))
        command = [python, inside, str(directory), str(port)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        self.version = str(self._line()["ready"])
        self.own: list[str] = []

    def ask(self, do: str, **more: object) -> Any:  # noqa: ANN401 - JSON is anything
        """The answer to one question."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self._process.stdin.flush()
        answer = self._line()
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def call(self, key: str, service: str, **data: object) -> None:
        """Use an entity as a person does."""
        entity_id = next(one["entity_id"] for one in self.ask("states") if one["unique_id"].endswith(f"{ID}_{key}"))
        self.ask("call", domain=entity_id.partition(".")[0], service=service, data={"entity_id": entity_id, **data})

    def states(self) -> dict[str, dict[str, Any]]:
        """Key → entity, of this device."""
        mark = f"rapport_{ID}_"
        return {one["unique_id"].removeprefix(mark): one for one in self.ask("states") if mark in one["unique_id"]}

    def warnings(self) -> list[str]:
        """What Home Assistant complained of since the last look, but for what it says of its own code."""
        told = self.ask("warnings")
        self.own += [f"{one['logger']}: {one['text']}" for one in told if one["logger"] in OWN]
        return [f"{one['level']} {one['logger']}: {one['text']}" for one in told if one["logger"] not in OWN]

    def wait(self, happened: Callable[[dict[str, dict[str, Any]]], bool], within_s: float = LONGEST_S) -> float:
        """Seconds until the entities are so; infinite when they are not within ``within_s``."""
        began = time.monotonic()
        while time.monotonic() - began < within_s:
            if happened(self.states()):
                return time.monotonic() - began
            time.sleep(0.05)
        return float("inf")

    def stop(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(LONGEST_S)
        self._log.close()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            message = f"Home Assistant ended with {self._process.wait()}; see {self._log.name}"
            raise RuntimeError(message)
        return dict(json.loads(line))


class Device:
    """``tests.home_assistant.device`` as a process."""

    def __init__(self, port: int, directory: Path, *has: str) -> None:
        command = [sys.executable, "-m", "tests.home_assistant.device", str(port), str(directory), *has]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def happen(self, event: str) -> None:
        """Let something happen to it."""
        assert self._process.stdin is not None
        self._process.stdin.write(event + "\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """Kill −9, if it runs."""
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait(LONGEST_S)


def right(states: dict[str, dict[str, Any]]) -> bool:
    """Whether every entity shows what the device says."""
    return states.keys() >= EXPECTED.keys() and not wrong(states)


def wrong(states: dict[str, dict[str, Any]]) -> dict[str, str | None]:
    """Each entity that does not, with what it shows."""
    found = {}
    for key, entity in states.items():
        shown, platform = entity["state"], entity["entity_id"].partition(".")[0]
        if key in EXPECTED:
            fine = _same(shown, EXPECTED[key])
        elif platform in TIMED | BUTTONS or key in {"latency_p95", "frame_rate", "connections"}:
            fine = shown not in {None, "unavailable"}
        else:
            fine = shown not in {None, "unavailable", "unknown"}
        if not fine:
            found[key] = shown
    return found


def _same(shown: str | None, expected: str) -> bool:
    try:
        return abs(float(str(shown)) - float(expected)) < 1e-3
    except ValueError:
        return shown == expected


def gone(states: dict[str, dict[str, Any]]) -> bool:
    """Whether every entity is unavailable."""
    return bool(states) and all(entity["state"] == "unavailable" for entity in states.values())


class Trial:
    """The whole, in order; ``seen`` holds what was seen."""

    def __init__(self, python: str, directory: Path, kills: int) -> None:
        self.seen: dict[str, Any] = {}
        self.failed: list[str] = []
        self._python = python
        self._directory = directory
        self._kills = kills
        self._broker = Broker()
        self._port = self._broker.plain
        self._topics = Topics.of(MqttSettings(), Identity(ID, NAME, "1"))
        self._home = Home(python, directory / "home", self._port)

    def run(self) -> None:
        """Every step."""
        self._note("home_assistant", self._home.version, fine=True)
        self._home.warnings()
        with Device(self._port, self._directory) as device:
            self._discover()
            self._happen(device)
            self._command()
        self._kill()
        with Device(self._port, self._directory):
            self._home.wait(right)
            self._restart_broker()
            self._restart_home()
        self._take_back()
        self._note("Home Assistant on its own code", self._home.own or 0, fine=True)

    def stop(self) -> None:
        """End broker and home."""
        self._home.stop()
        self._broker.stop()

    def _note(self, name: str, value: object, *, fine: bool) -> None:
        self.seen[name] = value
        if not fine:
            self.failed.append(name)
        print(f"{'ok  ' if fine else 'BAD '} {name}: {value}", flush=True)

    def _quiet(self, step: str) -> None:
        told = self._home.warnings()
        self._note(f"warnings, {step}", told or 0, fine=not told)

    def _discover(self) -> None:
        took_s = self._home.wait(right, START_S)
        states = self._home.states()
        with Listener(self._broker, self._topics.discovery) as listener:
            announced = listener.on(self._topics.discovery).json()["components"]
        self._note("seconds from the device's start to all right", round(took_s, 2), fine=right(states))
        self._note("not right", wrong(states), fine=right(states))
        refused = sorted(announced.keys() - states.keys())
        self._note("entities", len(states), fine=len(states) == len(announced))
        self._note("refused components", refused, fine=not refused)
        ids = {key: entity["entity_id"] for key, entity in states.items()}
        other = {key: one for key, one in ids.items() if one != announced[key]["default_entity_id"]}
        self._note("entity ids that are not as asked for", other, fine=not other)
        disabled = [key for key, entity in states.items() if entity["disabled"]]
        self._note("disabled", disabled, fine=not disabled)
        full = states["reply"]["attributes"].get("full")
        self._note("the full reply is an attribute", full == REPLY, fine=full == REPLY)
        explained = states["emotion"]["attributes"].get("explanation", "")
        self._note("the explanation is an attribute", explained, fine="sad" in explained)
        self._quiet("discovery")

    def _happen(self, device: Device) -> None:
        for event, key, kind in (
            ("began", "episode", "began"),
            ("ended", "episode", "ended"),
            ("proposal", "proposal", "dim_light"),
        ):
            device.happen(event)
            took_s = self._home.wait(lambda s, k=key, e=kind: s[k]["attributes"].get("event_type") == e)  # type: ignore[misc]
            self._note(f"the event {event}", round(took_s, 2), fine=took_s < LONGEST_S)
        self._quiet("events")

    def _command(self) -> None:
        home = self._home
        steps: tuple[tuple[str, str, dict[str, object], str, str], ...] = (
            ("volume", "set_value", {"value": 0.5}, "volume", "0.5"),
            ("rate", "set_value", {"value": 200}, "rate", "200"),
            ("profile", "select_option", {"option": "安娜"}, "profile", "安娜"),
            ("profile", "select_option", {"option": "(nobody)"}, "profile", "(nobody)"),
            ("consent_face", "turn_off", {}, "consent_face", "off"),
            ("forget", "press", {}, "forgetting", "press again"),
        )
        for key, service, data, shown, expected in steps:
            home.call(key, service, **data)
            took_s = home.wait(lambda s, k=shown, e=expected: _same(s[k]["state"], e))  # type: ignore[misc]
            self._note(f"{key} {service} {data or ''}".strip(), round(took_s, 2), fine=took_s < LONGEST_S)
        home.call("consent_face", "turn_on")
        time.sleep(2.0)
        states = home.states()
        self._note(
            "a switch that is turned on goes back",
            states["consent_face"]["state"],
            fine=states["consent_face"]["state"] == "off",
        )
        self._note("the device counts what it refused", states["refused"]["state"], fine=True)
        home.call("forget", "press")
        took_s = home.wait(lambda s: s["forgetting"]["state"] == "done")
        self._note("the second press forgets", (self._directory / "forgotten").exists(), fine=took_s < LONGEST_S)
        for key in ("helped", "not_now"):
            home.call(key, "press")
        home.call("wrong", "select_option", option="angry")
        took_s = home.wait(lambda s: s["wrong"]["state"] == "unknown")
        self._note("what was chosen as wrong is unknown again", round(took_s, 2), fine=took_s < LONGEST_S)
        home.call("accept", "press")
        took_s = home.wait(lambda s: s["action"]["attributes"].get("event_type") == "dim_light")
        self._note("the action after a yes", round(took_s, 2), fine=took_s < LONGEST_S)
        self._quiet("commands")
        for name in ("consent.json", "forgotten", "profile"):
            (self._directory / name).unlink(missing_ok=True)

    def _kill(self) -> None:
        gone_s, back_s = [], []
        for _ in range(self._kills):
            with Device(self._port, self._directory) as device:
                assert self._home.wait(right) < LONGEST_S, wrong(self._home.states())
                device.kill()
                gone_s.append(round(self._home.wait(gone), 2))
            with Listener(self._broker, self._topics.availability) as door, Device(self._port, self._directory):
                door.wait(
                    lambda m: m.payload == b"online"
                )  # the device is there again; starting Python is not its fault
                back_s.append(round(self._home.wait(right), 2))
        self._note("kill -9 to all unavailable, s", gone_s, fine=max(gone_s) <= GONE_S)
        self._note("return to all right, s", back_s, fine=max(back_s) <= BACK_S)
        self._quiet("kills")

    def _restart_broker(self) -> None:
        self._broker.kill()
        self._home.wait(gone)
        self._broker = Broker("--plain", str(self._port))
        with Listener(self._broker, self._topics.availability) as door:
            door.wait(lambda m: m.payload == b"online")
            took_s = self._home.wait(right)
        self._note(
            "broker restarted without a store: reconnect to all right, s", round(took_s, 2), fine=took_s <= RESTART_S
        )
        self._note("not right after it", wrong(self._home.states()), fine=right(self._home.states()))
        told = [one for one in self._home.warnings() if not LOST.match(one)]
        self._note("warnings, broker restarted", told or 0, fine=not told)

    def _restart_home(self) -> None:
        self._home.stop()
        self._home = Home(self._python, self._directory / "home", self._port)
        took_s = self._home.wait(right)
        self._note("Home Assistant restarted: all right after, s", round(took_s, 2), fine=took_s <= RESTART_S)
        self._note("not right after that", wrong(self._home.states()), fine=right(self._home.states()))
        self._quiet("Home Assistant restarted")

    def _take_back(self) -> None:
        with Device(self._port, self._directory, "people") as device:
            took_s = self._home.wait(lambda s: not s.keys() & {"volume", "rate", "forget", "budget_left", "avatar"})
            self._note("what a device has no more is taken back, s", round(took_s, 2), fine=took_s < LONGEST_S)
            self._quiet("taken back")
            device.kill()
        with Device(self._port, self._directory, *ALL) as device:
            took_s = self._home.wait(lambda s: s.keys() >= {"volume", "rate", "forget", "budget_left", "avatar"})
            self._note("and is there again, s", round(took_s, 2), fine=took_s < LONGEST_S)
            device.kill()
        self._home.wait(gone)
        remove(MqttSettings(host="127.0.0.1", port=self._port), Identity(ID, NAME, "1"), self._topics)
        took_s = self._home.wait(lambda s: not s)
        left = [one for one in self._home.ask("devices") if one["name"] == NAME]
        self._note(
            "`rapport mqtt remove`: nothing is left after, s", round(took_s, 2), fine=took_s < LONGEST_S and not left
        )
        self._quiet("removed")


def main() -> int:
    """Exit 0 when all was as it should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", required=True, help="of an environment with Home Assistant")
    parser.add_argument("--kills", type=int, default=5, help="how often the device is killed")
    parser.add_argument("--json", type=Path, help="write what was seen there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rapport-home-") as directory:
        trial = Trial(arguments.python, Path(directory), arguments.kills)
        try:
            trial.run()
        finally:
            trial.stop()
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(trial.seen, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(trial.failed)} not as it should be{': ' if trial.failed else ''}{', '.join(trial.failed)}")
    return int(bool(trial.failed))


if __name__ == "__main__":
    sys.exit(main())
