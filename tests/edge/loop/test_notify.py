"""What systemd would hear, on real datagram sockets."""

from __future__ import annotations

import logging
import os
import socket
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from edge.loop import notify
from edge.loop.notify import Notifier

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def listening(address: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        listener.settimeout(5)
        yield listener


def heard(listener: socket.socket) -> list[str]:
    listener.settimeout(0)
    messages = []
    while True:
        try:
            messages.append(listener.recv(4096).decode())
        except BlockingIOError:
            return messages


def test_ready_reloading_and_stopping_go_to_a_socket_with_a_path(tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    with listening(path) as listener:
        notifier = Notifier({"NOTIFY_SOCKET": path})
        notifier.ready()
        before = time.monotonic_ns() // 1000
        notifier.reloading()
        notifier.ready()
        notifier.stopping()
        ready, reloading, again, stopping = heard(listener)
    assert (ready, again, stopping) == ("READY=1", "READY=1", "STOPPING=1")
    state, moment = reloading.split("\n")
    assert state == "RELOADING=1"
    name, _, microseconds = moment.partition("=")
    assert name == "MONOTONIC_USEC"
    assert before <= int(microseconds) <= time.monotonic_ns() // 1000


def test_an_abstract_socket_is_reached_too() -> None:
    name = f"rapport-{uuid.uuid4().hex}"
    with listening("\0" + name) as listener:
        Notifier({"NOTIFY_SOCKET": "@" + name}).ready()
        assert heard(listener) == ["READY=1"]


def test_the_status_is_one_line_sent_when_it_changed_and_not_too_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    path = str(tmp_path / "notify")
    with listening(path) as listener:
        notifier = Notifier({"NOTIFY_SOCKET": path})
        notifier.status("face running")
        notifier.status("face parked")  # too soon
        now += notify.STATUS_EVERY_S
        notifier.status("face running")  # as it was
        notifier.status("voice:\nREADY=1 " + "x" * 1000)
        first, second = heard(listener)
    assert first == "STATUS=face running"
    assert second.startswith("STATUS=voice: READY=1 xxx")
    assert "\n" not in second
    assert len(second) <= len("STATUS=") + notify.STATUS_CHARS


@pytest.mark.parametrize(("limit_us", "beat_s"), [("10000000", 1.0), ("1000000", 0.5)])
def test_the_watchdog_hears_the_loop_at_half_of_its_limit_or_each_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit_us: str, beat_s: float
) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    path = str(tmp_path / "notify")
    with listening(path) as listener:
        notifier = Notifier({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": limit_us, "WATCHDOG_PID": str(os.getpid())})
        for _ in range(200):
            notifier.beat()
            now += beat_s / 20
        assert heard(listener) == ["WATCHDOG=1"] * 10


@pytest.mark.parametrize(
    "watchdog", [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "x"}, {"WATCHDOG_USEC": "9", "WATCHDOG_PID": "1"}]
)
def test_no_watchdog_no_beat(tmp_path: Path, watchdog: dict[str, str]) -> None:
    path = str(tmp_path / "notify")
    with listening(path) as listener:
        notifier = Notifier({"NOTIFY_SOCKET": path, **watchdog})
        notifier.beat()
        assert heard(listener) == []


@pytest.mark.parametrize("given", ["", "no/such", "/no/such/socket"])
def test_nobody_who_listens_harms_nothing(given: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    notifier = Notifier({"NOTIFY_SOCKET": given})
    for _ in range(3):
        notifier.ready()
        notifier.status("well")
    assert len(caplog.records) == bool(given), "a fault is told once"


def test_a_listener_that_reads_nothing_is_not_waited_for(tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    with listening(path):
        notifier = Notifier({"NOTIFY_SOCKET": path})
        for _ in range(5000):
            notifier.ready()
