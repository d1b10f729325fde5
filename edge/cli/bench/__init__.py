"""Measure this machine: every stage by itself, then the whole runtime with camera, microphone, words and MQTT."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.errors import InputError

if TYPE_CHECKING:
    import argparse

LEAST_S, MOST_S = 0.1, 3600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport bench`` takes."""
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each stage is measured (default 3)")
    parser.add_argument(
        "--whole",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="how long the whole runtime runs; 0: not (default 10)",
    )
    parser.add_argument("--core", type=int, help="run on this core only")
    parser.add_argument("--load", action="store_true", help="keep every other core busy meanwhile; needs --core")
    parser.add_argument("--config", type=Path, help="a settings file, for thresholds, accelerator and models")
    parser.add_argument("--json", action="store_true", help="print one object")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when everything was measured."""
    from edge.cli.bench.load import busy_others, pinned
    from edge.cli.bench.machine import machine
    from edge.cli.bench.measure import measured
    from edge.cli.bench.report import told
    from edge.cli.bench.stages import stages
    from edge.cli.bench.whole import import_s, whole_runtime
    from edge.settings import load

    _check(arguments)
    settings = load(arguments.config)
    figures: dict[str, Any] = {"machine": machine(arguments.core)}
    with pinned(arguments.core), busy_others(arguments.core, wanted=arguments.load) as busy:
        figures["machine"]["busy_cores"] = busy
        figures["stages"] = {name: measured(call, arguments.seconds) for name, call in stages(settings)}
        figures["import_s"] = import_s()
        if arguments.whole:
            figures["whole"] = whole_runtime(settings, arguments.whole)
    print(json.dumps(figures, indent=2) if arguments.json else told(figures))
    return 0


def _check(arguments: argparse.Namespace) -> None:
    for name, value, least in (("--seconds", arguments.seconds, LEAST_S), ("--whole", arguments.whole, 0.0)):
        if not least <= value <= MOST_S:
            problem = f"{name} is {value:g}, allowed are {least:g} to {MOST_S:g} seconds"
            raise InputError(problem, f"Give {name} a value in that range")
    cores = os.sched_getaffinity(0)
    if arguments.core is not None and arguments.core not in cores:
        problem = f"--core is {arguments.core}, this process may run on {', '.join(map(str, sorted(cores)))}"
        raise InputError(problem, "Give one of these cores")
    if arguments.load and (arguments.core is None or len(cores) == 1):
        problem = "--load keeps the other cores busy" + (", and there is only one" if len(cores) == 1 else "")
        raise InputError(problem, "Add --core N" if len(cores) > 1 else "Leave --load out on this machine")
