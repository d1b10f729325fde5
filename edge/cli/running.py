"""What ``run`` and ``demo`` share: logging, signals, and the summary of a run."""

from __future__ import annotations

import json
import logging
import os
import resource
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.errors import InputError

if TYPE_CHECKING:
    from types import FrameType

    from edge.loop.tally import Summary
    from edge.reload import Reload
    from edge.runtime import Runtime
    from edge.settings import Settings


def start_logging(settings: Settings) -> None:
    """Log to standard error at the level that the settings ask for."""
    logging.basicConfig(
        level=settings.device.log_level.upper(),
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        stream=sys.stderr,
        force=True,
    )


def run_until_stopped(
    runtime: Runtime, reload: Reload | None = None, stop: threading.Event | None = None
) -> dict[str, Any]:
    """Run until the sources end, or SIGINT or SIGTERM comes; the summary as plain data.

    SIGHUP asks ``reload``; SIGUSR1 is a push to talk; whoever else sets ``stop`` ends the run, too.
    """
    stop = stop or threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    had_terminal = _has_terminal()

    def on_hangup(_number: int, _frame: FrameType | None) -> None:
        if reload is None or (had_terminal and not _has_terminal()):
            stop.set()  # the window was closed: nobody is looking at what the device does
        else:
            reload.ask()

    signal.signal(signal.SIGHUP, on_hangup)
    signal.signal(signal.SIGUSR1, lambda _number, _frame: runtime.listen())
    return summary_record(runtime.run(stop))


def _has_terminal() -> bool:
    """Whether this process is on a terminal, and that is still there."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def summary_record(summary: Summary) -> dict[str, Any]:
    """The summary with the memory of this process."""
    return {**asdict(summary), "rss_mib": rss_mib(), "rss_peak_mib": peak_rss_mib()}


def rss_mib() -> float:
    """Resident memory of this process now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


def peak_rss_mib() -> float:
    """Peak resident memory of this process, in MiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def print_summary(summary: dict[str, Any]) -> None:
    """The summary for a person."""
    print()
    print(f"Summary of {summary['seconds']:.1f} s")
    for name in ("readings", "abstained", "replies", "dropped", "stale", "restarts"):
        print(f"  {name:<10} " + ", ".join(f"{key} {count}" for key, count in summary[name].items()))
    for sense, lane in summary["lanes"].items():
        why = f": {lane['reason']}" if lane["reason"] else ""
        spent = ", ".join(f"{state} {seconds:.1f} s" for state, seconds in lane["seconds"].items())
        print(f"  {sense:<10} {lane['state']}{why}  ({spent})")
    print(f"  {'states':<10} " + " → ".join(summary["states"]) + f"  (unsure {summary['unsure']}×)")
    print("  latency    ms from capture to State (first_sound: to a reply's first sound, or its WAV)")
    for kind, figures in summary["latency_ms"].items():
        print(f"    {kind:<12} " + "  ".join(f"{rank} {value:8.2f}" for rank, value in figures.items()))
    print(f"  memory     {summary['rss_mib']} MiB resident, {summary['rss_peak_mib']} MiB at the peak")


def write_json(path: Path, record: object) -> None:
    """Write a record for a program to read. Raises InputError."""
    try:
        path.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        problem = f"{path} cannot be written: {error.strerror}"
        raise InputError(problem, "Give a path in a directory that exists and has space") from error
