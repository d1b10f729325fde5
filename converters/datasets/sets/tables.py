"""Reading text that may be damaged: line by line, bounded in memory, with the place of every fault."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from typing import IO, TYPE_CHECKING, Any, Literal, cast

from converters.datasets.sets.row import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_LINE = 1 << 20
"""Bytes. A row of FER2013 has 9 kB and a dialogue 10 kB: a line of a megabyte is no row."""
LARGEST_JSON = 1 << 28
"""Bytes of a file that is one JSON list, and so is read whole; SMP2020-EWECT's largest has 6 MB."""


def lines(path: Path) -> Iterator[tuple[int, str | Broken]]:
    """(number, line without its end) of a text file, plain or ``.gz``; UTF-8, with or without a byte order mark.

    A line that is not UTF-8 or longer than LONGEST_LINE is Broken, and so is the place where reading fails.
    """
    number = 0
    try:
        with cast("IO[bytes]", gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")) as file:
            while raw := file.readline(LONGEST_LINE + 1):
                number += 1
                yield number, _decoded(path, number, raw)
                too_long = len(raw) > LONGEST_LINE
                while too_long and raw and not raw.endswith(b"\n"):
                    raw = file.readline(LONGEST_LINE)  # the rest of it, piece by piece
    except (OSError, EOFError, zlib.error) as error:
        yield number + 1, Broken(f"{path}:{number + 1}", f"the file cannot be read on: {error}")


def _decoded(path: Path, number: int, raw: bytes) -> str | Broken:
    if len(raw) > LONGEST_LINE:
        return Broken(f"{path}:{number}", f"the line is longer than {LONGEST_LINE} bytes")
    try:
        return raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        return Broken(f"{path}:{number}", f"byte {error.start + 1} of the line is not UTF-8")


def table(
    path: Path, needed: tuple[str, ...], delimiter: str = ",", *, quoted: bool = True
) -> Iterator[tuple[str, dict[str, str]] | Broken]:
    """(where, column → text) for each row of a CSV or TSV file with a header; names of columns lose outer blanks.

    One item a row, Broken or not, so that two files can be read side by side. A file without one of the ``needed``
    columns is one Broken.
    """
    source = _Source(path)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    reader = csv.reader(source, delimiter=delimiter, quoting=quoting, strict=True)
    header: list[str] | None = None
    for where, fields in _records(reader, source):
        yield from source.taken()
        if isinstance(fields, Broken):
            yield fields
        elif header is None:
            header = [name.strip() for name in fields]
            missing = [name for name in needed if name not in header]
            if missing:
                yield Broken(where, f"no column {', '.join(missing)}; the columns are {', '.join(header)[:200]}")
                return
        elif len(fields) != len(header):
            yield Broken(where, f"{len(fields)} fields under {len(header)} columns")
        else:
            yield where, dict(zip(header, fields, strict=True))
    yield from source.taken()
    if header is None:
        yield Broken(f"{path}:1", "the file has no header")


class _Source:
    """Lines for the csv module, which may take several for a row; the broken ones are set aside."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.first = 0
        self._lines = lines(path)
        self._broken: list[Broken] = []

    def __iter__(self) -> Iterator[str]:
        for number, line in self._lines:
            if isinstance(line, Broken):
                self._broken.append(line)
            else:
                self.first = self.first or number
                yield line + "\n"

    def taken(self) -> list[Broken]:
        """What was set aside since the last call."""
        broken, self._broken = self._broken, []
        return broken


def _records(reader: Iterator[list[str]], source: _Source) -> Iterator[tuple[str, list[str] | Broken]]:
    while True:
        source.first = 0
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield "", Broken(f"{source.path}:{source.first}", str(error))
            continue
        if fields:  # an empty line is no row
            yield f"{source.path}:{source.first}", fields


def json_lines(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]] | Broken]:
    """(where, object) for each line of a JSON Lines file, plain or ``.gz``; empty lines are passed over."""
    count = 0
    for number, line in lines(path):
        count += 1
        where = f"{path}:{number}"
        if isinstance(line, Broken):
            yield line
        elif line.strip():
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield Broken(where, f"not JSON: {error}")
            else:
                yield _object(where, value, needed)
    if not count:
        yield Broken(f"{path}:1", "the file is empty")


def json_list(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]] | Broken]:
    """(where, object) for each item of a file that is one JSON list; a torn file gives the items before the tear."""
    if path.stat().st_size > LARGEST_JSON:
        yield Broken(str(path), f"the file is larger than {LARGEST_JSON} bytes")
        return
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        yield Broken(str(path), f"the file cannot be read: {error}")
        return
    at = len(text) - len(text.lstrip())
    if text[at : at + 1] != "[":
        yield Broken(f"{path}:1", "the file is not a JSON list")
        return
    yield from _items(path, text, at + 1, needed)


def _items(path: Path, text: str, at: int, needed: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]] | Broken]:
    decoder = json.JSONDecoder()
    for number in range(1, len(text)):
        at = _past(text, at, ",") if number > 1 else _past(text, at, "")
        if text[at : at + 1] == "]":
            return
        where = f"{path}:item {number}"
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield Broken(where, f"not JSON from here on: {error}")
            return
        yield _object(where, value, needed)


def _past(text: str, at: int, mark: str) -> int:
    while at < len(text) and (text[at].isspace() or text[at] == mark):
        at += 1
    return at


def _object(where: str, value: object, needed: tuple[str, ...]) -> tuple[str, dict[str, Any]] | Broken:
    if not isinstance(value, dict):
        return Broken(where, "not a JSON object")
    missing = [name for name in needed if name not in value]
    if missing:
        return Broken(where, f"no {', '.join(missing)}")
    return where, value
