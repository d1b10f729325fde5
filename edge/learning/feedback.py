"""What a person may say of a reply, and the ways in which it comes: one form for all of them, checked at the border."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from edge.affect import EMOTIONS, Emotion

LONGEST = 200
"""Bytes of a message; the longest that means something has under 60."""
SHOWN = 40
"""Characters of what was given that an error repeats."""


class Verdict(StrEnum):
    """What is said of a reply."""

    HELPED = "helped"
    NOT_NOW = "not-now"
    WRONG = "wrong"
    """The feeling was read wrong. It says nothing of the kind of answer."""


class Source(StrEnum):
    """How it came."""

    SPOKEN = "spoken"
    TAPPED = "tapped"
    HOME = "home"


ALLOWED = f'helped, not-now, or wrong and one of {", ".join(EMOTIONS)}; or {{"feedback": "wrong", "emotion": "sad"}}'


class Refused(Exception):  # noqa: N818 - it is what becomes of the message
    """Feedback that is not taken; the text says why, as a clause."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """A verdict; ``emotion`` is what the person says that they feel, with WRONG only, and may be left open there."""

    verdict: Verdict
    by: Source
    emotion: Emotion | None = None


class Command(BaseModel):
    """Feedback as a JSON object."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    feedback: Verdict
    emotion: Emotion | None = None

    @model_validator(mode="after")
    def _an_emotion_where_it_belongs(self) -> Self:
        if (self.emotion is not None) is not (self.feedback is Verdict.WRONG):
            message = "an emotion belongs to wrong, and to nothing else"
            raise ValueError(message)
        return self


def read(payload: bytes, by: Source) -> Feedback:
    """The feedback in a message, plain (``wrong sad``) or JSON. Raises Refused, without a word of what else it held."""
    if len(payload) > LONGEST:
        message = f"it has {len(payload)} bytes, at most {LONGEST} are taken"
        raise Refused(message)
    try:
        text = payload.decode().strip()
        if text.startswith("{"):
            content = json.loads(text)
        else:
            verdict, _, emotion = text.partition(" ")
            content = {"feedback": verdict} | ({"emotion": emotion.strip()} if emotion else {})
        command = Command.model_validate(content)
    except (ValueError, RecursionError, ValidationError) as error:
        message = f"it is no feedback; allowed is {ALLOWED}"
        raise Refused(message) from error
    return Feedback(command.feedback, by, command.emotion)
