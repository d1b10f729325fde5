"""What we read of events, checked: a transcript, and the format of sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.sensors.resample import FASTEST, SLOWEST
from edge.sensors.wyoming.events import Malformed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.sensors.wyoming.events import Event

ModelT = TypeVar("ModelT", bound=BaseModel)

LONGEST_TRANSCRIPT = 100_000
"""Characters; ``words.limit_chars`` then cuts what is longer."""
FULL_SCALE = {1: 128.0, 2: 32_768.0, 3: 8_388_608.0, 4: 2_147_483_648.0}
"""Of samples of 1 to 4 bytes."""


class _Payload(BaseModel):
    """Strict in what it needs, indifferent to what else there is: peers of newer versions say more."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Transcript(_Payload):
    """Words that somebody recognised. ``language`` may be there; the text sense sees it by itself."""

    text: str = Field(max_length=LONGEST_TRANSCRIPT)
    language: str | None = Field(default=None, max_length=64)


class Format(_Payload):
    """How the bytes of sound are to be read: rate in Hz, width in bytes a sample, interleaved channels."""

    rate: int = Field(ge=SLOWEST, le=FASTEST)
    width: int = Field(ge=1, le=4)
    channels: int = Field(ge=1, le=32)


def read(model: type[ModelT], event: Event) -> ModelT:
    """``event``'s data. Raises Malformed that names the field, never its value."""
    try:
        return model.model_validate(event.data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        message = f"a {event.type} whose {where} is wrong: {first['msg'].lower()}"
        raise Malformed(message) from error


def mono(audio: bytes, form: Format) -> NDArray[np.float32]:
    """Samples (n,) float32 in [-1, 1], the mean of all channels. Raises Malformed for a part of a frame.

    Little-endian; one byte is unsigned (as in WAV), more are signed.
    """
    if len(audio) % (form.width * form.channels):
        message = f"an audio-chunk of {len(audio)} bytes, which is no multiple of {form.width * form.channels}"
        raise Malformed(message)
    if form.width == 1:
        whole = np.frombuffer(audio, np.uint8).astype(np.float32) - np.float32(128)
    elif form.width == 3:  # noqa: PLR2004 - 24 bits, which numpy has no type for
        padded = np.zeros((len(audio) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(audio, np.uint8).reshape(-1, 3)
        whole = (padded.view("<i4").ravel() >> 8).astype(np.float32)
    else:
        whole = np.frombuffer(audio, f"<i{form.width}").astype(np.float32)
    frames = whole.reshape(-1, form.channels) / np.float32(FULL_SCALE[form.width])
    means: NDArray[np.float32] = frames.mean(axis=1, dtype=np.float32)
    return means
