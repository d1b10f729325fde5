"""espeak-ng as its own process, fed on standard input, so that no text is ever a command."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import threading
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import Language
from edge.errors import OutletError
from edge.outlets.speech.process import kill, stand_back
from edge.outlets.speech.ssml import ssml
from edge.outlets.speech.synthesiser import Sound

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from edge.affect import Style
    from edge.outlets.settings import SpeechSettings
    from edge.outlets.speech.lexicon import Lexicon

PROGRAMS = ("espeak-ng", "espeak")
VOICES = {Language.EN: "en", Language.ZH: "cmn-latn-pinyin"}
"""The voice cmn of espeak-ng 1.51 spells most characters in English ("tian one"); this one reads them, and pinyin."""
OLD_VOICES = {Language.EN: "en", Language.ZH: "zh"}
"""espeak, from which espeak-ng came, calls Mandarin zh."""
RATES = (80, 450)
"""Words a minute that espeak-ng takes (its manual page, -s)."""
PITCHES = (0, 99)
PITCH_STEPS = 6.0
"""Steps of espeak-ng's pitch scale to a semitone: 20 → 80 raised the median F0 by 9.4 semitones (1.51, voice en)."""
RANGE_SEMITONES = 2.6
"""By which the median F0 rises when the range is doubled, and falls without any (measured: 89, 105, 121 Hz at 0, 100
and 200 %): it is taken away again, so that melody is not pitch."""
LOUDER_SEMITONES = 4
"""Loudness rises by 0.2 LU a semitone (measured, -6 to 6, both languages), and by 0.3 LU at most with range and rate:
within four semitones a voice is the same to half an LU."""
TIMEOUT_S = 15.0
"""espeak-ng needs about 20 ms for a sentence; past this it hangs."""
HEADER_BYTES = 44
BLOCK_BYTES = 16_384


class Espeak:
    """The synthesiser that is always there. It needs no warming up, and nothing of it is kept between sentences."""

    def __init__(self, settings: SpeechSettings, lexicon: Lexicon) -> None:
        self._settings = settings
        self._lexicon = lexicon
        self._program: str | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self.name = "espeak-ng"

    def adopt(self, settings: SpeechSettings) -> None:
        """Speak the next sentence with other settings."""
        self._settings = settings

    def find(self) -> str:
        """Path of espeak-ng, else of espeak. Raises OutletError with the line to type."""
        for name in PROGRAMS:
            if (path := shutil.which(name)) is not None:
                self._program, self.name = path, name
                return path
        problem = "replies cannot be spoken: neither espeak-ng nor espeak is installed"
        raise OutletError(problem, 'Type: sudo apt install espeak-ng; or set speech.engine = "none"')

    def speak(self, text: str, language: Language, style: Style) -> Iterator[Sound]:
        """``text``, in 16 kB at a time, with the style's rate, pitch, melody and pauses.

        Raises:
            OutletError: the program is absent, fails, or is silent for TIMEOUT_S seconds.
        """
        program = self._program or self.find()
        markup = ssml(self._lexicon.parts(text, language), language, style).encode()
        process = self._start([program, *self._options(language, style)])
        try:
            yield from self._sound(process, markup, program)
        finally:
            kill(process)
            process.wait()
            with self._lock:
                self._process = None
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()

    def voice(self, language: Language, style: Style) -> Hashable:
        """A higher voice is a little louder, which the others of a style do not change."""
        return self.name, language, round(style.pitch / LOUDER_SEMITONES)

    def cancel(self) -> None:
        """Kill a synthesis that runs on another thread."""
        with self._lock:
            if self._process is not None:
                kill(self._process)

    def close(self) -> None:
        """End what runs."""
        self.cancel()

    def _options(self, language: Language, style: Style) -> list[str]:
        settings = self._settings
        voices = OLD_VOICES if self.name == "espeak" else VOICES
        rate = _within(settings.words_per_minute * style.rate, RATES)
        semitones = style.pitch - RANGE_SEMITONES * (min(max(style.melody, 0.0), 2.0) - 1.0)
        pitch = _within(settings.pitch + semitones * PITCH_STEPS, PITCHES)
        return ["-m", "-v", voices[language], "-s", str(rate), "-p", str(pitch), "-b", "1", "--stdin", "--stdout"]

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        try:
            process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
        except OSError as error:
            problem = f"{command[0]} cannot be started: {error.strerror}"
            raise OutletError(problem, "Type: sudo apt install --reinstall espeak-ng") from error
        stand_back(process.pid)
        with self._lock:
            self._process = process
        return process

    def _sound(self, process: subprocess.Popen[bytes], markup: bytes, program: str) -> Iterator[Sound]:
        """The samples that follow the header, whose lengths are made up (2 GB): espeak-ng streams."""
        if process.stdin is None or process.stdout is None or process.stderr is None:
            return
        try:
            process.stdin.write(markup)  # a sentence is shorter than a pipe holds
            process.stdin.close()
        except BrokenPipeError:
            pass  # it ended early: its output says why
        held = b""
        rate = 0
        while block := _block(process.stdout.fileno(), program):
            held += block
            if not rate and len(held) >= HEADER_BYTES:
                rate = int.from_bytes(held[24:28], "little")
                held = held[HEADER_BYTES:]
            if rate and len(held) > 1:
                even = len(held) // 2 * 2
                yield Sound(np.frombuffer(held[:even], "<i2").astype(np.int16), rate)
                held = held[even:]
        if not rate:
            complaint = process.stderr.read(BLOCK_BYTES).decode(errors="replace").strip()
            problem = f"{program} gave no sound: {complaint.splitlines()[0] if complaint else 'it ended early'}"
            raise OutletError(problem, f"Type: {program} --voices, and check that its data files are installed")


def _block(descriptor: int, program: str) -> bytes:
    """What the program has written by now; b"" at its end. Raises OutletError when nothing comes for too long."""
    ready, _, _ = select.select([descriptor], [], [], TIMEOUT_S)
    if not ready:
        problem = f"{program} took more than {TIMEOUT_S:g} s for one sentence and was stopped"
        raise OutletError(problem, "Check the load of the machine, or reinstall espeak-ng")
    return os.read(descriptor, BLOCK_BYTES)


def _within(value: float, bounds: tuple[int, int]) -> int:
    low, high = bounds
    return round(min(max(value, low), high))
