from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from edge.cli.running import run_until_stopped
from edge.loop.latency import Latencies
from edge.loop.tally import Summary, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import Event


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """The handlers of before the test."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


class Pushed:
    """A runtime that is sent SIGUSR1, and then SIGTERM, while it runs."""

    def __init__(self) -> None:
        self.pushes = 0

    def listen(self) -> None:
        self.pushes += 1

    def run(self, stop: Event) -> Summary:
        signal.raise_signal(signal.SIGUSR1)
        assert not stop.is_set()
        signal.raise_signal(signal.SIGTERM)
        assert stop.is_set()
        return Tally().summary(Latencies(), [], 0.0)


def test_sigusr1_is_a_push_to_talk_and_no_stop() -> None:
    runtime: Any = Pushed()
    run_until_stopped(runtime)
    assert runtime.pushes == 1
