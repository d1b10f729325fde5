"""A settings file of the coordinator, read; what is wrong is told with file, key, value and what is allowed."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from pydantic import ValidationError

from edge.errors import SettingsError
from edge.section import Section
from fleet.coordinator.settings import CoordinatorSettings

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

LARGEST = 1 << 20
"""Bytes of a settings file."""
SHOWN = 80
"""Characters of a wrong value that an error repeats."""


def load(path: Path) -> CoordinatorSettings:
    """The settings in ``path``; relative paths in it are taken from the working directory.

    Raises:
        SettingsError: the file cannot be read, or something in it is wrong.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            problem = f"{path} is larger than {LARGEST} bytes"
            raise SettingsError(problem, "Give the path of a settings file")
        tree = tomllib.loads(content.decode())
    except OSError as error:
        problem = f"the settings file {path} cannot be read: {error.strerror or error}"
        raise SettingsError(problem, "Give the path of a file as in docs/fleet/coordinator.md") from error
    except UnicodeDecodeError as error:
        problem = f"{path} is not UTF-8 (byte {error.start})"
        raise SettingsError(problem, "Save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        problem = f"{path} is not valid TOML: {error}"
        raise SettingsError(problem, "Mend that line; https://toml.io has the rules") from error
    try:
        return CoordinatorSettings.model_validate(tree)
    except ValidationError as error:
        raise _told(error.errors()[0], path) from error


def _told(error: ErrorDetails, path: Path) -> SettingsError:
    location = [str(part) for part in error["loc"]]
    tables: list[type[Section]] = [CoordinatorSettings]
    description = ""
    for part in location:
        field = tables[-1].model_fields.get(part)
        if field is None:
            break
        description = field.description or ""
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            tables.append(field.annotation)
    name = ".".join(location) or "the whole"
    if error["type"] == "extra_forbidden":
        return SettingsError(f"{path}: {name} is not a setting", f"Allowed are: {', '.join(tables[-1].model_fields)}")
    message = error["msg"][:1].lower() + error["msg"][1:]
    whole = error["type"] == "missing" or isinstance(error["input"], dict)
    found = "" if whole else f", found {str(error['input'])[:SHOWN]!r}"
    remedy = f"Set it to what is allowed ({description})" if description else "Set it to what is allowed"
    return SettingsError(f"{path}: {name}: {message}{found}", remedy)
