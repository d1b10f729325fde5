"""A real Chromium without a window, driven over its debugging pipe: no library, no port.

Protocol: chromedevtools.github.io/devtools-protocol; messages are JSON, each ended by a zero byte, on descriptors 3
and 4.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
)
LONGEST_S = 40.0
"""Limit of every wait; a browser needs a second or two to start on an idle machine."""


class Tab:
    """One page of the browser."""

    def __init__(self, directory: Path) -> None:
        program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
        if program is None:
            pytest.skip("no Chromium here: sudo apt install chromium")
        read_in, self._out = os.pipe()
        self._in, write_out = os.pipe()
        os.set_blocking(self._in, False)
        command = [program, *OPTIONS, f"--user-data-dir={directory}", "about:blank"]
        line = f'exec "$@" 3<&{read_in} 4>&{write_out}'
        self._process = subprocess.Popen(
            ["bash", "-c", line, "bash", *command],
            pass_fds=(read_in, write_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(read_in)
        os.close(write_out)
        self._rest = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON is anything
        """The result of a method of the protocol."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + LONGEST_S
        while time.monotonic() < deadline:
            heard = list(self._read())
            self.events += [told for told in heard if "id" not in told]
            for told in heard:
                if told.get("id") == self._number:
                    assert "error" not in told, told["error"]
                    result: dict[str, Any] = told["result"]
                    return result
            time.sleep(0.005)
        message_ = f"the browser did not answer {method}"
        raise AssertionError(message_)

    def evaluate(self, code: str) -> Any:  # noqa: ANN401 - whatever the code gives
        """The value of an expression on the page."""
        told = self.call("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def until(self, code: str) -> Any:  # noqa: ANN401 - as evaluate
        """Wait for an expression to become true; its value."""
        deadline = time.monotonic() + LONGEST_S
        while not (value := self.evaluate(code)):
            assert time.monotonic() < deadline, f"it did not become true: {code}"
            time.sleep(0.02)
        return value

    def media(self, **features: str) -> None:
        """Have the page believe in features such as prefers_reduced_motion="reduce"."""
        wanted = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", features=wanted)

    def screenshot(self, width: int, height: int) -> bytes:
        """The page as a PNG."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        return base64.b64decode(self.call("Page.captureScreenshot")["data"])

    def complaints(self) -> list[str]:
        """What the browser wrote to its log, such as what it was not allowed to load."""
        return [told["params"]["entry"]["text"] for told in self.events if told.get("method") == "Log.entryAdded"]

    def requested(self) -> list[str]:
        """Addresses that the page asked for."""
        sent = [told["params"] for told in self.events if told.get("method") == "Network.requestWillBeSent"]
        return [parameters["request"]["url"] for parameters in sent]

    def close(self) -> None:
        """End the browser and all its processes."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(LONGEST_S)
        os.close(self._in)
        os.close(self._out)

    def _read(self) -> Iterator[dict[str, Any]]:
        try:
            read = os.read(self._in, 1 << 20)
        except BlockingIOError:
            return
        assert read, "the browser has ended"
        self._rest += read
        *whole, self._rest = self._rest.split(b"\0")
        yield from (json.loads(part) for part in whole)


@contextmanager
def running_browser(directory: Path) -> Iterator[Tab]:
    """A browser that ends with the block."""
    tab = Tab(directory)
    try:
        yield tab
    finally:
        tab.close()
