"""The voice of the device: a reply becomes sound, sentence by sentence; behind every other engine stands espeak-ng."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import OutletError
from edge.outlets.speech.espeak import Espeak
from edge.outlets.speech.level import Levels, levelled
from edge.outlets.speech.lexicon import Lexicon
from edge.outlets.speech.plain import spelled
from edge.outlets.speech.sentences import sentences
from edge.outlets.speech.synthesiser import LONGEST, Sound, silence
from edge.outlets.speech.trim import Trim
from edge.outlets.speech.wyoming import WyomingTts
from edge.response.alerts import STRATEGY as WARNING
from edge.sensors.resample import Resampler, to_int16

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.affect import Language, Reply
    from edge.outlets.settings import SpeechSettings
    from edge.outlets.speech.synthesiser import Synthesiser

log = logging.getLogger(__name__)

GAP_S = 0.35
"""Silence between two sentences in a style whose pause is 1: what espeak-ng makes at a full stop."""
PAUSES = (0.0, 4.0)
"""Of ``pause``: 1.4 s between two sentences is a wait, not a pause."""


class Voice:
    """Speaks replies. What an engine cannot say, the next one says; no reply is lost while espeak-ng is there."""

    def __init__(self, settings: SpeechSettings) -> None:
        """Starts nothing and connects to nobody. Raises SettingsError when a lexicon is wrong."""
        self._settings = settings
        lexicon = Lexicon(settings.lexicon)
        self._local = Espeak(settings, lexicon)
        self._main = _engine(settings, lexicon)
        self._levels = Levels()
        self._cancelled = threading.Event()
        self._rest_until: dict[Language, float] = {}
        self._troubles: dict[Language, str] = {}
        self._has_local = True

    @property
    def trouble(self) -> str | None:
        """Why the engine that is set does not speak, in one language at least; None while it does."""
        return next(iter(self._troubles.values()), None)

    def adopt(self, settings: SpeechSettings) -> None:
        """Speak the next sentence with other settings."""
        self._settings = settings
        self._local.adopt(settings)

    def find(self) -> str:
        """What speaks, in words. Raises OutletError when nothing of what is needed is installed."""
        try:
            local = self._local.find()
        except OutletError:
            if self._main is None:
                raise
            self._has_local = False
            return self._main.name
        return local if self._main is None else f"{self._main.name}, else {local}"

    def stream(self, reply: Reply) -> Iterator[Sound]:
        """``reply`` as sound of one rate, made while it is taken; a ``cancel`` from now on ends it.

        The iterator raises OutletError where the reply is too long, no engine can say it, or there is nothing in it to
        be said.
        """
        self._cancelled.clear()
        return self._stream(reply)

    def cancel(self) -> None:
        """End the stream that another thread takes; it ends with the part that is being made."""
        self._cancelled.set()
        self._local.cancel()
        if self._main is not None:
            self._main.cancel()

    def close(self) -> None:
        """Let go of connections and models."""
        self.cancel()
        self._local.close()
        if self._main is not None:
            self._main.close()

    def _stream(self, reply: Reply) -> Iterator[Sound]:
        text = spelled(reply.text) if reply.crisis else reply.text
        if len(text) > LONGEST:
            problem = f"a reply of {len(text)} characters cannot be spoken, at most {LONGEST} are allowed"
            raise OutletError(problem, "Shorten the reply")
        parts = sentences(text, reply.language)
        low, high = PAUSES
        gap_s = GAP_S * min(max(reply.style.pause, low), high)
        rate = 0
        for part in parts:
            if self._cancelled.is_set():
                return
            if rate:
                yield silence(gap_s, rate)
            for sound in self._sentence(part, reply, rate):
                rate = sound.rate
                yield sound
        if not rate and not self._cancelled.is_set():
            problem = f"{self._local.name} gave no sound: nothing to say"
            raise OutletError(problem, "Give the reply words")

    def _sentence(self, text: str, reply: Reply, rate: int) -> Iterator[Sound]:
        """One sentence by the first engine that can say it; one that breaks off is said anew from its beginning.

        It comes at ``rate`` Hz, or at the rate of what speaks first where that is 0.
        """
        main = self._main
        if main is not None and self._may(main, reply):
            try:
                for sound in self._spoken(main, text, reply, rate):
                    rate = sound.rate
                    yield sound
            except OutletError as error:
                if self._cancelled.is_set():
                    return
                self._failed(main, reply.language, error)
            else:
                self._recovered(main, reply.language)
                return
        if self._cancelled.is_set():
            return
        yield from self._spoken(self._local, text, reply, rate)

    def _may(self, main: Synthesiser, reply: Reply) -> bool:
        """Whether ``main`` may say it. What must be heard waits for no server; a person's words stay on the device."""
        if not self._has_local:
            return True
        if reply.crisis or reply.strategy == WARNING or time.monotonic() < self._rest_until.get(reply.language, 0.0):
            return False
        away = isinstance(main, WyomingTts) and not main.here
        return not (reply.quotes and away) or self._settings.wyoming.quotes

    def _spoken(self, engine: Synthesiser, text: str, reply: Reply, rate: int) -> Iterator[Sound]:
        language, style = reply.language, reply.style
        sounds = engine.speak(text, language, style)
        first = next(sounds, None)
        if first is None:
            return
        meter = self._levels.meter(engine.voice(language, style), first.rate)
        volume = self._settings.volume * max(0.0, style.volume)
        loud = levelled(_trimmed(first, sounds), meter, self._settings.loudness_lufs, volume)
        yield from _at_rate(loud, rate or first.rate)

    def _failed(self, main: Synthesiser, language: Language, error: OutletError) -> None:
        self._rest_until[language] = time.monotonic() + self._settings.wyoming.retry_s
        told = log.debug if self._troubles.get(language) == error.problem else log.warning
        self._troubles[language] = error.problem
        if not self._has_local:
            raise error
        told("%s speaks instead of %s: %s", self._local.name, main.name, error)

    def _recovered(self, main: Synthesiser, language: Language) -> None:
        if self._troubles.pop(language, None) is not None:
            log.warning("%s speaks again", main.name)


def _engine(settings: SpeechSettings, lexicon: Lexicon) -> Synthesiser | None:
    """The engine that is set; None for espeak-ng, which is always there."""
    if settings.engine == "wyoming":
        return WyomingTts(settings.wyoming, lexicon)
    if settings.engine == "kokoro":
        from edge.outlets.speech.kokoro import Kokoro

        return Kokoro(settings.kokoro, lexicon)
    return None


def _trimmed(first: Sound, rest: Iterator[Sound]) -> Iterator[Sound]:
    trim = Trim(first.rate)
    sound: Sound | None = first
    while sound is not None:
        given = trim.push(sound)
        if len(given.samples):
            yield given
        sound = next(rest, None)
    last = trim.flush()
    if len(last.samples):
        yield last


def _at_rate(sounds: Iterator[Sound], rate: int) -> Iterator[Sound]:
    """``sounds``, one sentence, at ``rate`` Hz: a reply that another engine goes on with does not change its rate."""
    resampler: Resampler | None = None
    for sound in sounds:
        if sound.rate == rate:
            yield sound
            continue
        resampler = resampler or Resampler(sound.rate, rate)
        yield Sound(to_int16(resampler.push(sound.samples.astype(np.float32) / np.float32(32768.0))), rate)
    if resampler is not None:
        yield Sound(to_int16(resampler.flush()), rate)
