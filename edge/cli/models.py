"""List the models, verify their hashes, or fetch the weights made by others (once, at set-up)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.errors import ModelError
from edge.settings import load

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport models`` takes."""
    parser.add_argument("action", nargs="?", choices=("list", "verify", "fetch"), default="list")
    parser.add_argument("--force", action="store_true", help="with fetch: also replace files that are there")
    parser.add_argument("--config", type=Path, help="a settings file, for models.directory")
    parser.add_argument("--json", action="store_true", help="print a list of objects")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when all is well; 1 when a model is missing or altered."""
    from edge.accelerators.model import default_directory

    directory = load(arguments.config).models.directory or default_directory()
    if arguments.action == "fetch":
        _fetch(directory, force=arguments.force)
    records = [inspect(folder) for folder in folders(directory)]
    if arguments.json:
        print(json.dumps(records, ensure_ascii=False))
    else:
        for record in records:
            state = (
                record["error"]
                or f"ok  {record['bytes'] / 1024:.0f} KiB  {record['licence']}  {record['sha256'][:12]}…"
            )
            print(f"{record['name']:<16} {state}")
    return int(any(record["error"] for record in records) or not records)


def folders(directory: Path) -> list[Path]:
    """The model folders, in name order. Raises ModelError when there are none."""
    found = sorted(path.parent for path in directory.glob("*/card.toml"))
    if not found:
        problem = f"there is no model in {directory}"
        raise ModelError(problem, "Set models.directory to the models/ folder of the release")
    return found


def inspect(folder: Path) -> dict[str, Any]:
    """Card and file of one model, hash compared: ``name, task, version, licence, bytes, sha256, error``."""
    from edge.accelerators.card import checked_file, read_card

    record: dict[str, Any] = {"name": folder.name, "error": None}
    try:
        card = read_card(folder)
        record |= {key: getattr(card, key) for key in ("task", "version", "licence", "bytes", "sha256")}
        checked_file(folder, card)
    except ModelError as error:
        record["error"] = str(error)
    return record


def _fetch(directory: Path, *, force: bool) -> None:
    from edge.accelerators.fetch import fetch
    from edge.cli.session import fetch_portrait
    from edge.paths import cache_directory

    fetch(directory, force=force)
    fetch_portrait(cache_directory())
