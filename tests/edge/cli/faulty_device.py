"""``rapport`` with faults to order: run as a program, with a folder of files whose being there makes a fault happen.

The stand-ins are at the boundaries: a sensor whose driver hangs, a session whose inference hangs or raises, and an
understanding that hangs, as nothing of ours does by itself.

    python -m tests.edge.cli.faulty_device FOLDER ARGUMENT …
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import edge.wiring
from edge.accelerators.cpu import LiteRtSession
from edge.affect import Sense
from edge.cli import main
from edge.errors import ModelError
from edge.understanding.understanding import Understanding

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(sys.argv[1])
FOREVER_S = 3600


class HungCamera:
    """A camera whose driver never returns, from nothing."""

    sense = Sense.FACE
    source = "a camera that hangs"
    live = True

    def attach(self) -> None:
        if (FOLDER / "attach-hangs").exists():
            time.sleep(FOREVER_S)

    def read(self) -> None:
        time.sleep(FOREVER_S)

    def stop(self) -> None:
        time.sleep(FOREVER_S)


def troubled(real: Callable[..., Any]) -> Callable[..., Any]:
    def invoke(self: LiteRtSession, *arguments: Any) -> Any:  # noqa: ANN401 - passed on
        if (FOLDER / "model-hangs").exists():
            time.sleep(FOREVER_S)
        if (FOLDER / "model-raises").exists():
            problem = "inference failed: the accelerator is gone"
            raise ModelError(problem, "Plug it in")
        return real(self, *arguments)

    return invoke


def stalling(real: Callable[..., Any]) -> Callable[..., Any]:
    def update(self: Understanding, *arguments: Any) -> Any:  # noqa: ANN401 - passed on
        if (FOLDER / "loop-hangs").exists():
            time.sleep(FOREVER_S)
        return real(self, *arguments)

    return update


if __name__ == "__main__":
    LiteRtSession.invoke = troubled(LiteRtSession.invoke)  # type: ignore[method-assign]
    Understanding.update = stalling(Understanding.update)  # type: ignore[method-assign]
    if (FOLDER / "camera-hangs").exists():
        vars(edge.wiring)["open_camera"] = lambda *_, **__: HungCamera()
    sys.exit(main(sys.argv[2:]))
