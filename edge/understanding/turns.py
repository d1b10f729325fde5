"""The last few utterances: what is said now stands in the light of what was said before.

An answer without content keeps the mood of the turn before, an event that comes back counts for more, and a denial of
what the device believed takes from it. No word is kept, only what was made of it; a few turns, for a few minutes.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from edge.affect import EMOTIONS, Affect, Cue, Emotion, Language, Reading
from edge.data_file import read_table
from edge.section import Section
from edge.understanding.graph.graph import graph
from edge.understanding.graph.pattern import Pattern, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.understanding.graph.graph import Found, Words

ABSTAINED = 0.5
"""Quality of a denial in which the text sense found nothing to read: what is denied is plain, what is felt is not."""
STRENGTH = 0.6
"""How notable it is that a turn takes up the one before: as much as a denied word of feeling."""


class TurnsSettings(Section):
    """How the utterances before change what is made of one."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"utterances", "seconds", "carry", "denied", "returning"})

    utterances: int = Field(
        default=6, ge=0, le=20, title="Turns", description="utterances that are remembered; 0: none, each stands alone"
    )
    seconds: float = Field(
        default=120.0, ge=1, le=600, title="Memory", description="seconds for which an utterance is remembered"
    )
    carry: float = Field(
        default=0.6,
        ge=0,
        le=1,
        title="Mood kept",
        description='share of the quality of the turn before that a "yes" or a "same as before" has',
    )
    denied: float = Field(
        default=0.8,
        ge=0,
        le=1,
        title="Denial",
        description="share of a denied feeling's probability that goes to neutral",
    )
    returning: float = Field(
        default=0.15,
        ge=0,
        le=0.5,
        title="Return",
        description="part by which the quality of words grows each time that an event in them comes back",
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """What is kept of an utterance."""

    captured_ns: int
    affect: Affect | None
    quality: float
    events: frozenset[str]


@dataclass(frozen=True, slots=True)
class Signs:
    """Patterns of what changes nothing, of what denies, and of what denies a feeling by name."""

    still: tuple[Pattern, ...]
    wrong: tuple[Pattern, ...]
    denied: tuple[tuple[Emotion, tuple[Pattern, ...]], ...]

    def all(self) -> Iterator[Pattern]:
        """Each of them."""
        return chain(self.still, self.wrong, *(patterns for _, patterns in self.denied))


class Turns:
    """Remembers at most ``settings.utterances`` turns. Time is that of the Readings."""

    def __init__(self, settings: TurnsSettings) -> None:
        self._turns: deque[Turn] = deque()
        self.adopt(settings)

    def adopt(self, settings: TurnsSettings) -> None:
        """Go on with other settings; of what is remembered, no more than they allow."""
        self._settings = settings
        self._turns = deque(self._turns, maxlen=settings.utterances)

    def forget(self) -> None:
        """Nothing was said before."""
        self._turns.clear()

    def take(self, reading: Reading, words: Words, believed: Emotion | None) -> Reading:
        """``reading`` in the light of the turns before, which it then joins.

        Args:
            reading: of the text sense.
            words: what was said.
            believed: the State's label before them; None for "unsure".
        """
        self._drop_old(reading.captured_ns)
        said = signs(words.language)
        before = next((turn for turn in reversed(self._turns) if turn.affect is not None), None)
        if before is not None and _found(words, said.still, whole=True):
            reading = self._kept(reading, before)
        elif denied := _denied(words, said, believed):
            reading = self._lowered(reading, denied)
        reading = self._returned(reading, words.found)
        events = frozenset(one.event.id for one in words.found)
        self._turns.append(Turn(reading.captured_ns, reading.affect, reading.quality, events))
        return reading

    def _drop_old(self, now_ns: int) -> None:
        """Out of memory with what is too old, or later than now: then time itself has jumped."""
        span_ns = int(self._settings.seconds * 1e9)
        while self._turns and not 0 <= now_ns - self._turns[0].captured_ns <= span_ns:
            self._turns.popleft()

    def _kept(self, reading: Reading, before: Turn) -> Reading:
        cue = Cue("turn", self._settings.carry, "", "goes on from what was said before", STRENGTH)
        quality = before.quality * self._settings.carry
        return replace(reading, affect=before.affect, quality=quality, reason=None, cues=(*reading.cues, cue))

    def _lowered(self, reading: Reading, denied: frozenset[Emotion]) -> Reading:
        affect, quality = reading.affect, reading.quality
        if affect is None:
            affect, quality = Affect.of((1 / len(EMOTIONS),) * len(EMOTIONS)), ABSTAINED
        kept = 1 - self._settings.denied
        probabilities = [p * kept if e in denied else p for e, p in zip(EMOTIONS, affect.probabilities, strict=True)]
        probabilities[EMOTIONS.index(Emotion.NEUTRAL)] += 1 - sum(probabilities)
        cues = [
            Cue("denial", self._settings.denied, "", f"denies being {e}", STRENGTH) for e in EMOTIONS if e in denied
        ]
        lowered = Affect.of(tuple(probabilities))
        return replace(reading, affect=lowered, quality=quality, reason=None, cues=(*reading.cues, *cues))

    def _returned(self, reading: Reading, found: tuple[Found, ...]) -> Reading:
        counts = [(sum(one.event.id in turn.events for turn in self._turns), one) for one in found]
        times, again = max(counts, key=lambda pair: pair[0], default=(0, None))
        if again is None or times == 0:
            return reading
        quality = min(1.0, reading.quality * (1 + self._settings.returning * times))
        cue = Cue("return", times + 1.0, "times", f"comes back to {again.say}", STRENGTH, quotes=True)
        return replace(reading, quality=quality, cues=(*reading.cues, cue))


def _denied(words: Words, said: Signs, believed: Emotion | None) -> frozenset[Emotion]:
    """The feelings that are denied: those that are named, else the one that was believed."""
    named = frozenset(emotion for emotion, patterns in said.denied if _found(words, patterns))
    if named or believed in (None, Emotion.NEUTRAL, Emotion.HAPPY):
        return named
    return frozenset({believed}) if believed and _found(words, said.wrong) else frozenset()


def _found(words: Words, patterns: tuple[Pattern, ...], *, whole: bool = False) -> bool:
    """Whether one of the patterns is there; ``whole``: whatever marks stand between the words."""
    speech = graph(words.language).speech
    text = speech.unmarked(words.text) if whole else words.text
    return any(
        whole or pattern.denies or speech.holds(text, *match.span(), denies=False)
        for pattern in patterns
        if pattern.may_be_in(text)
        for match in pattern.regex.finditer(text)
    )


@cache
def signs(language: Language) -> Signs:
    """The phrases of a language that take up what was said before; read once."""
    content: dict[str, Any] = read_table(files("edge.understanding").joinpath("turns.toml"))[language.value]
    speech = graph(language).speech

    def patterns(written: list[str]) -> tuple[Pattern, ...]:
        return tuple(read(one, speech) for one in written)

    denied = tuple((Emotion(name), patterns(written)) for name, written in content["denied"].items())
    return Signs(patterns(content["still"]), patterns(content["wrong"]), denied)
