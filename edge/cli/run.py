"""Run the device that a settings file describes, until its sources end or it is stopped."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge.paths import cache_directory
from edge.settings import load

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport run`` takes."""
    parser.add_argument("config", type=Path, nargs="?", metavar="CONFIG", help="a settings file; defaults without it")
    parser.add_argument("--repeat", action="store_true", help="play file sources again and again")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON and nothing else")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when the run ended by itself or was stopped; 1 when no sense could run at all."""
    from edge.cli.running import print_summary, run_until_stopped, start_logging
    from edge.cli.session import with_session
    from edge.loop.memory import one_heap
    from edge.reload import Reload
    from edge.runtime import Runtime

    one_heap()
    settings = load(arguments.config)
    reload = Reload(arguments.config, settings)
    if arguments.json:
        settings = settings.model_copy(update={"console": settings.console.model_copy(update={"enabled": False})})
    start_logging(settings)
    settings, left_out = with_session(settings, cache_directory())
    for line in left_out:
        print(f"left out: {line}", file=sys.stderr)
    runtime = Runtime(settings, repeat=arguments.repeat, reload=reload)
    if not arguments.json:
        for sentence in runtime.disclosure():
            print(sentence)
    summary = run_until_stopped(runtime, reload)
    if arguments.json:
        print(json.dumps(summary, ensure_ascii=False))
    else:
        print_summary(summary)
    return runtime.exit_code()
