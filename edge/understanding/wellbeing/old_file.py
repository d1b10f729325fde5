"""The days that were kept before there was a vault: ``wellbeing.json``, taken into it once and then removed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pydantic import ValidationError

from edge.errors import InputError
from edge.private import PrivateFile
from edge.understanding.wellbeing.book import Book, Shelf

if TYPE_CHECKING:
    from pathlib import Path

    from edge.privacy.vault import Vault

log = logging.getLogger(__name__)

FILE = "wellbeing.json"
LARGEST = 2 * 1024 * 1024
"""Bytes. A day had under 400: eight profiles of a year come to half of this."""


def take_in(vault: Vault, state_directory: Path) -> None:
    """Move the old file into the vault; one that cannot be used is told and left. Raises VaultError.

    It goes only when its rows are on the disk. A day that is in the vault already is newer, and stays.
    """
    file = PrivateFile(state_directory / FILE, "wellbeing file", LARGEST, InputError, "remove it")
    try:
        content = file.read()
        old = None if content is None else _parsed(file, content)
    except InputError as error:
        log.error("%s It is not taken into the vault.", error)  # noqa: TRY400 - the sentence says it all
        return
    if old is None:
        return
    with Shelf(vault).opened() as book:  # how long a day is kept is set when the diary next writes
        for name, pages in old.profiles.items():
            there = book.pages(name)
            for day, page in pages.items():
                there.setdefault(day, page)
    file.remove()


def _parsed(file: PrivateFile, content: bytes) -> Book:
    try:
        return Book.model_validate_json(content)
    except ValidationError as error:
        problem = f"{file} is damaged ({error.error_count()} faults)"
        raise InputError(problem, "Type: rapport privacy forget, or remove it") from error
