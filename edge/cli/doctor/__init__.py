"""Say what is there, what is missing, and the remedy. Opens no camera and no microphone."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from edge.cli.doctor import home, kept, machine, models, replies, sensors
from edge.settings import load

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from edge.cli.doctor.check import Check
    from edge.settings import Settings

LOOKS: tuple[Callable[[Settings], list[Check]], ...] = (
    machine.python,
    models.accelerator,
    models.models,
    models.expression,
    sensors.camera,
    sensors.microphone,
    sensors.words,
    replies.speech,
    replies.speaking,
    replies.actions,
    replies.avatar,
    home.broker,
    home.outbox,
    home.certificate,
    kept.consent,
    kept.vault,
    kept.wellbeing,
    kept.person,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport doctor`` takes."""
    parser.add_argument("config", type=Path, nargs="?", metavar="CONFIG", help="a settings file; defaults without it")
    parser.add_argument("--json", action="store_true", help="print a list of objects")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when the main job can run; 1 when it cannot."""
    settings = load(arguments.config)
    checks = [check for look in LOOKS for check in look(settings)]
    if arguments.json:
        print(json.dumps([asdict(check) for check in checks], ensure_ascii=False))
    else:
        for check in checks:
            mark = "ok " if check.ok else "BAD" if check.essential else "-- "
            print(f"{mark} {check.name:<22} {check.found}")
            if check.remedy:
                print(f"    {'':<22} remedy: {check.remedy}")
    return int(any(check.essential and not check.ok for check in checks))
