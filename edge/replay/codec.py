"""The words of the domain as JSON and back, bit for bit.

A float is written as Python's shortest decimal that reads back as the same float (David Gay's algorithm, which
``repr`` and ``json`` use), so nothing is rounded. NaN and infinities are no JSON and are refused both ways.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from pydantic import TypeAdapter, ValidationError

if TYPE_CHECKING:
    from edge.affect import Cue, Reading, State

LEFT_OUT = "(words left out)"
"""Stands for a phrase that repeats what the person said, in a recording that keeps no words."""

T = TypeVar("T")
_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def plain(value: object) -> Any:  # noqa: ANN401 - what JSON can hold
    """A frozen dataclass of the domain as dicts, lists, numbers and text; every field is there.

    Raises:
        TypeError: for what is neither a dataclass nor made of plain values.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return float(value) if isinstance(value, float) else int(value)
    message = f"{type(value).__name__} cannot be recorded"
    raise TypeError(message)


def line(record: dict[str, Any]) -> bytes:
    """One line of a recording, with its line feed. Raises ValueError for NaN and infinities."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def parsed(text: bytes) -> dict[str, Any]:
    """The object in one line. Raises ValueError for anything else, NaN and infinities included."""
    found = json.loads(text, parse_constant=_refuse)
    if not isinstance(found, dict):
        message = f"a JSON object is wanted, found {type(found).__name__}"
        raise ValueError(message)  # noqa: TRY004 - whoever calls asks whether the content is right
    return found


def built(kind: type[T], record: object) -> T:
    """The dataclass that ``plain`` made ``record`` of.

    Raises:
        ValueError: a field has the wrong type, is missing, or is none that this version knows.
    """
    try:
        value: T = _adapter(kind).validate_json(json.dumps(record, allow_nan=False), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or kind.__name__
        message = f"{where}: {first['msg']}, found {str(first['input'])[:60]!r}"
        raise ValueError(message) from None
    unknown = _unknown(record, plain(value), "")
    if unknown:
        message = f"{unknown}: this version does not know that field of a {kind.__name__}"
        raise ValueError(message)
    return value


def without_words(reading: Reading) -> Reading:
    """The Reading with everything taken out that repeats what the person said."""
    words = None if reading.words is None else ""
    return replace(reading, words=words, cues=_unquoted(reading.cues))


def state_without_words(state: State) -> State:
    """The State with everything taken out that repeats what the person said."""
    return replace(state, cues=_unquoted(state.cues))


def _unquoted(cues: tuple[Cue, ...]) -> tuple[Cue, ...]:
    return tuple(replace(cue, phrase=LEFT_OUT) if cue.quotes else cue for cue in cues)


def _refuse(constant: str) -> NoReturn:
    message = f"{constant} is no number that can be understood"
    raise ValueError(message)


def _unknown(given: object, known: object, path: str) -> str:
    """Path of the first key that is in ``given`` and not in ``known``; "" when there is none."""
    if isinstance(given, dict) and isinstance(known, dict):
        for key, value in given.items():
            here = f"{path}.{key}".lstrip(".")
            if key not in known:
                return here
            found = _unknown(value, known[key], here)
            if found:
                return found
    elif isinstance(given, list) and isinstance(known, list):
        for index, (one, other) in enumerate(zip(given, known, strict=False)):
            found = _unknown(one, other, f"{path}[{index}]")
            if found:
                return found
    return ""


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    """Made once for each class: making one takes longer than reading a thousand lines."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
