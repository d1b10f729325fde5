from __future__ import annotations

import logging
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from edge.errors import InputError
from edge.learning.feedback import Feedback, Source, Verdict
from edge.learning.tap import Tap, send
from edge.outlets.outlet import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def device(directory: Path, heard: list[Feedback], device_id: str = "hub") -> Iterator[Tap]:
    tap, over = Tap(directory, device_id), threading.Event()

    def give(feedback: Feedback) -> Outcome:
        heard.append(feedback)
        return Outcome(feedback.verdict.value, None, None if len(heard) == 1 else "it was counted already")

    def turn() -> None:
        while not over.wait(0.005):
            tap.take(give)

    tap.open()
    loop = threading.Thread(target=turn)
    loop.start()
    yield tap
    over.set()
    loop.join()
    tap.close()


def test_a_tap_reaches_the_device_and_is_answered(tmp_path: Path) -> None:
    heard: list[Feedback] = []
    with device(tmp_path, heard):
        assert send(tmp_path, "hub", b"helped") == Outcome("helped")
        assert send(tmp_path, "hub", b"helped").reason == "it was counted already"
        assert "no feedback" in (send(tmp_path, "hub", b"\xff").reason or "")
        with pytest.raises(InputError, match="no device 'other' runs here"):
            send(tmp_path, "other", b"helped")
    assert heard == [Feedback(Verdict.HELPED, Source.TAPPED)] * 2


def test_a_long_path_is_no_obstacle_and_only_this_user_gets_in(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    with device(deep, []):
        assert send(deep, "hub", b"helped").taken
        assert (deep / "hub.feedback").stat().st_mode & 0o777 == 0o600
        assert deep.stat().st_mode & 0o777 == 0o700
    assert list(deep.iterdir()) == []


def test_without_a_device_it_is_said_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="rapport run"):
        send(tmp_path, "hub", b"helped")
    with pytest.raises(InputError, match="rapport run"):
        send(tmp_path / "nowhere", "hub", b"helped")


def test_a_device_that_hangs_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    tap = Tap(tmp_path, "hub")
    tap.open()
    with pytest.raises(InputError, match="did not answer"):
        send(tmp_path, "hub", b"helped", within_s=0.05)
    tap.close()


def test_a_socket_that_a_killed_device_left_is_taken_over(tmp_path: Path) -> None:
    killed = Tap(tmp_path, "hub")
    killed.open()
    assert killed._socket is not None
    killed._socket.close()
    assert (tmp_path / "hub.feedback").exists()
    with device(tmp_path, []):
        assert send(tmp_path, "hub", b"helped").taken


def test_who_wants_no_answer_does_not_disturb(tmp_path: Path) -> None:
    heard: list[Feedback] = []
    tap = Tap(tmp_path, "hub")
    tap.open()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mute:
        mute.sendto(b"helped", str(tmp_path / "hub.feedback"))
    tap.take(lambda feedback: heard.append(feedback) or Outcome("helped"))  # type: ignore[func-returns-value]
    assert len(heard) == 1
    tap.close()


def test_where_no_socket_can_be_the_device_runs_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    tap = Tap(tmp_path / "file", "hub")
    with caplog.at_level(logging.WARNING):
        tap.open()
    assert "cannot reach this device" in caplog.text
    tap.take(lambda _: Outcome("helped"))
    tap.close()
