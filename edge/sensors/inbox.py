"""Messages of the home as words, and as a push. How the broker is reached is not this room's business."""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.affect import Sense
from edge.sensors.inlet import Inlet
from edge.sensors.signals import Utterance
from edge.sensors.text_file import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.sensors.settings import WordsSettings

log = logging.getLogger(__name__)

SAY, LISTEN = "say", "listen"
"""Last parts of the topics below the device's root."""
BYTES_A_CHARACTER = 4
"""The longest in UTF-8; JSON may escape it in 12, which is allowed for."""
WAITING = 16


class Inbox(Protocol):
    """A subscription to topics of this device, on a connection of its own that comes back by itself."""

    where: str
    """The broker, in words for the user."""

    def open(self, parts: tuple[str, ...], hear: Callable[[str, bytes], None]) -> None:
        """Connect and hear messages to ``parts`` below the device's root, on the inbox's own thread."""
        ...

    def condition(self) -> str | None:
        """Why nothing can be heard now, in words; None when the broker listens to us."""
        ...

    def close(self) -> None:
        """Disconnect; ``hear`` is not called any more."""
        ...


class Said(BaseModel):
    """The JSON form of a message."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    text: str = Field(min_length=1)
    language: str | None = Field(default=None, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=35)


class Refused(Exception):  # noqa: N818 - it is what becomes of the message
    """A message that is not taken; the text says why, without a word of it."""


def words_of(payload: bytes, limit: int) -> str:
    """The words of a message, plain or JSON. Raises Refused.

    A payload that begins with a brace is JSON; any other is the text itself.
    """
    most = 3 * BYTES_A_CHARACTER * limit + 200
    if len(payload) > most:
        message = f"it has {len(payload)} bytes, at most {most} are taken"
        raise Refused(message)
    try:
        text = payload.decode()
        if text.lstrip().startswith("{"):
            text = Said.model_validate(json.loads(text)).text
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        message = f"{'a field' if first['type'] == 'extra_forbidden' else where} is wrong: {first['msg'].lower()}"
        raise Refused(message) from error
    except (ValueError, RecursionError) as error:
        message = "it is neither UTF-8 text nor a JSON object"
        raise Refused(message) from error
    if len(text) > limit:
        message = f"it has {len(text)} characters, at most {limit} are taken"
        raise Refused(message)
    words = clean(" ".join(text.split()).encode("utf-8", "replace"), limit)
    if not words:
        message = "it has no words"
        raise Refused(message)
    return words


class MqttWords:
    """Sentences that the home sends to the device's topic ``say``. The connection is made by ``attach`` alone."""

    sense = Sense.TEXT
    live = True

    def __init__(self, settings: WordsSettings, inbox: Inbox) -> None:
        self.source = f"MQTT {inbox.where}"
        self.refused = 0
        """Messages that were not taken, since the start."""
        self._limit = settings.limit_chars
        self._inbox = inbox
        self._inlet: Inlet[Utterance] | None = None

    def attach(self) -> None:
        """Begin to listen; a broker that is away is waited for."""
        self.stop()
        self._inlet = Inlet(self.source, WAITING)
        self._inbox.open((SAY,), self._hear)

    def read(self) -> Utterance | None:
        """The next sentence; None after ``stop``."""
        inlet = self._inlet
        return None if inlet is None else inlet.take()

    def condition(self) -> str | None:
        """Why the home is not heard, in words; None when it is."""
        return self._inbox.condition() if self._inlet is not None else None

    def stop(self) -> None:
        """Disconnect and drop what waits."""
        inlet, self._inlet = self._inlet, None
        if inlet is not None:
            inlet.close()
            self._inbox.close()

    def _hear(self, _part: str, payload: bytes) -> None:
        inlet = self._inlet
        if inlet is None:
            return
        try:
            words = words_of(payload, self._limit)
        except Refused as error:
            self.refused += 1
            log.warning("%s: message refused (%d so far): %s", self.source, self.refused, error)
            return
        inlet.put(Utterance(words, time.monotonic_ns()))
