"""The spoken voice: one reply at a time, to the sound card, or to WAV files where there is none."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from edge.affect import Reply
from edge.errors import OutletError
from edge.outlets.outlet import Item, Outlet
from edge.outlets.player import Player
from edge.outlets.speech.ahead import Ahead
from edge.outlets.speech.files import WavFiles
from edge.outlets.speech.mouth import Mouth
from edge.outlets.speech.voice import Voice
from edge.response.alerts import STRATEGY as WARNING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from edge.outlets.settings import SpeechSettings
    from edge.outlets.speech.synthesiser import Sound

log = logging.getLogger(__name__)

TAIL_S = 0.25
"""After the last sample the room still sounds (a furnished room's reverberation time is about 0.3 to 0.5 s): the
microphone stays gated that much longer, so that the device does not hear itself."""
ENDING_S = 2.0
"""An engine that was cancelled ends within this; the next reply waits for it, so that never two are made at once."""


class Speaker(Outlet):
    """Speaks Replies; States pass by. A crisis reply goes before all others and cuts what is being said.

    Whoever speaks to the device cuts what it says, but for the words of a crisis and a driver's warning: see ``hush``.
    """

    name = "speaker"
    takes = (Reply,)
    capacity = 4
    expires_s = 8.0
    """A spoken answer that comes later than this answers something that is over. Crisis replies do not expire."""

    def __init__(self, settings: SpeechSettings, on_sound: Callable[[Reply, int], None] | None = None) -> None:
        """Nothing is opened before ``attach``.

        Args:
            settings: the table ``[speech]``.
            on_sound: called on the outlet's thread with the reply and the ``time.monotonic_ns`` at which the sound
                card took its first sound; without a card, at which its WAV file was complete.

        Raises:
            SettingsError: a lexicon is wrong.
        """
        super().__init__()
        self._settings = settings
        self._on_sound = on_sound
        self._voice = Voice(settings)
        self._player = Player(settings.device)
        self._files: WavFiles | None = None
        self._mouth = Mouth()
        self._closed = threading.Event()
        self._crisis_waits = threading.Event()
        self._now: Reply | None = None
        """What is made into sound or said."""
        self._stream: Ahead | None = None
        """The sound of it."""
        self._hushed_ns = 0
        """What answers something earlier than this is over."""
        self._card_lost = False
        self.speaking = threading.Event()
        """Set while sound comes out, and TAIL_S longer: whoever owns the microphone asks it."""
        self._speaking_since_ns = 0
        self.silent_because: str | None = None
        """Why replies are written to files instead of played; None when they are played."""
        self.latest: Path | None = None
        """The file written last."""

    @property
    def directory(self) -> Path | None:
        """Where replies are written; None while they are played."""
        return None if self._files is None else self._files.directory

    @property
    def trouble(self) -> str | None:
        """Why another engine than the one that is set speaks; None while that one does."""
        return self._voice.trouble

    @property
    def speaking_since(self) -> int | None:
        """``time.monotonic_ns`` at which the sound that comes out now began; None while there is silence."""
        return self._speaking_since_ns if self.speaking.is_set() else None

    def mouth(self) -> float:
        """How loud it is what sounds at this moment, 0 (silence) to 1, 25 times a second; from any thread."""
        return self._mouth.opening()

    def adopt(self, settings: SpeechSettings) -> None:
        """Go on with another rate, pitch, volume, loudness and number of files."""
        self._settings = settings
        self._voice.adopt(settings)

    def offer(self, item: Item) -> None:
        """Queue a Reply; returns at once."""
        if isinstance(item, Reply) and item.crisis and not self._clear_the_way(item):
            return
        super().offer(item)

    def hush(self, captured_ns: int) -> None:
        """Somebody spoke at ``captured_ns``: an answer to something earlier is over. Returns at once, from any thread.

        What waits is dropped, what is made into sound is not said, and what is said is cut, with all of its sentences
        that are to come.
        """
        with self._wake:
            self._hushed_ns = max(self._hushed_ns, captured_ns)
            over = [entry for entry in self._items if self._over(entry[1])]
            self.dropped += len(over)
            for entry in over:
                self._items.remove(entry)
            if self._now is not None and self._over(self._now):
                self._cut()

    def open(self) -> None:
        """Find the synthesiser and decide, once, between sound card and files. Raises OutletError."""
        if self._settings.engine == "none":
            problem = 'speech.engine is "none", so nothing is spoken'
            raise OutletError(problem, 'Set speech.engine = "auto" to hear replies')
        log.info("replies are spoken by %s", self._voice.find())
        self.silent_because = self._player.probe()
        if self.silent_because is not None:
            self._files = WavFiles(self._settings.wav_directory)
            log.info("spoken replies go to %s: %s", self.directory, self.silent_because)
        self._closed.clear()

    def deliver(self, item: Item) -> None:
        """Speak one Reply to its end. Raises OutletError."""
        if not isinstance(item, Reply) or not item.text.strip() or self._closed.is_set():
            return
        if self._card_lost:
            self.silent_because = self._player.probe()
        with self._wake:
            if self._over(item):
                self.dropped += 1
                return
            self._now = item
            if item.crisis:
                self._crisis_waits.clear()
        try:
            self._speak(item)
        finally:
            with self._wake:
                self._now = None

    def close(self) -> None:
        """Silence at once."""
        self._closed.set()
        with self._wake:
            self._cut()
        self._voice.close()

    def _speak(self, reply: Reply) -> None:
        if self.silent_because is not None:
            self._write(reply)
            return
        try:
            with self._sound(reply) as stream:
                self._play(stream, reply)
        except OutletError:
            if self._outdated(reply):  # it was cut short
                return
            # The card is lost, or the engine: what was accepted is not. What is wrong is told all the same.
            self._card_lost = True
            self._write(reply)
            raise
        self._card_lost = False

    def _play(self, stream: Ahead, reply: Reply) -> None:
        try:
            if self._player.play(self._noted(stream), lambda: self._tell(reply), lambda: self._outdated(reply)):
                self._closed.wait(TAIL_S)
            elif not self.speaking.is_set():
                self.dropped += 1
        finally:
            self._mouth.shut()
            self.speaking.clear()

    def _noted(self, stream: Ahead) -> Iterator[Sound]:
        """Each part as it is handed to the sound card."""
        for sound in stream:
            if not self.speaking.is_set():
                self._speaking_since_ns = time.monotonic_ns()
                self.speaking.set()
            self._mouth.hear(sound)
            yield sound

    def _write(self, reply: Reply) -> None:
        files = self._files = self._files or WavFiles(self._settings.wav_directory)
        try:
            with self._sound(reply) as stream:
                parts = list(stream)
        except OutletError:
            if self._outdated(reply):
                return
            raise
        if self._outdated(reply):
            self.dropped += 1
            return
        self.latest = files.write(parts, self._settings.wav_files) or self.latest
        log.info("the spoken reply is in %s", self.latest)
        self._tell(reply)

    @contextmanager
    def _sound(self, reply: Reply) -> Iterator[Ahead]:
        """The sound of ``reply``, as it is made; the engine comes to rest before anything else is said."""
        with self._wake:
            stream = self._stream = Ahead(self._voice.stream(reply))
        try:
            with stream:
                yield stream
        finally:
            with self._wake:
                self._stream = None
                if not stream.ended:
                    self._voice.cancel()
            if not stream.join(ENDING_S):
                log.warning("the speech engine does not end and is left behind")

    def _cut(self) -> None:
        """End what is said now; whoever calls holds the lock, so that it is not the next reply that ends."""
        if self._stream is not None:
            self._stream.close()
            self._voice.cancel()
        self._player.stop()

    def _clear_the_way(self, crisis: Reply) -> bool:
        """Drop ordinary replies and cut one that is spoken; False when this very reply waits or is spoken already."""
        with self._wake:
            known = [item for item in (*(item for _, item in self._items), self._now) if isinstance(item, Reply)]
            if any(item.crisis and item.text == crisis.text for item in known):
                self.dropped += 1
                return False
            ordinary = [entry for entry in self._items if not _urgent(entry[1])]
            self.dropped += len(ordinary)
            for entry in ordinary:
                self._items.remove(entry)
            self._crisis_waits.set()
            if self._now is None or not self._now.crisis:
                self._cut()
        return True

    def _outdated(self, reply: Reply) -> bool:
        """Whether the voice was closed, a crisis came up, or somebody spoke, while the sound was being made."""
        if self._closed.is_set() or self._over(reply):
            return True
        return self._crisis_waits.is_set() and not reply.crisis

    def _over(self, item: Item) -> bool:
        """Whether something was said since what ``item`` answers, and it is nothing that must be heard."""
        return (
            isinstance(item, Reply)
            and not item.crisis
            and item.strategy != WARNING
            and item.captured_ns < self._hushed_ns
        )

    def _tell(self, reply: Reply) -> None:
        if self._on_sound is not None:
            self._on_sound(reply, time.monotonic_ns())


def _urgent(item: Item) -> bool:
    return isinstance(item, Reply) and item.crisis
