"""What comes from devices, taken apart: nothing in it is believed that was not looked at."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from edge.privacy.outbox import LARGEST

TOPIC = re.compile(r"fleet/([a-zA-Z0-9_-]{1,64})/([a-z]{1,32})")
"""``fleet/<device or pseudonym>/<part>``; the broker's access list sees to it that the sender is who the topic says."""
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message of a device.

    Attributes:
        sender: the device, or its pseudonym, by the topic.
        part: what it is: ``aggregate``, ``update``.
        id: by which it is counted once.
        body: the JSON object, ``id`` included; what it holds is for the reader of that part to check.
    """

    sender: str
    part: str
    id: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message is none of ours, without what was in it."""

    why: str


def read(topic: str, payload: bytes) -> Delivery | Refusal:
    """A message as a Delivery, or why it is none."""
    matched = TOPIC.fullmatch(topic)
    if matched is None:
        return Refusal("its topic is not fleet/<device>/<part>")
    if len(payload) > LARGEST:
        return Refusal(f"it has {len(payload)} bytes, at most {LARGEST} are taken")
    try:
        body = json.loads(payload.decode(), parse_constant=_no_number)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError, ValueError):
        return Refusal("it is no JSON in UTF-8")
    if not isinstance(body, dict):
        return Refusal("it is no JSON object")
    ident = body.get("id")
    if not isinstance(ident, str) or _ID.fullmatch(ident) is None:
        return Refusal("its id is not 32 hexadecimal digits")
    return Delivery(matched[1], matched[2], ident, body)


def _no_number(name: str) -> float:
    message = f"{name} is no number of JSON"
    raise ValueError(message)
