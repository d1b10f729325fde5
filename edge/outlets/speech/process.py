"""Programs of others as processes of their own: ended with what they started, and in the queue behind perception."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

NICE = 10
"""Niceness of whoever makes sound: half-way to the end of the queue (0 to 19), so that perception goes first. A sound
that is played already is not kept waiting by it: it was made ahead."""


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started with ``start_new_session``, with whatever it has started itself."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def stand_back(pid: int | None = None) -> None:
    """Let a process, or this very thread where none is named, go behind perception. It never comes forward by it."""
    who = threading.get_native_id() if pid is None else pid
    with contextlib.suppress(OSError):  # it has ended already, or this system has no such thing
        os.setpriority(os.PRIO_PROCESS, who, max(NICE, os.getpriority(os.PRIO_PROCESS, who)))
