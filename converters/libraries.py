"""Libraries of the workstation that not every command needs."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from edge.errors import InputError


def wanted(name: str) -> Any:  # noqa: ANN401 - a module
    """The module ``name``. Raises InputError where it is not installed."""
    try:
        return import_module(name)
    except ImportError as error:
        problem = f"this needs {name.partition('.')[0]}, which cannot be imported: {error}"
        raise InputError(problem, "Run: pip install -c constraints-convert.txt -e '.[convert]'") from error
