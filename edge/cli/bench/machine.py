"""Which machine, when, and which version: without it a figure says nothing."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from pathlib import Path
from typing import Any

from edge import __version__

ROOT = Path(__file__).resolve().parents[3]


def machine(core: int | None) -> dict[str, Any]:
    """Processor, cores, system, Python, version, commit (None in an installed wheel), UTC date and load average."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "core": core,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "version": __version__,
        "commit": commit(),
        "load1": round(os.getloadavg()[0], 2),
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
    }


def commit(tree: Path = ROOT) -> str | None:
    """The commit of a checkout, with "+" behind it where files differ from it; None where there is no checkout."""
    if not (tree / ".git").exists():
        return None
    try:
        found = subprocess.run(
            ["git", "-C", str(tree), "describe", "--always", "--abbrev=10", "--dirty=+", "--exclude=*"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith(("model name", "Model")):
            return line.partition(":")[2].strip()
    return platform.machine()
