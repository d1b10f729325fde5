"""Write the manifest of a models folder and sign it: one command after any change to a model.

The private key never lies in the repository nor beside the models. It is a PEM file of mode 0600 that only the people
who release models hold; what a device trusts is its public line.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from edge.accelerators.card import (
    CARD_FILE,
    EDGE_TPU_FILE,
    GOLDEN_FILE,
    ONNX_FILE,
    ONNX_INT8_FILE,
    Card,
    card_bytes,
    checked_content,
    checked_file,
    parse_card,
)
from edge.accelerators.fetch import put
from edge.accelerators.keys import signature_line
from edge.accelerators.manifest import MANIFEST_FILE, SIGNATURE_FILE, Entry, Manifest, Seal
from edge.accelerators.private_key import PrivateKeyFile, public_half
from edge.errors import InputError, ModelError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from edge.accelerators.keys import PublicKey


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters sign``."""
    parser.add_argument("--models", type=Path, default=Path("models"), help="the folder with one folder per model")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--key", type=Path, action="append", metavar="FILE", help="private key; twice while an old and a new one count"
    )
    what.add_argument(
        "--new-key", type=Path, metavar="FILE", help="make a private key, and print the line that devices must trust"
    )
    parser.add_argument("--owner", default="", help="with --new-key: whose key it is")


def run(arguments: argparse.Namespace) -> int:
    """Make a key, or sign. Exit 0 when it is done."""
    if arguments.new_key is not None:
        print(new_key(arguments.new_key, arguments.models, arguments.owner).line)
        return 0
    manifest = sign(arguments.models, [read_key(path, arguments.models) for path in arguments.key])
    print(f"{arguments.models / MANIFEST_FILE}: release {manifest.release}, {len(manifest.models)} models, signed")
    return 0


def new_key(path: Path, models: Path, owner: str = "") -> PublicKey:
    """Make a private key at ``path`` (mode 0600, never over another file) and give its public half.

    Raises:
        InputError: the file is there, would lie among the models, or cannot be written.
    """
    return _key_file(path, models).new(owner)


def read_key(path: Path, models: Path) -> Ed25519PrivateKey:
    """The private key in a file. Raises InputError when others may read it, or it is no Ed25519 key."""
    return _key_file(path, models).read()


def _key_file(path: Path, models: Path) -> PrivateKeyFile:
    _outside(path, models)
    return PrivateKeyFile(path, InputError, "Make one with `python -m converters sign --new-key FILE`")


def sign(models: Path, keys: Sequence[Ed25519PrivateKey]) -> Manifest:
    """Write manifest and signature of ``models``; where nothing changed, both stay as they are.

    Raises:
        InputError: there is no model, or an ONNX or Edge TPU file does not belong to its card.
        ModelError: a card is wrong, or a model file or a golden vector does not have its card's hash.
    """
    entries = {folder.name: entry(folder) for folder in folders(models)}
    public = [public_half(key) for key in keys]
    old = _signed(models, public)
    if old is not None and old.models == entries:
        return old
    release = max(_release(models), old.release if old else 0) + 1
    today = dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    manifest = Manifest(release=release, date=today, models=entries)
    content = dumps(manifest)
    lines = [signature_line(half, key.sign(content)) for half, key in zip(public, keys, strict=True)]
    put(models / MANIFEST_FILE, content)
    put(models / SIGNATURE_FILE, "".join(lines).encode())
    return Seal(models, public).manifest()


def folders(models: Path) -> list[Path]:
    """The model folders, in name order. Raises InputError when there is none, or one without a card."""
    found = sorted(path for path in models.iterdir() if path.is_dir()) if models.is_dir() else []
    bare = [path.name for path in found if not (path / CARD_FILE).is_file()]
    if not found or bare:
        problem = f"{models} has no model folder" if not found else f"{models} has folders without a card: {bare}"
        raise InputError(problem, "Package a model first, or remove what is none")
    return found


def entry(folder: Path) -> Entry:
    """What the manifest says of one model, after comparing the files with the card."""
    raw = card_bytes(folder)
    card = parse_card(folder, raw)
    if card.origin is None or (folder / card.file).exists():
        checked_file(folder, card)
    _check_others(folder, card)
    if card.golden is not None:
        checked_content(folder, card, GOLDEN_FILE)
    return Entry(version=card.version, card=hashlib.sha256(raw).hexdigest(), model=card.sha256, onnx=card.onnx_sha256)


def _check_others(folder: Path, card: Card) -> None:
    """ONNX and Edge TPU files: each that is there is the card's, and each of the card's is there."""
    for name in (ONNX_FILE, ONNX_INT8_FILE, EDGE_TPU_FILE):
        path = folder / name
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
        if found != card.sha256_of(name):
            problem = f"{path} has sha256 {found}, its card says {card.sha256_of(name)}"
            raise InputError(problem, "Package the model anew")


def _signed(models: Path, keys: Sequence[PublicKey]) -> Manifest | None:
    """The manifest that is there, when every one of ``keys`` has signed it."""
    try:
        signed = [Seal(models, [key]).manifest() for key in keys]
    except ModelError:
        return None
    return signed[0]


def _release(models: Path) -> int:
    """Release of the manifest that is there, whoever signed it; 0 where there is none that can be read."""
    try:
        return Manifest.model_validate(tomllib.loads((models / MANIFEST_FILE).read_text(encoding="utf-8"))).release
    except (OSError, ValueError):
        return 0


def dumps(manifest: Manifest) -> bytes:
    """The manifest as TOML."""
    head = f'format = "{manifest.format}"\nrelease = {manifest.release}\ndate = "{manifest.date}"\n'
    tables = []
    for name, one in manifest.models.items():
        values = one.model_dump(exclude_none=True)
        tables.append(f"\n[models.{name}]\n" + "".join(f'{key} = "{value}"\n' for key, value in values.items()))
    return (head + "".join(tables)).encode()


def _outside(path: Path, models: Path) -> None:
    if path.resolve().is_relative_to(models.resolve()):
        problem = f"the private key {path} would lie among the models that it signs, and leave with them"
        raise InputError(problem, "Keep it in a folder that only you can read")
