"""This tree against an earlier commit: ``scripts/bench-against COMMIT [NAME …]``.

Runs alternate, A B B A A B …, each in a process of its own on one core, so that what else the machine does meets both.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from math import comb
from pathlib import Path
from typing import TYPE_CHECKING

from edge.cli.bench.machine import commit
from tests.benchmarks.paths import PATHS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
LEAST_PAIRS = 6
"""With fewer the sign test has no 95 % interval."""
LEVEL = 0.95


def interval(ratios: list[float]) -> tuple[float, float, float]:
    """Median of ``ratios`` and its 95 % interval by order statistics (the sign test inverted): low, median, high.

    Raises ValueError for fewer than LEAST_PAIRS ratios.
    """
    n = len(ratios)
    if n < LEAST_PAIRS:
        message = f"{n} pairs have no interval of {LEVEL:.0%}, at least {LEAST_PAIRS} are needed"
        raise ValueError(message)
    ordered = sorted(ratios)
    outside, cut, tail = 0.0, 0, (1 - LEVEL) / 2
    while outside + comb(n, cut) / 2**n <= tail:
        outside += comb(n, cut) / 2**n
        cut += 1
    return ordered[cut - 1], statistics.median(ordered), ordered[n - cut]


@contextmanager
def checked_out(wanted: str) -> Iterator[Path]:
    """A worktree of ``wanted`` that is removed afterwards, with the weights that git does not keep."""
    with tempfile.TemporaryDirectory(prefix="rapport-against-") as folder:
        tree = Path(folder) / "tree"
        subprocess.run(["git", "-C", str(ROOT), "worktree", "add", "-q", "--detach", str(tree), wanted], check=True)
        try:
            for weights in ROOT.glob("models/*/model.tflite"):
                there = tree / weights.relative_to(ROOT)
                if there.parent.is_dir() and not there.exists():
                    shutil.copy(weights, there)
            if (ROOT / "var").exists():
                (tree / "var").symlink_to(ROOT / "var")
            if not (tree / "tests" / "benchmarks").exists():
                shutil.copytree(ROOT / "tests" / "benchmarks", tree / "tests" / "benchmarks")
                if not (tree / "edge" / "cli" / "bench").is_dir():
                    (tree / "edge" / "cli" / "bench.py").unlink(missing_ok=True)
                    shutil.copytree(ROOT / "edge" / "cli" / "bench", tree / "edge" / "cli" / "bench")
            yield tree
        finally:
            subprocess.run(["git", "-C", str(ROOT), "worktree", "remove", "--force", str(tree)], check=False)


def timed(tree: Path, name: str, seconds: float, core: int) -> float | None:
    """Median CPU µs of one path in ``tree``; None where that tree cannot do it."""
    command = [sys.executable, "-m", "tests.benchmarks", name, "--seconds", str(seconds), "--core", str(core), "--json"]
    ran = subprocess.run(
        command, cwd=tree, env=os.environ | {"PYTHONPATH": str(tree)}, capture_output=True, text=True, check=False
    )
    return None if ran.returncode else float(json.loads(ran.stdout)[name])


def main() -> int:
    """Exit 0 when something could be compared."""
    parser = argparse.ArgumentParser(prog="scripts/bench-against", description="CPU time of this tree over a commit's.")
    parser.add_argument("commit", help="what to compare with")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all of: {', '.join(PATHS)}")
    parser.add_argument("--pairs", type=int, default=10, help=f"runs of each side, at least {LEAST_PAIRS} (default 10)")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each run (default 1)")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="the core for all runs")
    arguments = parser.parse_args()
    if arguments.pairs < LEAST_PAIRS:
        parser.error(f"--pairs is {arguments.pairs}, at least {LEAST_PAIRS} are needed for an interval")
    if unknown := sorted(set(arguments.names) - set(PATHS)):
        parser.error(f"no path is called {', '.join(unknown)}; there are: {', '.join(PATHS)}")
    compared = 0
    with checked_out(arguments.commit) as other:
        print(f"CPU time here ({commit()}) over there ({commit(other)}); below 1 is quicker here")
        print(f"{'path':<16}{'there µs':>11}{'here µs':>11}{'ratio':>8}   95 % interval")
        for name in arguments.names or PATHS:
            compared += _compare(name, other, arguments)
    return int(compared == 0)


def _compare(name: str, other: Path, arguments: argparse.Namespace) -> bool:
    heres: list[float] = []
    theres: list[float] = []
    for pair in range(arguments.pairs):
        for tree in (ROOT, other) if pair % 2 else (other, ROOT):
            took = timed(tree, name, arguments.seconds, arguments.core)
            if took is None:
                print(f"{name:<16}cannot be run {'here' if tree == ROOT else 'there'}")
                return False
            (heres if tree == ROOT else theres).append(took)
    low, middle, high = interval([here / there for here, there in zip(heres, theres, strict=True)])
    there, here = statistics.median(theres), statistics.median(heres)
    print(f"{name:<16}{there:>11.2f}{here:>11.2f}{middle:>8.3f}   {low:.3f} to {high:.3f}", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
