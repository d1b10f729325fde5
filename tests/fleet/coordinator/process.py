"""A coordinator as a process of its own, and what it tells."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from edge.learning.federated.messages import Announcement, read
from tests.broker import LONGEST_S, Listener

if TYPE_CHECKING:
    from tests.broker import Broker
    from tests.fleet.coordinator.household import Device

ROOT = Path(__file__).resolve().parents[3]


class Coordinator:
    """``python -m fleet coordinate CONFIG --json``; ``with Coordinator(path) as coordinator``."""

    def __init__(self, config: Path, *options: str) -> None:
        command = [sys.executable, "-m", "fleet", "coordinate", str(config), "--json", *options]
        self._errors = (config.parent / "stderr.txt").open("a+b")
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=self._errors)
        self.told: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()
        self._end()

    def wait(self, kind: str, within_s: float = 2 * LONGEST_S) -> dict[str, Any]:
        """The next event of this kind."""
        deadline = time.monotonic() + within_s
        while True:
            try:
                event = self.told.get(timeout=max(deadline - time.monotonic(), 0.01))
            except queue.Empty:
                message = f"{kind} was not told; it is {self.process.poll()}: {self.errors()[-2000:]}"
                raise AssertionError(message) from None
            if event["event"] == kind:
                return event

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait(LONGEST_S)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.finish()

    def finish(self, within_s: float = 2 * LONGEST_S) -> int:
        """Wait for the end; the exit code."""
        return self.process.wait(within_s)

    def errors(self) -> str:
        """What was written to standard error so far."""
        size = os.fstat(self._errors.fileno()).st_size
        return os.pread(self._errors.fileno(), size, 0).decode()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told.put(json.loads(line))

    def _end(self) -> None:
        self._reader.join(LONGEST_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._errors.close()


class Household(Listener):
    """All devices of a test behind one client: hears rounds and heads, and sends updates."""

    def __init__(self, broker: Broker) -> None:
        super().__init__(broker, "fleet/round", "fleet/head")

    def announced(self, number: int) -> Announcement:
        """The announcement of round ``number``."""
        return read(Announcement, self._of_round("fleet/round", number, 2 * LONGEST_S))

    def result(self, number: int, within_s: float = 2 * LONGEST_S) -> bytes:
        """The head after round ``number``, as it was published."""
        return self._of_round("fleet/head", number, within_s)

    def _of_round(self, topic: str, number: int, within_s: float) -> bytes:
        """A coordinator loads Flower before it says anything, so this waits longer than ``wait`` does."""
        deadline = time.monotonic() + within_s
        while True:
            found = [message for message in tuple(self.heard) if message.topic == topic]
            for message in found:
                if message.json()["round"] == number:
                    return message.payload
            assert time.monotonic() < deadline, f"nothing of round {number} on {topic}"
            time.sleep(0.01)

    def send(self, devices: list[Device], to: Announcement) -> None:
        """Each sends its update; the broker has all of them when this returns."""
        for one in devices:
            self.say(one.topic, one.update(to).payload().decode())
