"""Utterances of a stream of sound: each begins a little before somebody speaks and ends when a pause is long enough."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.sensors.signals import SAMPLE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.sensors.signals import AudioChunk

LEAD_S = 1.0
"""Seconds kept from before speech was noticed: it is noticed with a whole hop of the voice sense, half a second."""
JUMP_S = 0.2
"""Seconds by which a chunk may be later than it should before sound counts as lost between it and the one before."""
JUMP_SHARE = 0.8
"""The same as a share of the chunk: while the device is deaf whole chunks are left out, less is jitter."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Sound of one utterance, (n,) int16 at SAMPLE_RATE; ``captured_ns`` is when its last sample was heard."""

    samples: NDArray[np.int16]
    captured_ns: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / SAMPLE_RATE


class Segmenter:
    """Chunks in, segments out.

    Args:
        pause_s: seconds without speech that end an utterance.
        longest_s: seconds after which it ends anyway.
    """

    def __init__(self, pause_s: float, longest_s: float) -> None:
        self._pause_s = pause_s
        self._longest_s = longest_s
        self._chunks: deque[NDArray[np.int16]] = deque()
        self._held_s = 0.0
        self._pausing_s = 0.0
        self._last_ns = 0
        self.speaking = False
        """Whether an utterance has begun."""

    def push(self, chunk: AudioChunk, *, speech: bool) -> Segment | None:
        """The utterance that this chunk ends, if any; ``speech`` says whether somebody speaks in the chunk."""
        seconds = len(chunk.samples) / SAMPLE_RATE
        self._chunks.append(chunk.samples)
        self._held_s += seconds
        self._last_ns = chunk.captured_ns
        self.speaking |= speech
        if not self.speaking:
            while self._held_s - len(self._chunks[0]) / SAMPLE_RATE >= LEAD_S:
                self._held_s -= len(self._chunks.popleft()) / SAMPLE_RATE
            return None
        self._pausing_s = 0.0 if speech else self._pausing_s + seconds
        if self._pausing_s >= self._pause_s or self._held_s >= self._longest_s:
            return self.finish()
        return None

    def finish(self) -> Segment | None:
        """What was said so far, as nothing follows that belongs to it; None when nobody spoke."""
        segment = Segment(np.concatenate(self._chunks), self._last_ns) if self.speaking else None
        self.forget()
        return segment

    def forget(self) -> None:
        """Drop the sound that is held."""
        self._chunks.clear()
        self._held_s = self._pausing_s = 0.0
        self.speaking = False


class Continuity:
    """Whether sound goes on without a hole, by flags and by time.

    What comes first after a hole is passed over when the hole has no flag: there the device was deaf to itself, and
    the first chunk may still hold the end of its own voice.
    """

    def __init__(self) -> None:
        self._last_ns: int | None = None

    def broken(self, chunk: AudioChunk) -> tuple[bool, bool]:
        """Whether there is a hole before ``chunk``, and whether the chunk is to be passed over."""
        last, self._last_ns = self._last_ns, chunk.captured_ns
        if last is None:
            return False, False
        late_s = (chunk.captured_ns - last) / 1e9 - len(chunk.samples) / SAMPLE_RATE
        deaf = late_s > max(JUMP_S, JUMP_SHARE * len(chunk.samples) / SAMPLE_RATE)
        return chunk.gap or deaf, deaf

    def forget(self) -> None:
        """The next chunk is the first."""
        self._last_ns = None
