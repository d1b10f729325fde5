"""A vector of numbers as text: base64 (RFC 4648) of little-endian float32."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import FleetError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_PARAMETERS = 4096
"""A head has some hundred numbers; nothing larger is taken in."""
WIDTH = 4
"""Bytes of a float32."""
LONGEST = 4 * -(-MOST_PARAMETERS * WIDTH // 3)
"""Characters of the largest vector as text."""
SEND_ANEW = "Have it sent anew by a sender of the same version"


def encode(vector: NDArray[np.floating]) -> str:
    """``vector`` (n,) as text."""
    return base64.b64encode(np.asarray(vector, "<f4").tobytes()).decode()


def decode(text: str, size: int, what: str) -> NDArray[np.float32]:
    """The (``size``,) float32 vector of ``text``, which an error calls ``what``.

    Raises:
        FleetError: it is no base64, of another length, or has a number that is none.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        problem = f"{what} is not base64 ({error})"
        raise FleetError(problem, SEND_ANEW) from error
    if len(raw) != size * WIDTH:
        problem = f"{what} has {len(raw)} bytes, wanted are {size * WIDTH} for {size} float32"
        raise FleetError(problem, SEND_ANEW)
    vector = np.frombuffer(raw, "<f4").astype(np.float32)
    strange = np.flatnonzero(~np.isfinite(vector))
    if strange.size:
        problem = f"{what} has {vector[strange[0]]} at place {strange[0]}, allowed are finite numbers"
        raise FleetError(problem, SEND_ANEW)
    return vector


def digest(vector: NDArray[np.floating]) -> str:
    """SHA-256 of the vector's bytes, in hexadecimal: the name of a head."""
    return hashlib.sha256(np.asarray(vector, "<f4").tobytes()).hexdigest()
