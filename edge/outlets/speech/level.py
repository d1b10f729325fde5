"""Every voice is made equally loud: what is learned of one as it speaks is kept, so that no later word has to wait."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

from edge.outlets.speech.limiter import Limiter
from edge.outlets.speech.loudness import Loudness
from edge.outlets.speech.synthesiser import Sound

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

LEARN_S = 2.0
"""Sound of a voice that was never heard that is held until its gain is known: a short sentence. Engines make it
faster than it lasts."""
MOST_DB = 20.0
"""Largest gain either way: a voice beyond it is broken, or whispers on purpose."""
VOICES = 32
"""Meters that are kept; the one that was not used for longest goes. One takes 20 kB."""


class Levels:
    """The meters of the voices heard so far."""

    def __init__(self) -> None:
        self._meters: OrderedDict[tuple[Hashable, int], Loudness] = OrderedDict()

    def meter(self, voice: Hashable, rate: int) -> Loudness:
        """That of ``voice``; a new one where it was never heard."""
        key = (voice, rate)
        meter = self._meters.pop(key, None) or Loudness(rate)
        self._meters[key] = meter
        if len(self._meters) > VOICES:
            self._meters.popitem(last=False)
        return meter


def levelled(sounds: Iterator[Sound], meter: Loudness, target_lufs: float, volume: float) -> Iterator[Sound]:
    """One sentence at ``target_lufs`` and ``volume`` (a factor), limited; what it teaches of its voice is for the next.

    Args:
        sounds: all of one rate, that of ``meter``.
        meter: of the voice that speaks.
        target_lufs: LUFS that a reply of volume 1 has.
        volume: factor on the samples.
    """
    held: list[Sound] = []
    gain: float | None = None if meter.integrated is None else _gain(meter, target_lufs, volume)
    limiter: Limiter | None = None
    meter.pause()
    for sound in sounds:
        limiter = limiter or Limiter(sound.rate)
        meter.push(sound.samples)
        held.append(sound)
        if gain is None and sum(part.seconds for part in held) >= LEARN_S and meter.integrated is not None:
            gain = _gain(meter, target_lufs, volume)
        if gain is not None:
            yield from _given(held, gain, limiter)
            held = []
    if limiter is None:
        return
    if held:
        yield from _given(held, _gain(meter, target_lufs, volume), limiter)
        rate = held[-1].rate
    else:
        rate = sound.rate
    yield Sound(limiter.flush(), rate)


def _gain(meter: Loudness, target_lufs: float, volume: float) -> float:
    """Factor; of a voice of which too little was heard to measure, the volume alone."""
    integrated = meter.integrated
    lift_db = 0.0 if integrated is None else target_lufs - integrated
    return float(volume * 10.0 ** (np.clip(lift_db, -MOST_DB, MOST_DB) / 20.0))


def _given(held: list[Sound], gain: float, limiter: Limiter) -> Iterator[Sound]:
    for sound in held:
        samples = limiter.push(sound.samples.astype(np.float64) * (gain / 32768.0))
        if len(samples):
            yield Sound(samples, sound.rate)
