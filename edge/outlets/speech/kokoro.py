"""Kokoro-82M on this device: a voice close to a person's, for hubs and Jetson; too slow for a Raspberry Pi.

The sounds of English come from espeak-ng as a process, those of Mandarin from pypinyin (MIT). It has a rate, and
neither pitch nor melody. A sentence is made whole, so that the first sound waits for the first sentence.
"""

from __future__ import annotations

import re
import subprocess
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.affect import Language
from edge.errors import ModelError, OutletError
from edge.outlets.speech import kokoro_files as files
from edge.outlets.speech.kokoro_sounds import MARKS, VOCABULARY, english, mandarin, numbers
from edge.outlets.speech.mandarin import PINYIN, SYLLABLE, readings
from edge.outlets.speech.plain import plain
from edge.outlets.speech.process import stand_back
from edge.outlets.speech.synthesiser import Sound

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from numpy.typing import NDArray

    from edge.affect import Style
    from edge.outlets.settings import KokoroSpeech
    from edge.outlets.speech.lexicon import Lexicon, Part

RATE = 24_000
LONGEST = 510
"""Sounds in one run: the length of a voice's table, and of the model's context but for its two ends."""
SPEEDS = (0.6, 1.6)
"""Factors on the rate beyond which it slurs or drags."""
PROGRAM = "espeak-ng"
PHONEMES_S = 5.0
PIECES = re.compile(r"[,;:.!?…—()“”\"]+")
LATIN = re.compile(r"[A-Za-z][A-Za-z'-]*(?: [A-Za-z][A-Za-z'-]*)*")
NEEDED = ("onnxruntime", "pypinyin")
INSTALL = "Type: pip install 'rapport-edge[kokoro]'"


class Kokoro:
    """The model is loaded with the first sentence, and stays: about 0.3 GB."""

    def __init__(self, settings: KokoroSpeech, lexicon: Lexicon) -> None:
        self._settings = settings
        self._lexicon = lexicon
        self._directory = files.place(settings)
        self._lock = threading.Lock()
        self._session: Any = None
        self._voices: dict[str, NDArray[np.float32]] = {}
        self._running: Any = None
        self.name = "Kokoro"

    def find(self) -> str:
        """Where its files are. Raises OutletError when something is missing."""
        missing = [name for name in NEEDED if find_spec(name) is None]
        if missing:
            problem = f"Kokoro needs {' and '.join(missing)}, which is not installed"
            raise OutletError(problem, INSTALL)
        for name in (files.MODEL, *(f"{self._settings.voice(language)}.bin" for language in Language)):
            if not (self._directory / name).is_file():
                problem = f"Kokoro's file {self._directory / name} is not there"
                raise OutletError(problem, files.FETCH)
        return f"Kokoro in {self._directory}"

    def speak(self, text: str, language: Language, style: Style) -> Iterator[Sound]:
        """``text`` at the style's rate.

        Raises:
            OutletError: something of it is missing, altered, or fails.
        """
        self._load()
        voice = self._voice(self._settings.voice(language))
        british = self._settings.voice(language).startswith("b")
        sounds = "".join(self._sounds(part, language, british=british) for part in self._lexicon.parts(text, language))
        tokens = numbers(sounds)[:LONGEST]
        if not tokens:
            return
        low, high = SPEEDS
        yield Sound(self._run(tokens, voice[len(tokens) - 1], min(max(style.rate, low), high)), RATE)

    def voice(self, language: Language, style: Style) -> Hashable:  # noqa: ARG002 - a rate does not make it louder
        """One for each language."""
        return self.name, language

    def cancel(self) -> None:
        """Make a run on another thread end."""
        with self._lock:
            if self._running is not None:
                self._running.terminate = True

    def close(self) -> None:
        """Let go of the model, once no run needs it."""
        self.cancel()
        self._session, self._voices = None, {}

    def _load(self) -> None:
        if self._session is not None:
            return
        self.find()
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # perception does not starve
        options.log_severity_level = 3
        try:
            model = files.checked(self._directory / files.MODEL, files.MODEL_SHA256)
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except ModelError as error:
            raise OutletError(error.problem, error.remedy) from error
        except Exception as error:  # what onnxruntime raises has no base of its own
            problem = f"Kokoro cannot be loaded: {error}"
            raise OutletError(problem, f"{files.FETCH} --force") from error

    def _voice(self, name: str) -> NDArray[np.float32]:
        """(LONGEST, 256): how it sounds, by the number of sounds."""
        if name not in self._voices:
            try:
                raw = files.checked(self._directory / f"{name}.bin", files.VOICES[name])
            except ModelError as error:
                raise OutletError(error.problem, error.remedy) from error
            self._voices[name] = np.frombuffer(raw, "<f4").reshape(LONGEST, 256)
        return self._voices[name]

    def _run(self, tokens: list[int], style: NDArray[np.float32], speed: float) -> NDArray[np.int16]:
        import onnxruntime

        session, options = self._session, onnxruntime.RunOptions()
        with self._lock:
            self._running = options
        fed = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style.reshape(1, 256),
            "speed": np.array([speed], np.float32),
        }
        try:
            (audio,) = session.run(None, fed, options)
        except Exception as error:  # what onnxruntime raises has no base of its own
            problem = f"Kokoro fails: {error}"
            raise OutletError(problem, "Report it, with the sentence, if it may be told") from error
        finally:
            with self._lock:
                self._running = None
        return np.asarray(np.clip(np.rint(audio.ravel() * 32767.0), -32768, 32767), np.int16)

    def _sounds(self, part: Part, language: Language, *, british: bool) -> str:
        if part.ipa is not None:
            return f" {english(part.ipa, british=british)} "
        text = plain(part.text).translate(MARKS)
        if language is Language.ZH:
            return _chinese(text, british=british)
        return _english(text, british=british)


def _english(text: str, *, british: bool) -> str:
    """The sounds of ``text``, its punctuation between them."""
    found, at = [], 0
    for match in PIECES.finditer(text):
        found.append(_stretch(text[at : match.start()], british=british))
        found.append("".join(sign for sign in match.group() if sign in VOCABULARY))
        at = match.end()
    return "".join([*found, _stretch(text[at:], british=british)])


def _stretch(words: str, *, british: bool) -> str:
    """The sounds of words without punctuation, with the space that stood before them."""
    if not any(sign.isalnum() for sign in words):
        return " " if words else ""
    command = [PROGRAM, "-q", "--ipa", "-v", "en-gb" if british else "en-us", "--stdin"]
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError as error:
        problem = f"{PROGRAM}, which tells Kokoro how English sounds, cannot be started: {error.strerror}"
        raise OutletError(problem, "Type: sudo apt install espeak-ng") from error
    stand_back(process.pid)
    try:
        ipa, _ = process.communicate(words.encode(), PHONEMES_S)
    except subprocess.TimeoutExpired as error:
        process.kill()
        process.communicate()
        problem = f"{PROGRAM} took more than {PHONEMES_S:g} s for the sounds of a sentence"
        raise OutletError(problem, "Check the load of the machine") from error
    before, after = (" " if end.isspace() else "" for end in (words[0], words[-1]))
    return before + english(" ".join(ipa.decode(errors="replace").split()), british=british) + after


def _chinese(text: str, *, british: bool) -> str:
    """The sounds of Chinese, word by word; Latin letters are English, unless they are pinyin."""
    if PINYIN.fullmatch(text):
        return "".join(mandarin(syllable) for syllable in SYLLABLE.findall(text))
    found, at = [], 0
    for match in LATIN.finditer(text):
        found += [_read(text[at : match.start()]), " ", _english(match.group(), british=british), " "]
        at = match.end()
    return "".join([*found, _read(text[at:])])


def _read(text: str) -> str:
    """Chinese characters in sounds, with a space between two words, as Kokoro has learned them."""
    from pypinyin import Style as Notation
    from pypinyin import lazy_pinyin
    from pypinyin.seg.mmseg import seg

    words = []
    for stretch, reading in readings(text):
        if reading is not None:
            words.append("".join(map(mandarin, SYLLABLE.findall(reading))))
            continue
        for word in seg.cut(stretch):
            syllables = lazy_pinyin(word, style=Notation.TONE3, neutral_tone_with_five=True)
            words.append("".join(map(mandarin, syllables)))
    return re.sub(r" (?=[,;:.!?…])", "", " ".join(words))
