"""Finds the events of the graph in what was said. Pure: the same words always give the same events."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, Emotion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edge.affect import Language
    from edge.understanding.graph.pattern import Pattern
    from edge.understanding.graph.speech import Speech

MOST = 3
"""Events that are told of one utterance."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to people.

    ``feel`` is a distribution over EMOTIONS: what is likely felt, by our own judgement and not measured. ``need`` is
    one of ``needs.toml``; ``then`` names strategies of an answer, the fittest first; ``opposite`` is the event that it
    is when it turns out the other way.
    """

    id: str
    area: str
    feel: tuple[float, ...]
    need: str
    then: tuple[str, ...]
    opposite: str | None = None

    @property
    def emotion(self) -> Emotion:
        """The likeliest."""
        return EMOTIONS[max(range(len(EMOTIONS)), key=self.feel.__getitem__)]


@dataclass(frozen=True, slots=True)
class Found:
    """An event in an utterance, with its name and that of its need in the language: short noun phrases, and ours."""

    event: Event
    say: str
    need: str


@dataclass(frozen=True, slots=True)
class Words:
    """What was said as the rules see it: its language, the prepared text (``Speech.prepared``), the events in it."""

    language: Language
    text: str
    found: tuple[Found, ...]


class Graph:
    """The events of one language with the index of their triggers."""

    def __init__(self, speech: Speech, events: dict[str, tuple[Found, tuple[Pattern, ...]]]) -> None:
        self.speech = speech
        self.events = {name: found for name, (found, _) in events.items()}
        self.patterns = {name: patterns for name, (_, patterns) in events.items()}
        self._index = _index(speech, self.patterns)

    def each_pattern(self) -> Iterator[Pattern]:
        """The triggers of all events."""
        return chain.from_iterable(self.patterns.values())

    def find(self, words: str) -> tuple[Found, ...]:
        """The events that ``words`` tell of, at most MOST, that of the longest trigger first."""
        return self._find(self.speech.prepared(words))

    def read(self, words: str) -> Words:
        """``words`` prepared, once for all rules, with what they tell of."""
        text = self.speech.prepared(words)
        return Words(self.speech.language, text, self._find(text))

    def _find(self, text: str) -> tuple[Found, ...]:
        speech = self.speech
        hits: list[tuple[int, int, str]] = []
        seen: set[int] = set()
        for unit in speech.units(text):
            for name, pattern in self._index.get(unit, ()):
                if id(pattern) in seen:
                    continue
                seen.add(id(pattern))
                if pattern.may_be_in(text):
                    hits += [(*span, name) for span in _spans(speech, text, pattern)]
        hits.sort(key=lambda hit: (hit[0] - hit[1], hit[0], hit[2]))
        taken: list[tuple[int, int]] = []
        names: dict[str, None] = {}
        for start, end, name in hits:
            if all(end <= other or start >= stop for other, stop in taken):
                taken.append((start, end))
                names[name] = None
        return tuple(self.events[name] for name in names)[:MOST]


def _spans(speech: Speech, text: str, pattern: Pattern) -> Iterable[tuple[int, int]]:
    for match in pattern.regex.finditer(text):
        if speech.holds(text, *match.span(), denies=pattern.denies):
            yield match.span()


def _index(speech: Speech, patterns: dict[str, tuple[Pattern, ...]]) -> dict[str, list[tuple[str, Pattern]]]:
    """Word or character → the patterns to try when it is said.

    Each pattern stands under the rarest of the parts that it needs, so that few are tried.
    """
    counts = Counter(
        unit for group in patterns.values() for p in group for pieces in p.needs for piece in pieces
        for unit in speech.units(piece)
    )  # fmt: skip
    index: dict[str, list[tuple[str, Pattern]]] = {}
    for name, group in patterns.items():
        for pattern in group:
            anchors = [{min(speech.units(p), key=lambda u: (counts[u], u)) for p in pieces} for pieces in pattern.needs]
            for unit in min(anchors, key=lambda units: sum(counts[unit] for unit in units)):
                index.setdefault(unit, []).append((name, pattern))
    return index


@cache
def graph(language: Language) -> Graph:
    """The one Graph of ``language``; read and checked once. Raises SettingsError when a file is wrong."""
    from edge.understanding.graph.load import load_graph

    return load_graph(language)


def find(words: str, language: Language) -> tuple[Found, ...]:
    """The events that ``words`` in ``language`` tell of, at most MOST."""
    return graph(language).find(words)
