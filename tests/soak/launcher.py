"""Starts ``rapport`` with stand-ins at the boundaries of its process, and tells what only the process itself can see.

    python -m tests.soak.launcher WISHES EVENTS VIDEO SOUND -- run CONFIG …

Camera: the function that opens a V4L2 device. Microphone: the module ``pyaudio``. Inference: the CPU's ``invoke``.
Wall clock: ``time.time`` and ``time.time_ns`` (C code such as ``datetime.now`` keeps the true time; libfaketime would
bend CLOCK_MONOTONIC and the waits of locks as well).
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.soak.control import Events, Wished

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK_S = 0.05
KEPT = 200
"""States whose age is known when they are published: more than are made in the 5 s for which one may be held back."""


def main() -> int:
    """Exit as ``rapport`` does."""
    wishes, address, video, sound, mark, *command = sys.argv[1:]
    assert mark == "--"
    wished, events = Wished(Path(wishes)), Events(address)
    _clock(wished)
    _sensors(wished, Path(video), Path(sound))
    _inference(wished)
    _witness(events)
    from edge.cli import main as rapport

    return rapport(command)


def _clock(wished: Wished) -> None:
    true_time, true_ns = time.time, time.time_ns
    time.time = lambda: true_time() + wished["clock_s"]
    time.time_ns = lambda: true_ns() + int(wished["clock_s"] * 1e9)


def _sensors(wished: Wished, video: Path, sound: Path) -> None:
    from edge.sensors import device_camera
    from tests.soak import microphone
    from tests.soak.camera import Cameras

    device_camera.open_v4l2 = Cameras(video, wished).open  # type: ignore[assignment]
    sys.modules["pyaudio"] = microphone.module(sound, wished)


def _inference(wished: Wished) -> None:
    """The session of whichever lane is meant raises, or does not come back until it is wished otherwise."""
    from edge.accelerators import cpu

    (session,) = (it for it in vars(cpu).values() if isinstance(it, type) and "invoke" in vars(it))
    true_invoke: Callable[..., Any] = vars(session)["invoke"]

    def invoke(self: object, inputs: object) -> object:
        if wished["inference"] != "ok" and threading.current_thread().name.startswith(wished["inference_of"]):
            if wished["inference"] == "raises":
                message = "the stand-in fails"
                raise RuntimeError(message)
            while wished["inference"] == "hangs":
                time.sleep(LOOK_S)
        return true_invoke(self, inputs)

    session.invoke = invoke  # type: ignore[attr-defined]


def _witness(events: Events) -> None:
    """Every latency, and the age of every State at the moment of its publication."""
    from edge.loop.latency import Latencies
    from edge.outlets.mqtt.session import Session
    from edge.outlets.mqtt.states import States

    true_record, true_take, true_publish = Latencies.record, States.take, Session.publish
    captured: dict[bytes, int] = {}

    def record(self: Latencies, kind: str, milliseconds: float) -> None:
        true_record(self, kind, milliseconds)
        events.tell("latency", str(kind), milliseconds)

    def take(self: States, now: float) -> Any:  # noqa: ANN401 - as the method has it
        taken = true_take(self, now)
        if taken is not None:
            content = taken[0].encode()
            captured.pop(content, None)
            captured[content] = self.latest_ns
            if len(captured) > KEPT:
                del captured[next(iter(captured))]
        return taken

    def publish(self: Session, message: Any) -> Any:  # noqa: ANN401 - as the method has it
        since = captured.get(message.payload)
        if since is not None and message.topic.endswith("/state"):
            claims = b'"ON"' in message.payload
            events.tell("published", (time.monotonic_ns() - since) / 1e9, claims)
        return true_publish(self, message)

    patched: list[tuple[type, str, Any]] = [
        (Latencies, "record", record),
        (States, "take", take),
        (Session, "publish", publish),
    ]
    for owner, name, function in patched:
        setattr(owner, name, function)


if __name__ == "__main__":
    sys.exit(main())
