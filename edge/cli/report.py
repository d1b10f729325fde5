"""What replies did to how people felt, beside silence in like states; no claim where none is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from edge.affect import Language
from edge.cli.learned import kept, whose
from edge.settings import load

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport report`` takes."""
    parser.add_argument("subject", choices=("replies",), help="what is reported on")
    parser.add_argument("--profile", metavar="NAME", help="whose; the selected one without it")
    parser.add_argument("--language", type=Language, choices=tuple(Language), help="of the report; the device's first")
    parser.add_argument("--config", type=Path, help="the settings file of the device")
    parser.add_argument("--json", action="store_true", help="print an object")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when it was told, also that there is nothing to tell; 1 where nobody's profile is selected."""
    from edge.learning.report import lines, record

    settings = load(arguments.config)
    profile = whose(settings, arguments.profile)
    told = record(profile, kept(settings, profile))
    if arguments.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        language = arguments.language or settings.device.languages[0]
        print("\n".join(lines(told, language, settings.learning.effect_s)))
    return 0
