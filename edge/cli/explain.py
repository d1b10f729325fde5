"""Tell the last State in words: what is believed, from which senses, by which signs, and what is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from edge.outlets.last_state import read_last
from edge.paths import runtime_directory
from edge.settings import load

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport explain`` takes."""
    parser.add_argument(
        "config", type=Path, nargs="?", metavar="CONFIG", help="the device's settings file; without it the newest State"
    )
    parser.add_argument("--json", action="store_true", help="print the State as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0, or 1 when there is no State."""
    device_id = None if arguments.config is None else load(arguments.config).device.id
    record = read_last(runtime_directory(), device_id)
    print(json.dumps(record, ensure_ascii=False) if arguments.json else "\n".join(record["explanation"]))
    return 0
