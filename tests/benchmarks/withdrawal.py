"""From a withdrawal of consent by MQTT to a closed device node, over the real runtime and a real broker.

    python -m tests.benchmarks.withdrawal [--trials 500] [--seconds 600] [--json FILE]

The device node is a pseudo-terminal, as no camera can be had here: the function that opens a V4L2 device is replaced by
one that opens this node and gives noisy grey pictures, 10 a second, and closes it as OpenCV closes a camera. Closed is
when the kernel lists the node no more among the open files of the process, looked at every millisecond. Exit 1 over the
bar.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from edge.affect import Sense
from edge.loop.latency import percentile
from edge.safety.consent import Consent
from edge.safety.settings import ConsentSettings
from tests.broker import ROOT, Broker, Listener, running_broker
from tests.soak.camera import Capture

if TYPE_CHECKING:
    from edge.sensors.settings import CameraSettings
    from tests.soak.control import Wished

BAR_MS = 200.0
LONGEST_S = 30.0
SETTLED_S = 0.3
"""Seconds after which a camera that was opened is in use; withdrawn while it is being opened, it closes when it is."""
ID = "withdrawal"


class NodeCapture(Capture):
    """A camera of grey pictures that holds a device node open until it is released."""

    def __init__(self, node: str) -> None:
        import cv2
        import numpy as np

        noise = np.random.default_rng(1)
        grey = [cv2.imencode(".jpg", noise.integers(120, 136, (480, 640, 3), np.uint8))[1] for _ in range(8)]
        super().__init__(grey, cast("Wished", {"camera": ""}))  # nothing is wished of it
        self._descriptor: int | None = os.open(node, os.O_RDWR | os.O_NOCTTY)

    def release(self) -> None:
        """Close the node."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def device(node: str, config: str) -> int:
    """The real command, with the stand-in where a V4L2 device would be opened."""
    from edge.sensors import device_camera

    def opened(settings: CameraSettings) -> Any:  # noqa: ANN401 - it stands for a cv2.VideoCapture
        del settings
        return NodeCapture(node)

    device_camera.open_v4l2 = opened
    from edge.cli import main as rapport

    return rapport(["run", config])


def settings_of(broker: Broker, directory: Path) -> str:
    """A device with a camera, and nothing else that works."""
    return f"""
[device]
id = "{ID}"
state_directory = "{directory}"
log_level = "warning"
[camera]
source = "0"
[mqtt]
host = "{broker.host}"
port = {broker.plain}
[speech]
engine = "none"
[console]
enabled = false
"""


def holds(pid: int, node: str) -> bool:
    """Whether the process has the node open."""
    directory = Path(f"/proc/{pid}/fd")
    for entry in os.listdir(directory):  # noqa: PTH208 - names are enough, a thousand times a second
        try:
            if os.readlink(directory / entry) == node:  # noqa: PTH115 - of a file that may be gone meanwhile
                return True
        except OSError:
            continue
    return False


def wait(pid: int, node: str, *, opened: bool) -> float:
    """The monotonic time in s at which the node was seen opened, or closed."""
    deadline = time.monotonic() + LONGEST_S
    while holds(pid, node) is not opened:
        if time.monotonic() > deadline:
            message = f"the node was not {'opened' if opened else 'closed'} within {LONGEST_S:g} s"
            raise RuntimeError(message)
        time.sleep(0.001)
    return time.monotonic()


def measure(trials: int, within_s: float) -> list[float]:
    """Milliseconds of each trial, from before the message is handed to the client to the closed node.

    After ``within_s`` seconds no further one is begun.
    """
    ends = time.monotonic() + within_s
    main_end, node_end = os.openpty()
    node = os.ttyname(node_end)
    os.close(node_end)
    took_ms = []
    with tempfile.TemporaryDirectory(prefix="rapport-withdrawal-") as name, running_broker() as broker:
        directory = Path(name)
        config = directory / "device.toml"
        config.write_text(settings_of(broker, directory), encoding="utf-8")
        consent = Consent(ConsentSettings(), directory)
        consent.grant(Sense.FACE)
        command = [sys.executable, "-m", "tests.benchmarks.withdrawal", "--device", node, str(config)]
        process = subprocess.Popen(command, cwd=ROOT)
        try:
            with Listener(broker, f"rapport/{ID}/availability") as home:
                home.wait(lambda m: m.payload == b"online")
                for trial in range(trials):
                    if time.monotonic() > ends:
                        break
                    wait(process.pid, node, opened=True)
                    time.sleep(SETTLED_S + trial % 50 / 1000)  # not always at the same place in the loop's turn
                    began = time.monotonic()
                    home._client.publish(f"rapport/{ID}/consent", "withdraw face", qos=1)
                    took_ms.append((wait(process.pid, node, opened=False) - began) * 1e3)
                    if trial % 25 == 24 and sys.stderr.isatty():
                        print(f"\r{trial + 1} of {trials}", end="", file=sys.stderr)
                    consent.grant(Sense.FACE)  # on the device
        finally:
            process.terminate()
            process.wait(LONGEST_S)
            os.close(main_end)
    return took_ms


def main() -> int:
    """Exit 0 when the bar is met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=1800.0, help="after which no further trial is begun")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--device", nargs=2, metavar=("NODE", "CONFIG"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.device is not None:
        return device(*arguments.device)
    took_ms = sorted(measure(arguments.trials, arguments.seconds))
    figures = {f"p{rank}_ms": round(percentile(took_ms, rank), 1) for rank in (50, 95, 99)}
    figures |= {"max_ms": round(took_ms[-1], 1), "trials": len(took_ms), "bar_ms": BAR_MS}
    print(json.dumps(figures))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return int(figures["p99_ms"] > BAR_MS)


if __name__ == "__main__":
    sys.exit(main())
