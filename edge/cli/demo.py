"""Run the bundled session: the whole device on scripted pictures, speech and sentences, without hardware or broker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edge.paths import cache_directory, configs_directory
from edge.settings import load

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport demo`` takes."""
    parser.add_argument("--car", action="store_true", help="the bundled drive: a driver is watched, and nothing else")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the summary to FILE as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when the session ran to its end."""
    from edge.cli.running import print_summary, run_until_stopped, start_logging, write_json
    from edge.cli.session import with_session
    from edge.runtime import Runtime

    config = configs_directory() / ("demo-car.toml" if arguments.car else "demo.toml")
    settings = load(config)
    start_logging(settings)
    settings, missing = with_session(settings, cache_directory())
    runtime = Runtime(settings)
    print(f"Rapport demo: {config}")
    granted = [sense.value for sense in settings.consent.grants]
    granted += ["face for drowsiness"] if settings.consent.drowsiness else []
    print(f"  consent    granted to {', '.join(granted)} in that file, for this session only")
    for source in ("camera", "microphone", "words"):
        print(f"  {source:<10} {getattr(settings, source).source}")
    print(f"  accelerator {runtime.choice.accelerator.name} ({runtime.choice.reason})")
    for line in missing:
        print(f"  left out   {line}")
    print("\n".join(f"  {sentence}" for sentence in runtime.disclosure()))
    print()
    summary = run_until_stopped(runtime)
    print_summary(summary)
    if runtime.speaker is not None and runtime.speaker.latest is not None:
        print(f"  spoken to  {runtime.speaker.latest} and its neighbours ({runtime.speaker.silent_because})")
    if not arguments.car:
        print("  why        `rapport explain` tells the last State in words")
    if arguments.json is not None:
        write_json(arguments.json, summary)
    return runtime.exit_code()
