"""The machine itself."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from edge.cli.doctor.check import Check

if TYPE_CHECKING:
    from edge.settings import Settings

MIN_PYTHON = (3, 11)


def python(_: Settings) -> list[Check]:
    """Python, processor and this very package."""
    version = platform.python_version()
    well = sys.version_info[:2] >= MIN_PYTHON
    remedy = "" if well else "Install Python 3.11 or newer"
    cores = len(os.sched_getaffinity(0))
    return [
        Check("python", well, version, remedy, essential=True),
        Check("cpu", ok=True, found=f"{platform.machine()}, {cores} cores, {_cpu_name()}"),
        Check("rapport", ok=True, found=_version("rapport-edge") or "not installed as a package"),
    ]


def _cpu_name() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith(("model name", "Model")):
            return line.partition(":")[2].strip()
    return "unknown"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
