"""The devices of the fleet and their keys: a text file with a line a device, ``ed25519 <key in base64> <device>``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from edge.accelerators.keys import PublicKey, parse_key
from edge.errors import ModelError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

DEVICE = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""What a device may be called: the common name of its certificate, and the part of its topics between two slashes."""


def read_registry(path: Path) -> dict[str, PublicKey]:
    """Device → its public key. Empty lines and those that begin with # are passed over.

    Raises:
        SettingsError: the file cannot be read, a line is none, or a device or a key stands there twice.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        problem = f"coordinator.devices: the file {path} cannot be read: {getattr(error, 'strerror', None) or error}"
        raise SettingsError(problem, "Write one with a line `ed25519 KEY DEVICE` for each device") from error
    found: dict[str, PublicKey] = {}
    keys: dict[bytes, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        where = f"coordinator.devices: {path}, line {number}"
        key = _key(line.strip(), where)
        if key.owner in found:
            problem = f"{where}: the device {key.owner} stands there twice"
            raise SettingsError(problem, "Keep its present key alone")
        if key.raw in keys:
            problem = f"{where}: {key.owner} has the key of {keys[key.raw]}"
            raise SettingsError(problem, "Give each device a key of its own")
        found[key.owner], keys[key.raw] = key, key.owner
    return found


def _key(line: str, where: str) -> PublicKey:
    try:
        key = parse_key(line)
    except ModelError as error:
        problem = f"{where}: {error.problem}"
        raise SettingsError(problem, "Copy the line that the device gave") from error
    if DEVICE.fullmatch(key.owner) is None:
        problem = f"{where}: the device is {key.owner!r}; allowed are 1 to 64 of the characters a-z A-Z 0-9 _ -"
        raise SettingsError(problem, "Write the device's id, the common name of its certificate, after the key")
    return key
