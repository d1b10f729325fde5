"""Streams of face Readings with a known truth, at any rate of pictures, and what the State makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import EMOTIONS, Affect, Emotion, Reading, Sense, State
from edge.understanding.fusion import BUILT_IN, Pool
from edge.understanding.understanding import Understanding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from converters.evaluate_time_faces import Seen
    from edge.understanding.settings import UnderstandingSettings

    Draw = Callable[[float], tuple[Affect, float] | None]
    """What the face sense says at a time in seconds, with its quality; None where it abstains. Times only grow."""

HELD_S = 0.2
"""Mean seconds for which one draw stands where the noise has a duration of its own: it is then the same noise for 5 and
for 30 pictures a second."""
BEFORE_S, AFTER_S = (4.0, 6.0), 5.0
"""Seconds before a change (drawn between the two, so that no rate of pictures is in step with it) and after it."""


@dataclass(frozen=True, slots=True)
class Device:
    """Whose understanding is measured: its settings, and the pool that combines the senses."""

    settings: UnderstandingSettings
    by: Pool = BUILT_IN

    def understanding(self) -> Understanding:
        """That of a device which has just started."""
        return Understanding(self.settings, self.by)

    def filtered(self, **changed: float) -> Device:
        """The same with other settings of the filter."""
        other = self.settings.filter.model_copy(update=changed)
        return Device(self.settings.model_copy(update={"filter": other}), self.by)


@dataclass(frozen=True, slots=True)
class Source:
    """One person, or many of one emotion: ``draw(generator)`` makes a stream of Readings that mean the same."""

    label: Emotion
    draw: Callable[[np.random.Generator], Draw]


def still(seen: Seen) -> list[Source]:
    """Each face by itself: every picture is one of those that were taken of it, drawn anew."""
    return [
        Source(EMOTIONS[label], _each_picture(_said(seen.probabilities[row], seen.quality[row])))
        for row, label in enumerate(seen.label.tolist())
    ]


def many(seen: Seen) -> list[Source]:
    """All faces of an emotion: another face, or another picture, each HELD_S in the mean. No person changes so much."""
    sources = []
    for label, emotion in enumerate(EMOTIONS):
        rows = seen.label == label
        said = _said(seen.probabilities[rows].reshape(-1, len(EMOTIONS)), seen.quality[rows].reshape(-1))
        if said:
            sources.append(Source(emotion, _each_while(_any_of(said))))
    return sources


def synthetic(sureness: float, spread: float) -> list[Source]:
    """For each emotion, log-probabilities with noise, both in nats: the leader's mean lead, and the deviation."""

    def drawn(leader: int) -> Callable[[np.random.Generator], tuple[Affect, float]]:
        def one(generator: np.random.Generator) -> tuple[Affect, float]:
            logits = generator.normal(0, spread, len(EMOTIONS))
            logits[leader] += sureness
            return _affect(np.exp(logits - logits.max())), 1.0

        return one

    return [Source(emotion, _each_while(drawn(leader))) for leader, emotion in enumerate(EMOTIONS)]


def told(device: Device, draw: Draw, fps: float, seconds: float) -> list[str]:
    """The name of each State in a stream."""
    return [state.name for _, state in _states(device.understanding(), draw, fps, 0.0, seconds)]


def believed(device: Device, draw: Draw, fps: float, seconds: float) -> Affect:
    """What is believed at the end of a stream."""
    *_, (_, last) = _states(device.understanding(), draw, fps, 0.0, seconds)
    return last.affect


def changes(names: list[str]) -> int:
    """How often what is told changes; to unsure and back are two."""
    return sum(one != other for one, other in pairwise(names))


def delay(device: Device, before: Source, after: Source, fps: float, generator: np.random.Generator) -> float | None:
    """Seconds from a change until the new emotion is told; None when it is not within AFTER_S."""
    understanding = device.understanding()
    change_s = generator.uniform(*BEFORE_S)
    for _ in _states(understanding, before.draw(generator), fps, 0.0, change_s):
        pass
    first_s = np.ceil(change_s * fps) / fps
    for at_s, state in _states(understanding, after.draw(generator), fps, float(first_s), AFTER_S):
        if state.label is after.label:
            return at_s - change_s
    return None


def _states(
    understanding: Understanding, draw: Draw, fps: float, start_s: float, seconds: float
) -> Iterator[tuple[float, State]]:
    number = round(start_s * fps)
    while (at_s := number / fps) < start_s + seconds:
        number += 1
        said = draw(at_s)
        affect, quality = said or (None, 0.0)
        reading = Reading(Sense.FACE, int(at_s * 1e9), affect, quality, reason=None if said else "not seen")
        yield at_s, understanding.update(reading)


def _each_picture(said: list[tuple[Affect, float] | None]) -> Callable[[np.random.Generator], Draw]:
    one = _any_of(said)
    return lambda generator: lambda _: one(generator)


def _any_of(
    said: list[tuple[Affect, float] | None],
) -> Callable[[np.random.Generator], tuple[Affect, float] | None]:
    return lambda generator: said[generator.integers(len(said))]


def _each_while(
    one: Callable[[np.random.Generator], tuple[Affect, float] | None],
) -> Callable[[np.random.Generator], Draw]:
    """A draw that stands for a time of its own, whatever the rate of pictures."""

    def made(generator: np.random.Generator) -> Draw:
        until_s, now = 0.0, None

        def at(at_s: float) -> tuple[Affect, float] | None:
            nonlocal until_s, now
            while until_s <= at_s:
                until_s = max(until_s, at_s - 20 * HELD_S) + generator.exponential(HELD_S)
                now = one(generator)
            return now

        return at

    return made


def _said(probabilities: NDArray[np.float32], quality: NDArray[np.float32]) -> list[tuple[Affect, float] | None]:
    pairs = zip(probabilities, quality.tolist(), strict=True)
    return [(_affect(row.astype(np.float64)), worth) if worth > 0 else None for row, worth in pairs]


def _affect(scores: NDArray[np.float64]) -> Affect:
    return Affect.of(tuple((scores / scores.sum()).tolist()))
