"""A strategy becomes a sentence: a template that fits and was not used lately, filled and polished."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from edge.affect import Language
from edge.response.polish import polish
from edge.response.talk import Talk, quote, topic

if TYPE_CHECKING:
    from edge.affect import State
    from edge.response.library import Library
    from edge.response.settings import ResponseSettings
    from edge.response.strategy import Moment, Strategy
    from edge.response.template import Template

_OPENING = {Language.EN: 8, Language.ZH: 2}
"""Characters that make an opening: two replies in a row should not begin alike."""


@dataclass(frozen=True, slots=True)
class Filling:
    """Texts for the slots that can be filled, and the names of those that repeat what the person said."""

    slots: dict[str, str]
    quoting: frozenset[str]


@dataclass(frozen=True, slots=True)
class Said:
    """A finished text; ``quotes`` as in Reply."""

    text: str
    quotes: bool


class Realiser:
    """Picks and fills templates of one language; remembers when each was last used (one number per template)."""

    def __init__(self, library: Library, settings: ResponseSettings, context: str, longest: int) -> None:
        self._library = library
        self._language = library.wording.language
        self.adopt(settings)
        self._context = context
        self._longest = longest
        self._random = Random(settings.seed)  # noqa: S311 - chooses a wording, guards nothing
        self._used: dict[Template, int] = {}
        self._count = 0
        self._last_opening = ""

    def adopt(self, settings: ResponseSettings) -> None:
        """Go on with other names."""
        self._names = {"name": settings.person.strip(), "device": settings.device.strip()}

    def filling(self, state: State, words: str, talk: Talk | None, about: str | None = None) -> Filling:
        """Text for each slot that can be filled now; ``words`` is empty and ``talk`` None when nothing was said.

        ``about`` is the name of the event that the words tell of, if they do: it says more than a listed topic.
        """
        wording = self._library.wording
        cue, cue_quotes = wording.cue(state, words) or (None, False)
        slots = {
            **self._names,
            "cue": cue,
            "words": quote(words, wording) if talk is Talk.STATEMENT else None,
            "topic": about or topic(words, wording),
            "senses": wording.senses_in(state),
            "sureness": wording.sure(state.confidence),
        }
        quoting = {"words", "topic", "cue"} if cue_quotes else {"words", "topic"}
        return Filling({slot: text for slot, text in slots.items() if text}, frozenset(quoting))

    def say(self, subject: str, strategy: Strategy, moment: Moment, filling: Filling) -> Said | None:
        """A sentence, or None when no template of this subject and strategy fits."""
        fitting = [
            (template, text)
            for template in self._library.of(subject, strategy)
            if template.fits(moment, self._context, filling.slots)
            and len(text := polish(template.text.format_map(filling.slots), self._language)) <= self._longest
        ]
        if not fitting:
            return None
        template, text = self._pick(fitting)
        self._count += 1
        self._used[template] = self._count
        self._last_opening = self._opening(text)
        return Said(text, bool(template.slots & filling.quoting))

    def _pick(self, fitting: list[tuple[Template, str]]) -> tuple[Template, str]:
        """One that was never used, if there is one, else the one used longest ago; better with another opening."""
        unused = [pair for pair in fitting if pair[0] not in self._used]
        if not unused:
            return min(fitting, key=lambda pair: self._used[pair[0]])
        fresh = [pair for pair in unused if self._opening(pair[1]) != self._last_opening]
        return self._random.choice(fresh or unused)

    def _opening(self, said: str) -> str:
        return said[: _OPENING[self._language]].casefold()
