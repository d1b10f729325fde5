"""The spoken voice: one reply at a time, to the sound card, or to WAV files where there is none."""

from __future__ import annotations

import logging
import os
import stat
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from edge.affect import Reply
from edge.errors import OutletError
from edge.outlets.outlet import Item, Outlet
from edge.outlets.player import Player
from edge.outlets.speech import Espeak, spelled
from edge.response.alerts import STRATEGY as WARNING

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.outlets.settings import SpeechSettings

log = logging.getLogger(__name__)

TAIL_S = 0.25
"""After the last sample the room still sounds (a furnished room's reverberation time is about 0.3 to 0.5 s): the
microphone stays gated that much longer, so that the device does not hear itself."""
OURS = "reply-" + "?" * 13 + "-????.wav"
"""Names of the files that are ours to remove."""


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
        """
        super().__init__()
        self._settings = settings
        self._on_sound = on_sound
        self._espeak = Espeak(settings)
        self._player = Player(settings.device)
        self._closed = threading.Event()
        self._crisis_waits = threading.Event()
        self._now: Reply | None = None
        """What is made into sound or said."""
        self._hushed_ns = 0
        """What answers something earlier than this is over."""
        self._spoken = 0
        self.speaking = threading.Event()
        """Set while sound comes out, and TAIL_S longer: whoever owns the microphone asks it."""
        self.silent_because: str | None = None
        """Why replies are written to files instead of played; None when they are played."""
        self.directory: Path | None = None
        """Where they are written then."""
        self.latest: Path | None = None
        """The file written last."""

    def adopt(self, settings: SpeechSettings) -> None:
        """Go on with another rate, pitch, volume and number of files."""
        self._settings = settings
        self._espeak.adopt(settings)

    def offer(self, item: Item) -> None:
        """Queue a Reply; returns at once."""
        if isinstance(item, Reply) and item.crisis and not self._clear_the_way(item):
            return
        super().offer(item)

    def hush(self, captured_ns: int) -> None:
        """Somebody spoke at ``captured_ns``: an answer to something earlier is over. Returns at once, from any thread.

        What waits is dropped, what is made into sound is not said, and what is said is cut.
        """
        with self._wake:
            self._hushed_ns = max(self._hushed_ns, captured_ns)
            over = [entry for entry in self._items if self._over(entry[1])]
            self.dropped += len(over)
            for entry in over:
                self._items.remove(entry)
            cut = self._now is not None and self._over(self._now)
        if cut:
            self._player.stop()

    def open(self) -> None:
        """Find the synthesiser and decide, once, between sound card and files. Raises OutletError."""
        if self._settings.engine == "none":
            problem = 'speech.engine is "none", so nothing is spoken'
            raise OutletError(problem, 'Set speech.engine = "auto" to hear replies')
        self._espeak.find()
        self.silent_because = self._player.probe()
        if self.silent_because is not None:
            self.directory = self._settings.wav_directory or _private_directory()
            try:
                self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                problem = f"the directory for spoken replies {self.directory} cannot be made: {error.strerror}"
                raise OutletError(problem, "Set speech.wav_directory to one that can be written") from error
            log.info("spoken replies go to %s: %s", self.directory, self.silent_because)
        self._closed.clear()

    def deliver(self, item: Item) -> None:
        """Speak one Reply to its end. Raises OutletError."""
        if not isinstance(item, Reply) or not item.text.strip() or self._closed.is_set():
            return
        if self._over(item):
            self.dropped += 1
            return
        with self._wake:
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
        self._espeak.cancel()
        self._player.stop()

    def _speak(self, reply: Reply) -> None:
        text = spelled(reply.text) if reply.crisis else reply.text
        try:
            wav = self._espeak.synthesise(text, reply.language, reply.style)
        except OutletError:
            if self._closed.is_set():  # the synthesis was cut short by ``close``
                return
            raise
        if self._outdated(reply):
            self.dropped += 1
        elif self.silent_because is None:
            self._play(wav, reply)
        else:
            self._write(wav)
            self._tell(reply)

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
            cut = self._now is None or not self._now.crisis
        if cut:
            self._player.stop()
        return True

    def _play(self, wav: bytes, reply: Reply) -> None:
        self.speaking.set()
        try:
            if self._player.play(wav, lambda: self._tell(reply), lambda: self._outdated(reply)):
                self._closed.wait(TAIL_S)
        finally:
            self.speaking.clear()

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

    def _write(self, wav: bytes) -> None:
        directory = self.directory
        if directory is None:  # open was not called
            return
        self._spoken += 1
        path = directory / f"reply-{time.time_ns() // 1_000_000:013d}-{self._spoken:04d}.wav"
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(wav)
            for old in sorted(directory.glob(OURS))[: -self._settings.wav_files]:
                old.unlink(missing_ok=True)
        except OSError as error:
            problem = f"the spoken reply cannot be written to {directory}: {error.strerror}"
            raise OutletError(problem, "Free space there, or set speech.wav_directory to another one") from error
        self.latest = path
        log.info("the spoken reply is in %s", path)

    def _tell(self, reply: Reply) -> None:
        if self._on_sound is not None:
            self._on_sound(reply, time.monotonic_ns())


def _urgent(item: Item) -> bool:
    return isinstance(item, Reply) and item.crisis


def _private_directory() -> Path:
    """A directory that only this user can enter: replies may repeat what was said."""
    usual = Path(tempfile.gettempdir()) / f"rapport-speech-{os.geteuid()}"
    try:
        usual.mkdir(mode=0o700)
    except FileExistsError:
        status = usual.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
            return Path(tempfile.mkdtemp(prefix="rapport-speech-"))  # somebody else made it: keep away from it
    return usual
