"""How the lips move while something is said: by the loudness of the sound, or by the syllables of the text."""

from __future__ import annotations

import io
import re
import wave
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VOWELS = {"a": (0.62, 0.0), "e": (0.42, 0.0), "i": (0.3, 0.0), "o": (0.5, 0.75), "u": (0.32, 0.9), "y": (0.3, 0.1)}
"""How far a vowel opens the mouth and rounds the lips: open and close, spread and round, as on the vowel chart of the
International Phonetic Association."""
SHAPES = ((0.6, 0.0), (0.34, 0.1), (0.48, 0.6), (0.4, 0.0), (0.3, 0.85))
"""For a character whose sound is not written in it."""
CLOSING = 0.35
"""What is left of the opening between two syllables of a word."""
AT_ONE_WORD_A_MINUTE = {Language.EN: 31.0, Language.ZH: 69.0}
"""Seconds of a syllable, to be divided by the rate in words a minute: espeak-ng 1.51 needs 0.19 s for an English
syllable and 0.42 s for a Chinese one at 165 (means of eleven sentences)."""
COMMA_S, STOP_S = 0.2, 0.45
HOP_S = 0.04
"""Between two looks at the loudness; 25 a second are enough for lips (films have 24)."""
LOUD = 0.8
"""Opening at the loudest moment of a sound."""
SILENT = 0.06
"""Of the loudest: what is softer is a pause."""

COMMAS, STOPS = ",;:，、；：—", ".!?…。！？"
TOKENS = re.compile(rf"[A-Za-z']+|\d|[\u3400-\u9fff]|[{COMMAS}{STOPS}]")
NUCLEUS = re.compile(r"[aeiouy]+")


@dataclass(frozen=True, slots=True)
class Lips:
    """Opening and rounding, each in [0, 1], at times in seconds from the first sound; in between they glide."""

    times: tuple[float, ...]
    opened: tuple[float, ...]
    rounded: tuple[float, ...]

    @property
    def end(self) -> float:
        """Seconds until the last movement is over."""
        return self.times[-1] if self.times else 0.0

    def at(self, seconds: float) -> tuple[float, float]:
        """Opening and rounding; nothing before the first sound and after the last."""
        index = bisect_right(self.times, seconds)
        if not 0 < index < len(self.times):
            return 0.0, 0.0
        before, after = self.times[index - 1], self.times[index]
        share = (seconds - before) / (after - before)
        share *= share * (3 - 2 * share)
        return _between(self.opened, index, share), _between(self.rounded, index, share)


def _between(values: Sequence[float], index: int, share: float) -> float:
    return values[index - 1] + (values[index] - values[index - 1]) * share


def from_text(text: str, language: Language, words_per_minute: float, pause: float = 1.0) -> Lips:
    """Movements for ``text`` as it would be spoken; ``pause`` is a factor on the silences. Good to a fifth or so."""
    syllable_s = AT_ONE_WORD_A_MINUTE[language] / words_per_minute
    keys = [(0.0, 0.0, 0.0)]
    now = 0.0
    for spoken in TOKENS.findall(text):
        if spoken in COMMAS + STOPS:
            now += pause * (COMMA_S if spoken in COMMAS else STOP_S)
            keys.append((now, 0.0, 0.0))
            continue
        for opened, rounded in _syllables(spoken):
            keys.append((now + 0.45 * syllable_s, opened, rounded))
            keys.append((now + 0.95 * syllable_s, CLOSING * opened, rounded / 2))
            now += syllable_s
        if spoken.isascii() and not spoken.isdigit():
            keys[-1] = (keys[-1][0], 0.1, 0.0)
    keys.append((now + 0.1, 0.0, 0.0))
    times, opened_at, rounded_at = zip(*keys, strict=True)
    return Lips(times, opened_at, rounded_at)


def from_sound(wav: bytes) -> Lips:
    """Movements by the loudness of a WAV file of 16-bit samples, one channel.

    Raises:
        ValueError: it is no such file.
    """
    try:
        with wave.open(io.BytesIO(wav), "rb") as file:
            form = (file.getsampwidth(), file.getnchannels())
            rate, raw = file.getframerate(), file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        message = f"not a WAV file: {error}"
        raise ValueError(message) from error
    if form != (2, 1):
        message = f"a WAV file of one channel of 16 bits is needed, this has {form[1]} of {8 * form[0]}"
        raise ValueError(message)
    samples = np.frombuffer(raw, "<i2").astype(np.float32)
    hop = max(1, round(rate * HOP_S))
    whole = len(samples) // hop * hop
    if not whole:
        return Lips((0.0,), (0.0,), (0.0,))
    loud = np.sqrt(np.mean(samples[:whole].reshape(-1, hop) ** 2, axis=1))
    share = loud / max(float(loud.max()), 1.0)
    opened = np.where(share > SILENT, LOUD * np.sqrt(share), 0.0)
    opened = np.convolve(opened, (0.25, 0.5, 0.25), "same")
    opened[-1] = 0.0
    times = (np.arange(len(opened)) + 0.5) * HOP_S
    # Loudness tells nothing of the shape; a little rounding where the mouth is half open looks less like a hinge.
    rounded = np.where(opened < LOUD / 2, opened, LOUD - opened) * 0.8
    return Lips(tuple(times.tolist()), tuple(opened.tolist()), tuple(rounded.tolist()))


def _syllables(token: str) -> Iterator[tuple[float, float]]:
    """Opening and rounding of each syllable of a word, a digit or a character."""
    if not token[0].isascii() or token.isdigit():
        yield SHAPES[ord(token) % len(SHAPES)]
        return
    word = token.lower()
    nuclei = NUCLEUS.findall(word)
    if len(nuclei) > 1 and word.endswith("e") and not word.endswith(("le", "ee", "ie")):
        nuclei.pop()  # the final e of "tone" is not spoken
    for nucleus in nuclei or ["e"]:
        yield VOWELS[nucleus[0]]
