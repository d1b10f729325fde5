"""Somebody speaks while the device does, and it hears that: for microphones without the device's own voice in them.

Speech is looked for in each chunk, not only at each hop of the voice sense, so that a short ``microphone.hop_s`` makes
it quick. The frames are those that the voice sense has computed; only what is speech is judged once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.perception.voice.activity import ActivityDetector
from edge.perception.voice.analysis import FRAME_RATE, HOP

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.affect import Reading
    from edge.perception.perceiver import Perceiver
    from edge.perception.voice.perceiver import VoicePerceiver
    from edge.perception.voice.settings import VoiceSettings
    from edge.sensors.signals import AudioChunk

VOICED_FRAMES = 12
"""120 ms of voice: a syllable. A click, a cough or what echo cancellation leaves is shorter or has no pitch."""
WITHIN_FRAMES = 60
"""They lie within 0.6 s, so that chance hits during a long reply do not add up."""


class Interruption:
    """A perceiver of AudioChunk around another, whose Readings it gives on unchanged."""

    sense = Sense.VOICE

    def __init__(
        self,
        inner: Perceiver[AudioChunk],
        voice: VoicePerceiver,
        settings: VoiceSettings,
        speaking_since: Callable[[], int | None],
        interrupt: Callable[[int], None],
    ) -> None:
        """Wire it; nothing is loaded.

        Args:
            inner: the voice sense, or what stands around it.
            voice: the voice sense itself, for its frames.
            settings: the table [voice].
            speaking_since: when the device began to speak (``time.monotonic_ns``); None while it does not.
            interrupt: told the capture time of the speech; must not block.
        """
        self._inner = inner
        self._voice = voice
        self._detector = ActivityDetector(settings.speech)
        self._speaking_since = speaking_since
        self._interrupt = interrupt
        self._told_ns: int | None = None

    def attach(self) -> None:
        """Attach the voice sense."""
        self._inner.attach()

    def perceive(self, signal: AudioChunk) -> Reading | None:
        """The voice sense's Reading; whoever speaks over the device interrupts it, once for each time it speaks."""
        reading = self._inner.perceive(signal)
        tracks = self._voice.tracks
        activity = self._detector.judge(tracks, len(signal.samples) // HOP)  # so that the floor is known beforehand
        since_ns = self._speaking_since()
        if since_ns is None or since_ns == self._told_ns:
            return reading
        frames = min(round((signal.captured_ns - since_ns) / 1e9 * FRAME_RATE), WITHIN_FRAMES)
        if frames > 0 and activity.voiced[-frames:].sum() >= VOICED_FRAMES:
            self._told_ns = since_ns
            self._interrupt(signal.captured_ns)
        return reading

    def stop(self) -> None:
        """Stop the voice sense and forget the noise floor."""
        self._detector.forget()
        self._inner.stop()
