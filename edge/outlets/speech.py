"""Text becomes sound: espeak-ng as its own process, fed on standard input, so that no text is ever a command."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import signal
import subprocess
import threading
import unicodedata
import wave
from typing import TYPE_CHECKING

from edge.affect import Language
from edge.errors import OutletError

if TYPE_CHECKING:
    from edge.affect import Style
    from edge.outlets.settings import SpeechSettings

PROGRAMS = ("espeak-ng", "espeak")
VOICES = {Language.EN: "en", Language.ZH: "cmn"}
OLD_VOICES = {Language.EN: "en", Language.ZH: "zh"}
"""espeak, from which espeak-ng came, calls Mandarin zh."""
RATES = (80, 450)
"""Words a minute that espeak-ng takes (its manual page, -s)."""
PITCHES = (0, 99)
PITCH_STEPS = 6.0
"""Steps of espeak-ng's pitch scale to a semitone: 20 → 80 raised the median F0 by 9.4 semitones (1.51, voice en)."""
AMPLITUDES = (0, 200)
LONGEST = 2000
"""Characters of one reply. Nobody listens to more, and it bounds the memory for the sound."""
TIMEOUT_S = 15.0
"""espeak-ng needs about 20 ms for a sentence; past this it hangs."""
HEADER_BYTES = 44

PHONEMES = re.compile(r"(\[)(?=\[)|(\])(?=\])")
"""``[[…]]`` is the only markup that espeak-ng reads without being asked to: it would speak the phonemes inside."""
DIGITS = re.compile(r"\d+")


class Espeak:
    """The synthesiser. Its text goes in on standard input, the WAV comes out on standard output."""

    def __init__(self, settings: SpeechSettings) -> None:
        self._settings = settings
        self._program: str | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def adopt(self, settings: SpeechSettings) -> None:
        """Speak the next reply with other settings."""
        self._settings = settings

    def find(self) -> str:
        """Path of espeak-ng, else of espeak. Raises OutletError with the line to type."""
        for name in PROGRAMS:
            if (path := shutil.which(name)) is not None:
                self._program = path
                return path
        problem = "replies cannot be spoken: neither espeak-ng nor espeak is installed"
        raise OutletError(problem, 'Type: sudo apt install espeak-ng; or set speech.engine = "none"')

    def synthesise(self, text: str, language: Language, style: Style) -> bytes:
        """``text`` as a WAV file (16-bit mono at the engine's rate, 22,050 Hz), markup read as plain characters.

        Raises:
            OutletError: the program is absent, fails, gives no sound or takes more than TIMEOUT_S seconds.
        """
        if len(text) > LONGEST:
            problem = f"a reply of {len(text)} characters cannot be spoken, at most {LONGEST} are allowed"
            raise OutletError(problem, "Shorten the reply")
        program = self._program or self.find()
        raw, complaint = self._run([program, *self._options(program, language, style)], plain(text).encode())
        if len(raw) <= HEADER_BYTES:
            problem = f"{program} gave no sound: {complaint.decode(errors='replace').strip() or 'nothing to say'}"
            raise OutletError(problem, f"Type: {program} --voices, and check that its data files are installed")
        return _with_lengths(raw)

    def cancel(self) -> None:
        """Kill a synthesis that runs on another thread."""
        with self._lock:
            if self._process is not None:
                kill(self._process)

    def _options(self, program: str, language: Language, style: Style) -> list[str]:
        settings = self._settings
        voices = OLD_VOICES if program.endswith("espeak") else VOICES
        rate = _within(settings.words_per_minute * style.rate, RATES)
        pitch = _within(settings.pitch + style.pitch * PITCH_STEPS, PITCHES)
        amplitude = _within(100 * settings.volume * style.volume, AMPLITUDES)
        choices = ("-v", voices[language], "-s", str(rate), "-p", str(pitch), "-a", str(amplitude))
        return [*choices, "-b", "1", "--stdin", "--stdout"]

    def _run(self, command: list[str], text: bytes) -> tuple[bytes, bytes]:
        pipe = subprocess.PIPE
        try:
            process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
        except OSError as error:
            problem = f"{command[0]} cannot be started: {error.strerror}"
            raise OutletError(problem, "Type: sudo apt install --reinstall espeak-ng") from error
        with self._lock:
            self._process = process
        try:
            return process.communicate(text, timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            kill(process)
            process.communicate()
            problem = f"{command[0]} took more than {TIMEOUT_S:.0f} s for one reply and was stopped"
            raise OutletError(problem, "Check the load of the machine, or reinstall espeak-ng") from error
        finally:
            with self._lock:
                self._process = None


def plain(text: str) -> str:
    """``text`` without anything that espeak-ng would take for a command: control characters and phoneme brackets."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") else c for c in text)
    return PHONEMES.sub(r"\1\2 ", kept)


def spelled(text: str) -> str:
    """``text`` with its numbers digit by digit: a telephone number is dialled so, and so it must be heard."""
    return DIGITS.sub(lambda match: " ".join(match.group()) + ",", text)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started with ``start_new_session``, with whatever it has started itself."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _within(value: float, bounds: tuple[int, int]) -> int:
    low, high = bounds
    return round(min(max(value, low), high))


def _with_lengths(raw: bytes) -> bytes:
    """espeak-ng streams, so its header has made-up lengths (2 GB): here they become true."""
    rate = int.from_bytes(raw[24:28], "little")
    samples = raw[HEADER_BYTES : HEADER_BYTES + (len(raw) - HEADER_BYTES) // 2 * 2]
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return buffer.getvalue()
