"""The whole device in a process of its own, with systemd's socket, and what goes wrong with real devices."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import cv2
import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.edge.cli.conftest import Rapport

HAPPY = "I am so happy, this is wonderful!"
LONGEST_S = 40.0
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


class Device:
    """``rapport run`` with faults to order, and what systemd hears of it."""

    def __init__(self, rapport: Rapport, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "device.toml"
        self.told: list[str] = []
        self.environment = rapport.environment | {
            "NOTIFY_SOCKET": str(folder / "notify"),
            "WATCHDOG_USEC": "2000000",
            "RAPPORT_LOOP__RETRY_PARKED_S": "1",
        }
        self.configure("")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(folder / "notify"))
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()
        self.process: subprocess.Popen[str] | None = None

    def configure(self, more: str, grants: str = '["face", "text"]') -> None:
        text = f'[device]\nid = "test"\n[consent]\ngrants = {grants}\n{more}'
        scratch = self.folder / "device.new"
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(self.config)

    def start(self, **environment: str) -> Self:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.edge.cli.faulty_device", str(self.folder)),
                *("run", str(self.config), "--repeat", "--json"),
            ],
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return self

    def order(self, fault: str) -> None:
        (self.folder / fault).touch()

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def hears(self, wanted: Callable[[str], bool], *, since: int = 0) -> str:
        """The first message since the ``since``-th that is wanted, within LONGEST_S."""
        deadline = time.monotonic() + LONGEST_S
        while time.monotonic() < deadline:
            for message in self.told[since:]:
                if wanted(message):
                    return message
            assert self.process is not None
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        message = f"heard only {self.told[since:]}"
        raise AssertionError(message)

    def status(self, *parts: str, since: int = 0) -> str:
        return self.hears(lambda m: m.startswith("STATUS=") and all(part in m for part in parts), since=since)

    def end(self) -> tuple[dict[str, Any], str]:
        """SIGTERM; the summary and what was logged. A process that waits for what hangs does not come back in time."""
        self.signal(signal.SIGTERM)
        assert self.process is not None
        printed, logged = self.process.communicate(timeout=20)
        return (json.loads(printed) if printed else {}), logged

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._listening.join(5)
        self._socket.close()

    def _listen(self) -> None:
        while message := self._socket.recv(4096):
            self.told.append(message.decode())


@pytest.fixture
def device(rapport: Rapport, tmp_path: Path) -> Iterator[Device]:
    device = Device(rapport, tmp_path)
    words = tmp_path / "words.lrc"
    words.write_text("".join(f"[00:0{second}.00]{HAPPY}\n" for second in range(4)), encoding="utf-8")
    device.environment["RAPPORT_WORDS__SOURCE"] = str(words)
    yield device
    device.close()


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "camera.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5, (320, 240))
    for level in range(20):
        writer.write(np.full((240, 320, 3), 60 + level, np.uint8))
    writer.release()
    return path


def test_systemd_hears_that_it_is_ready_that_it_lives_how_it_does_and_that_it_stops(device: Device) -> None:
    device.start()
    device.status("text running", "on cpu")
    device.hears(lambda m: m == "WATCHDOG=1")
    summary, _ = device.end()
    assert device.told.index("READY=1") <= 1
    assert device.told[-1] == "STOPPING=1"
    lane = summary["lanes"]["text"]
    assert (lane["state"], lane["restarts"], summary["stalls"]) == ("stopped", 0, 0)
    assert lane["seconds"]["running"] > 0


def test_a_stalled_loop_is_noticed_and_the_watchdog_hears_no_more(device: Device) -> None:
    device.start()
    device.status("text running")
    device.order("loop-hangs")
    device.status("the loop is stalled")
    count = device.told.count("WATCHDOG=1")
    time.sleep(2.5)  # systemd's limit here is 2 s
    assert device.told.count("WATCHDOG=1") == count
    _, logged = device.end()
    assert logged.count("the loop has not turned") == 1
    assert "in update" in logged, "the log says where it hangs"
    assert HAPPY not in logged
    assert device.process is not None
    assert device.process.returncode == 1


@pytest.mark.parametrize("faults", [("camera-hangs",), ("camera-hangs", "attach-hangs")])
def test_a_camera_whose_driver_hangs_holds_up_neither_the_others_nor_the_stop(
    device: Device, faults: tuple[str, ...]
) -> None:
    for fault in faults:
        device.order(fault)
    device.start()
    device.status("text running")
    summary, logged = device.end()
    assert "face-reader hangs and is left behind" in logged
    assert summary["readings"]["text"] >= 1
    assert summary["lanes"]["face"]["state"] == "stopped"


def test_inference_that_hangs_is_told_and_holds_up_neither_the_others_nor_the_stop(device: Device, video: Path) -> None:
    device.start(RAPPORT_CAMERA__SOURCE=str(video))
    device.status("face running")
    device.order("model-hangs")
    told = device.hears(lambda m: "face degraded" in m or "face backing off" in m or "face parked" in m)
    assert "face" in told
    summary, _ = device.end()
    assert summary["lanes"]["face"]["state"] in {"stopped", "parked"}
    assert {"degraded", "backing off"} & set(summary["lanes"]["face"]["seconds"])


def test_inference_that_raises_parks_its_lane_and_a_sighup_tries_it_again(device: Device, video: Path) -> None:
    device.environment["RAPPORT_LOOP__RETRY_PARKED_S"] = "3600"
    device.start(RAPPORT_CAMERA__SOURCE=str(video))
    device.status("face running")
    device.order("model-raises")
    device.status("face parked", "the accelerator is gone")
    (device.folder / "model-raises").unlink()
    count = len(device.told)
    device.signal(signal.SIGHUP)
    device.status("face running", since=count)
    summary, _ = device.end()
    assert summary["lanes"]["face"]["restarts"] >= 6
    assert summary["readings"]["text"] + summary["abstained"]["text"] >= 1


def test_a_camera_file_that_vanishes_and_returns_is_seen_again(device: Device, video: Path) -> None:
    device.start(RAPPORT_CAMERA__SOURCE=str(video))
    device.status("face running")
    away = video.with_suffix(".away")
    video.rename(away)
    device.status("face parked")
    count = len(device.told)
    away.rename(video)
    device.status("face running", since=count)
    summary, _ = device.end()
    assert summary["lanes"]["face"]["state"] == "stopped"
    assert summary["lanes"]["text"]["restarts"] == 0


def test_a_sighup_applies_what_is_live_and_names_what_needs_a_restart(device: Device) -> None:
    device.start()
    device.status("text running")
    count = len(device.told)
    device.configure('[camera]\nsource = "7"\n[response]\nquiet = true\n', grants='["face"]')
    device.signal(signal.SIGHUP)
    reloading = device.hears(lambda m: m.startswith("RELOADING=1"), since=count)
    assert "MONOTONIC_USEC=" in reloading
    device.status("text no consent", since=count)
    messages = device.told[count:]
    assert messages.index("READY=1") > messages.index(reloading)
    summary, logged = device.end()
    assert "settings: changed: consent.grants, response.quiet; needs a restart: camera.source" in logged
    assert summary["reloads"] == 1


def test_a_terminal_that_is_closed_ends_the_run(device: Device) -> None:
    master, slave = pty.openpty()
    device.process = subprocess.Popen(
        [sys.executable, "-m", "tests.edge.cli.faulty_device", str(device.folder), "run", str(device.config), "--json"],
        env=device.environment | {"RAPPORT_WORDS__SOURCE": "stdin"},
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no thread of ours forks here
    )
    device.status("text running")
    count = len(device.told)
    device.signal(signal.SIGHUP)
    device.hears(lambda m: m.startswith("RELOADING=1"), since=count)  # the terminal is there, so somebody asked
    os.close(slave)
    os.close(master)
    device.process.communicate(timeout=20)
    assert device.told[-1] == "STOPPING=1"


def test_a_changed_file_is_read_without_a_signal_and_never_gives_a_grant(device: Device) -> None:
    device.configure("", grants='["text"]')
    device.start()
    device.status("text running")
    device.configure("", grants='["text", "face", "voice"]')
    device.hears(lambda m: m.startswith("RELOADING=1"))
    device.configure("", grants="[]")
    device.status("text no consent")
    _, logged = device.end()
    assert "needs a restart: consent.grants" in logged


def test_a_broken_file_is_refused_whole_and_everything_goes_on(device: Device) -> None:
    device.start()
    device.status("text running")
    count = len(device.told)
    device.configure("[response]\nper_hour = -5\n", grants="[]")
    device.signal(signal.SIGHUP)
    device.hears(lambda m: m.startswith("RELOADING=1"), since=count)
    device.status("text running", since=count)
    summary, logged = device.end()
    assert "the settings stay as they were" in logged
    assert "response.per_hour" in logged
    assert summary["lanes"]["text"]["state"] == "stopped"
    assert "no consent" not in summary["lanes"]["text"]["seconds"]


def test_a_suspension_drops_what_is_stale_and_counts_no_restart(device: Device, video: Path) -> None:
    device.start(RAPPORT_CAMERA__SOURCE=str(video))
    device.status("face running", "text running")
    device.signal(signal.SIGSTOP)
    time.sleep(4)
    count = len(device.told)
    device.signal(signal.SIGCONT)
    device.status("face running", "text running", since=count)
    summary, logged = device.end()
    assert "the process was suspended" in logged
    assert summary["suspensions"] >= 1
    assert summary["stalls"] == 0
    assert summary["restarts"] == {"face": 0, "text": 0}
    assert summary["stale"]["text"] >= 1


@pytest.mark.skipif(FAKETIME is None, reason="needs libfaketime (sudo apt install faketime)")
def test_a_wall_clock_that_jumps_by_a_day_harms_nothing(device: Device, rapport: Rapport) -> None:
    clock = device.folder / "clock"
    clock.write_text("+0d\n", encoding="utf-8")
    device.start(
        LD_PRELOAD=str(FAKETIME),
        FAKETIME_TIMESTAMP_FILE=str(clock),
        FAKETIME_NO_CACHE="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
        DONT_FAKE_MONOTONIC="1",
    )
    device.status("text running")
    kept = rapport.home / "run" / "test.json"
    for jump, seconds in (("+1d", 86_400), ("-1d", -86_400)):
        clock.write_text(f"{jump}\n", encoding="utf-8")
        deadline = time.monotonic() + LONGEST_S
        while abs(json.loads(kept.read_text(encoding="utf-8"))["at"] - time.time() - seconds) > 3600:
            assert time.monotonic() < deadline, "the device does not see the other time"
            time.sleep(0.05)
        count = len(device.told)
        device.hears(lambda m: m == "WATCHDOG=1", since=count)
        explained = rapport("explain")
        assert explained.returncode == 0, explained.stderr
    summary, logged = device.end()
    assert (summary["stalls"], summary["suspensions"], summary["restarts"]["text"]) == (0, 0, 0)
    assert summary["stale"]["text"] == 0
    assert "suspended" not in logged


def test_the_unit_for_systemd_is_one_that_systemd_takes(tmp_path: Path) -> None:
    unit = Path(__file__).resolve().parents[3] / "firmware_configs" / "systemd" / "rapport.service"
    text = unit.read_text(encoding="utf-8")
    assert "Type=notify" in text
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze")
    program = tmp_path / "rapport"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    copy = tmp_path / "rapport.service"
    copy.write_text(text.replace("/opt/rapport/bin/rapport", str(program)), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert str(copy) not in done.stderr, done.stderr
