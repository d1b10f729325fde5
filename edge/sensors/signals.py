"""What sensors deliver: one frozen value per kind of source. Raw signals live in memory only and are never stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE = 16_000
"""Hz. Every AudioChunk has this rate, one channel."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture. ``image`` is (height, width, 3) uint8, BGR as OpenCV has it; the receiver must not write to it."""

    image: NDArray[np.uint8]
    captured_ns: int


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """Sound, mono. ``samples`` is (n,) int16 at SAMPLE_RATE; ``captured_ns`` is when its last sample was heard.

    ``gap`` is True when sound was lost between the chunk before and this one.
    """

    samples: NDArray[np.int16]
    captured_ns: int
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words that somebody said or typed: one or more sentences, stripped, never empty."""

    words: str
    captured_ns: int


Signal = Frame | AudioChunk | Utterance
