"""The data files that a household or a translator may edit: read and checked, with errors that name file and place."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from edge.errors import SettingsError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

ModelT = TypeVar("ModelT", bound=BaseModel)

TOLD = 80
"""Characters of what was found that a message repeats."""


def read_table(file: Traversable) -> dict[str, Any]:
    """A TOML file as plain data. Raises SettingsError."""
    try:
        return tomllib.loads(file.read_bytes().decode())
    except FileNotFoundError:
        raise wrong(file, "the file", "it is missing", "Restore it from the release") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise wrong(file, "the file", f"it is not valid TOML: {error}", "Correct it there") from error


def checked(kind: type[ModelT], content: object, file: Traversable, where: str) -> ModelT:
    """``content``, which stands at ``where`` in ``file``, as a ``kind``. Raises SettingsError."""
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the whole"
        problem = f"{key}: {first['msg'].lower()}, found {repr(first['input'])[:TOLD]}"
        raise wrong(file, where, problem, "Correct or remove it") from error


def wrong(file: Traversable, where: str, problem: str, remedy: str) -> SettingsError:
    """The error that says what is wrong where, and what to do."""
    return SettingsError(f"the data file {file}, {where}: {problem}", remedy)
