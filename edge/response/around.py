"""What goes on around the device that an answer has to heed: somebody talks, others are there, a car is driven."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.perception.face.cues import OTHERS
from edge.response.driving import Road

if TYPE_CHECKING:
    from edge.affect import Reading
    from edge.sensors.signals import AudioChunk

COMPANY_NS = 10_000_000_000
"""Others that were seen are taken to be there for so long: a head that turns away for a moment has not left (ours)."""


class Around:
    """``hear`` and ``forget`` are called on the voice lane's thread, ``road.hear`` on any; the rest on the loop's.

    The voice lane hears neither the device's own voice nor, without a grant, anything at all.
    """

    def __init__(self) -> None:
        self.road = Road()
        self._speech_ns: int | None = None
        self._others_ns: int | None = None

    def hear(self, chunk: AudioChunk, *, speech: bool) -> None:
        """Sound of the microphone; ``speech``: somebody spoke in the newest hop of it."""
        if speech:
            self._speech_ns = chunk.captured_ns

    def forget(self) -> None:
        """The microphone may not be listened to any more."""
        self._speech_ns = None

    def see(self, reading: Reading) -> None:
        """Look at a Reading for who else is there, and for where the head goes. It counts for no State here."""
        if reading.sense is not Sense.FACE:
            return
        self.road.see(reading)
        if any(cue.name == OTHERS for cue in reading.cues):
            self._others_ns = reading.captured_ns
        elif reading.affect is not None:  # one that saw the person well, and nobody else
            self._others_ns = None

    def leave(self) -> None:
        """The camera may not be looked through any more."""
        self._others_ns = None

    def talking(self, now_ns: int, pause_s: float) -> bool:
        """Whether somebody has spoken within the last ``pause_s`` seconds."""
        heard_ns = self._speech_ns
        return heard_ns is not None and now_ns - heard_ns < pause_s * 1e9

    def company(self, now_ns: int) -> bool:
        """Whether others were seen a moment ago."""
        return self._others_ns is not None and now_ns - self._others_ns <= COMPANY_NS
