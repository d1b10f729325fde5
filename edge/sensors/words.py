"""Where words come from: what is typed or piped in, a text file that speaks in its own time, the home, or speech."""

from __future__ import annotations

import os
import select
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.errors import SensorError, SettingsError
from edge.sensors.clock import Clock
from edge.sensors.inbox import MqttWords
from edge.sensors.opening import Gate
from edge.sensors.regular import open_regular
from edge.sensors.signals import Utterance
from edge.sensors.text_file import Score, clean, read_score
from edge.sensors.wake import WakeWord
from edge.sensors.wyoming.address import endpoint, is_wyoming
from edge.sensors.wyoming.asr import AsrWords
from edge.sensors.wyoming.listener import TranscriptListener

if TYPE_CHECKING:
    from edge.sensors.inbox import Inbox
    from edge.sensors.sensor import Sensor
    from edge.sensors.settings import WordsSettings

FILE_BYTES = 1_000_000
"""Longest text file: some 20,000 lines."""
POLL_MS = 100
"""A stop is noticed within it while nobody types."""


def open_words(
    settings: WordsSettings, *, repeat: bool = False, inbox: Inbox | None = None
) -> Sensor[Utterance] | None:
    """The sensor of ``settings.source``; None for "none". Opens nothing.

    Args:
        settings: the table [words].
        repeat: play a file again and again.
        inbox: the way to the home; None where there is none.

    Raises:
        SettingsError: "mqtt" without a broker.
        SensorError: the source begins as an address and is none.
    """
    if settings.source == "none":
        return None
    if settings.source == "stdin":
        return StdinWords(settings)
    if settings.source == "mqtt":
        if inbox is None:
            problem = 'words.source is "mqtt", and there is no broker: mqtt.host is empty, or mqtt.enabled false'
            raise SettingsError(problem, 'Set mqtt.host, or words.source = "none"')
        return MqttWords(settings, inbox)
    if is_wyoming(settings.source):
        if endpoint(settings.source, "words.source").scheme == "wyoming-listen":
            return TranscriptListener(settings)
        wake = WakeWord(settings.wake_word) if settings.open == "wake" else None
        gate = Gate(always=settings.open == "always", open_s=settings.open_s, wake=wake)
        return AsrWords(settings, gate, None if settings.open == "always" else inbox)
    return FileWords(settings, repeat=repeat)


class FileWords:
    """Lines of a text file, plain or timed, paced from ``attach``. The file is closed again before the first line."""

    sense = Sense.TEXT
    live = False

    def __init__(self, settings: WordsSettings, *, repeat: bool, clock: Clock | None = None) -> None:
        self.source = f"file {settings.source}"
        self._settings = settings
        self._repeat = repeat
        self._clock = clock or Clock()
        self._stopped = threading.Event()
        self._stopped.set()
        self._score = Score((), 0.0)
        self._started_ns = 0
        self._at = 0

    def attach(self) -> None:
        """Read the file. Raises SensorError when it is missing, too long or no file."""
        path = Path(self._settings.source)
        try:
            with open_regular(path) as file:
                content = file.read(FILE_BYTES + 1)
        except OSError as error:
            problem = f"words.source is {self._settings.source!r}, which cannot be read: {error.strerror}"
            raise SensorError(problem, 'Check the path and its permissions, or use "stdin"') from error
        if len(content) > FILE_BYTES:
            problem = f"{path} has more than {FILE_BYTES} bytes"
            raise SensorError(problem, "Split it")
        self._score = read_score(content, self._settings.limit_chars, self._settings.interval_s)
        self._started_ns = self._clock.now_ns()
        self._at = 0
        self._stopped.clear()

    def read(self) -> Utterance | None:
        """The next line when it is due; None at the end or after ``stop``."""
        lines = self._score.lines
        if self._stopped.is_set() or not lines:
            return None
        if self._at == len(lines):
            if not self._repeat:
                return None
            self._started_ns += int(max(self._score.length_s, 1.0) * 1e9)
            self._at = 0
        line = lines[self._at]
        self._at += 1
        due_ns = self._started_ns + int(line.at_s * 1e9)
        return Utterance(line.words, due_ns) if self._clock.wait_until(due_ns, self._stopped) else None

    def stop(self) -> None:
        """End; a waiting read returns None."""
        self._stopped.set()


class StdinWords:
    """Lines of standard input, which is never closed here: it belongs to the process.

    Args:
        settings: the table [words].
        descriptor: another file descriptor than that of standard input, for tests.
    """

    sense = Sense.TEXT
    source = "standard input"
    live = False  # it ends when its writer does, and nothing is gained by opening it again

    def __init__(self, settings: WordsSettings, descriptor: int | None = None) -> None:
        self._limit = settings.limit_chars
        self._longest = 4 * settings.limit_chars
        self._descriptor = descriptor
        self._stopped = threading.Event()
        self._stopped.set()
        self._fd = -1
        self._held = bytearray()
        self._cutting = False
        self._ended = False
        self._clock = Clock()

    def attach(self) -> None:
        """Begin to listen. Raises SensorError when the process has no standard input."""
        try:
            self._fd = sys.stdin.fileno() if self._descriptor is None else self._descriptor
            os.fstat(self._fd)
        except (AttributeError, OSError, ValueError) as error:
            problem = 'words.source is "stdin", and this process has no standard input'
            raise SensorError(problem, 'Start it from a terminal or a pipe, or set words.source = "none"') from error
        self._held.clear()
        self._cutting = self._ended = False
        self._stopped.clear()

    def read(self) -> Utterance | None:
        """The next line that is not blank; None at the end of input or after ``stop``."""
        while not self._stopped.is_set():
            raw = self._line()
            if raw is None:
                return None
            if words := clean(raw, self._limit):
                return Utterance(words, self._clock.now_ns())
        return None

    def stop(self) -> None:
        """End; a waiting read returns None within POLL_MS."""
        self._stopped.set()

    def _line(self) -> bytes | None:
        """The next line without its end; the last one also without a line end. None when there is none."""
        while True:
            line, end, rest = bytes(self._held).partition(b"\n")
            if end:
                self._held[:] = rest
                if not self._cutting:
                    return line
                self._cutting = False
                continue
            if self._ended:
                self._held.clear()
                return line if line and not self._cutting else None
            if len(self._held) > self._longest:
                return self._cut()
            if not self._fill():
                return None

    def _cut(self) -> bytes:
        """The beginning of a line that does not end; what follows up to its end is dropped."""
        start = bytes(self._held[: self._longest])
        dropped = self._cutting
        self._held.clear()
        self._cutting = True
        return b"" if dropped else start

    def _fill(self) -> bool:
        """Wait for input. False when stopped."""
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        while not self._stopped.is_set():
            if poll.poll(POLL_MS):
                block = os.read(self._fd, 4096)
                self._ended = not block
                self._held += block
                return True
        return False
