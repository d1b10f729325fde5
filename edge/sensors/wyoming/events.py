"""Events of the Wyoming protocol as bytes, with a limit on everything that a peer may send.

An event is a line of JSON with a type, perhaps data within it, then data_length bytes of more JSON, then payload_length
bytes. Source: the protocol's own description, github.com/OHF-Voice/wyoming, README. That project's reader takes lines
and lengths of any size, and gives None for an end and for garbage alike; so the reading is our own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

HEADER_BYTES = 65_536
"""Longest first line."""
DATA_BYTES = 1_048_576
"""Most JSON after it; the longest in use, the description of a server with many models, has some ten thousand."""
PAYLOAD_BYTES = 1_048_576
"""Largest payload: 2.7 s of sound at 192 kHz in 16 bits; a chunk usually has some thousand bytes."""


class Malformed(Exception):  # noqa: N818 - it is what the peer's bytes are
    """What a peer sent is no event; the text says why, without a byte of it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``data`` is plain JSON; ``payload`` is sound, mostly."""

    type: str
    data: dict[str, Any] = field(default_factory=dict)
    payload: bytes = b""


def encoded(event: Event) -> bytes:
    """``event`` as it goes over the wire."""
    header: dict[str, Any] = {"type": event.type}
    data = json.dumps(event.data, ensure_ascii=False).encode() if event.data else b""
    if data:
        header["data_length"] = len(data)
    if event.payload:
        header["payload_length"] = len(event.payload)
    return json.dumps(header).encode() + b"\n" + data + event.payload


class Reader:
    """Bytes in any portions in, whole events out. After ``Malformed`` it cannot be used again: the place is lost."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._header: dict[str, Any] | None = None
        self._sizes = (0, 0)

    @property
    def within(self) -> bool:
        """Whether an event has begun and is not complete."""
        return bool(self._held) or self._header is not None

    def feed(self, block: bytes) -> list[Event]:
        """The events that ``block`` completes, in order. Raises Malformed."""
        self._held += block
        events = []
        while (event := self._next()) is not None:
            events.append(event)
        return events

    def _next(self) -> Event | None:
        if self._header is None and not self._begin():
            return None
        header, (data_size, payload_size) = self._header or {}, self._sizes
        if len(self._held) < data_size + payload_size:
            return None
        data = header.get("data") or {}
        if data_size:
            data = {**data, **_object(bytes(self._held[:data_size]), "data")}
        payload = bytes(self._held[data_size : data_size + payload_size])
        del self._held[: data_size + payload_size]
        self._header = None
        return Event(header["type"], data, payload)

    def _begin(self) -> bool:
        """Read a first line, if it is here."""
        end = self._held.find(b"\n", 0, HEADER_BYTES + 1)
        if end < 0:
            if len(self._held) > HEADER_BYTES:
                message = f"a first line of more than {HEADER_BYTES} bytes"
                raise Malformed(message)
            return False
        header = _object(bytes(self._held[:end]), "first line")
        if not isinstance(header.get("type"), str) or not isinstance(header.get("data") or {}, dict):
            message = "a first line without a type, or with data that is no object"
            raise Malformed(message)
        self._sizes = _size(header, "data_length", DATA_BYTES), _size(header, "payload_length", PAYLOAD_BYTES)
        self._header = header
        del self._held[: end + 1]
        return True


def _object(raw: bytes, what: str) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:  # bad UTF-8 is a ValueError as well
        message = f"a {what} that is no JSON"
        raise Malformed(message) from error
    if not isinstance(value, dict):
        message = f"a {what} that is no JSON object"
        raise Malformed(message)
    return value


def _size(header: dict[str, Any], name: str, most: int) -> int:
    size = header.get(name)
    if size is None:
        return 0
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= most:
        message = f"a {name} that is no number from 0 to {most}"
        raise Malformed(message)
    return size
