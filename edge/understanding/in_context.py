"""Words in their context, before they become evidence: events in them, the turns before, the voice and the face."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from edge.affect import Emotion, Reading, Sense, State
from edge.perception.text.language import detect_language
from edge.understanding.graph.evidence import with_events
from edge.understanding.graph.graph import graph
from edge.understanding.sarcasm import doubted, phrases
from edge.understanding.turns import Turns, signs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.affect import Language
    from edge.understanding.settings import UnderstandingSettings


class InContext:
    """A view of the States that also looks at each Reading before it counts.

    What it makes of the words is a Reading again, so that whoever records Readings and plays them again gets the same
    States without the words. It keeps the newest Reading of the voice and the face, the State's label, and the turns.
    """

    def __init__(self, settings: UnderstandingSettings, languages: Iterable[Language] = ()) -> None:
        """Read the rules of ``languages`` now; of any other when it is first heard. Raises SettingsError."""
        self._turns = Turns(settings.turns)
        self._others: dict[Sense, Reading] = {}
        self._believed: Emotion | None = None
        self.adopt(settings)
        ours = tuple(languages)
        self._cold = chain.from_iterable([graph(language).each_pattern() for language in ours])
        """Patterns that may not be compiled yet."""
        for language in ours:
            for pattern in (*phrases(language), *signs(language).all()):
                pattern.compile()

    def adopt(self, settings: UnderstandingSettings) -> None:
        """Go on with other settings; the turns before are not forgotten."""
        self._settings = settings
        self._turns.adopt(settings.turns)

    def take(self, reading: Reading) -> Reading:
        """``reading`` as it is to count; that of another sense than text, or without words, stays as it is."""
        words = reading.words
        if reading.sense is not Sense.TEXT or words is None or not words.strip():
            return reading
        settings = self._settings
        language = reading.language or detect_language(words)
        read = graph(language).read(words)
        reading = doubted(reading, read, self._others, settings.sarcasm)
        reading = with_events(reading, read.found, language, settings.graph)
        return self._turns.take(reading, read, self._believed)

    def see(self, state: State, reading: Reading | None) -> tuple[()]:
        """Take note of what is believed, and of the newest Reading of the voice or the face. Never tells anything."""
        self._believed = state.label
        if reading is not None and reading.sense is not Sense.TEXT:
            self._others[reading.sense] = reading
        return ()

    def prepare(self) -> None:
        """Compile one more pattern, when there is nothing else to do.

        All at once would hold up the start by a quarter of a second, and when it is needed the person waits.
        """
        pattern = next(self._cold, None)
        if pattern is not None:
            pattern.compile()

    def forget(self, sense: Sense) -> None:
        """Drop what came from this sense; the label, which all of them made, too."""
        self._believed = None
        self._others.pop(sense, None)
        if sense is Sense.TEXT:
            self._turns.forget()
