"""The voice sense with listeners beside it, which get the same sound and whether somebody speaks in it.

What the voice sense is given has passed consent and is without the device's own voice; so has what the listeners get.
Speech is detected once, for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from edge.affect import Sense

if TYPE_CHECKING:
    from edge.affect import Reading
    from edge.perception.voice.perceiver import VoicePerceiver
    from edge.sensors.signals import AudioChunk


class Listener(Protocol):
    """Who listens too, on the voice sense's thread; must not block."""

    def hear(self, chunk: AudioChunk, *, speech: bool) -> None:
        """Sound; ``speech`` is True when somebody spoke in the newest hop."""
        ...

    def forget(self) -> None:
        """The microphone may not be listened to any more."""
        ...


class Overheard:
    """Perceiver of AudioChunk: the voice sense's Readings, unchanged."""

    sense = Sense.VOICE

    def __init__(self, voice: VoicePerceiver, *listeners: Listener) -> None:
        self._voice = voice
        self._listeners = listeners

    def attach(self) -> None:
        """Attach the voice sense."""
        self._voice.attach()

    def perceive(self, signal: AudioChunk) -> Reading | None:
        """The voice sense's Reading; each listener hears the same chunk."""
        reading = self._voice.perceive(signal)
        for listener in self._listeners:
            listener.hear(signal, speech=self._voice.speech)
        return reading

    def stop(self) -> None:
        """Stop the voice sense; the listeners forget what they heard."""
        for listener in self._listeners:
            listener.forget()
        self._voice.stop()
