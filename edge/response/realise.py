"""A strategy becomes a sentence: a template that fits and was not used lately, filled and polished."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from edge.affect import Language
from edge.response.candidates import Candidate, Source
from edge.response.formal import Formal
from edge.response.polish import polish
from edge.response.talk import Talk, quote, topic
from edge.response.template import Formality

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.affect import State
    from edge.response.library import Library
    from edge.response.settings import ResponseSettings
    from edge.response.strategy import Moment, Strategy
    from edge.response.template import Template

_OPENING = {Language.EN: 8, Language.ZH: 2}
"""Characters that make an opening: two replies in a row should not begin alike."""
DAY_NS = 86_400 * 1_000_000_000
"""For this long no text is said again while there is another that fits."""
REMEMBERED = 1500
"""Texts that are remembered for it: more than there can be in a day at the usual most of 60 an hour."""
MOST_OPTIONS = 8
"""Templates that are weighed against each other for one reply."""
EXACT = 10
"""Minutes below which a span is said to the minute."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What goes into the slots that can be filled, and the names of those that repeat what the person said."""

    slots: dict[str, str | int]
    quoting: frozenset[str]


@dataclass(frozen=True, slots=True)
class Said:
    """A finished text; ``quotes`` as in Reply."""

    text: str
    quotes: bool
    led: bool = False
    """It has a sentence before it already, that tells back what was said."""


class Realiser:
    """Picks and fills templates of one language; remembers when each was last used (one number per template)."""

    def __init__(
        self, library: Library, settings: ResponseSettings, context: str, longest: int, *, asks: bool = True
    ) -> None:
        """Sort the templates of ``library``; where ``asks`` is False nothing that asks is said."""
        self._library = library
        self._language = library.wording.language
        self._formal = Formal(self._language, library.wording.formal)
        self._context = context
        self._longest = longest
        self._asks = asks
        self.adopt(settings)
        self._random = Random(settings.seed)  # noqa: S311 - chooses a wording, guards nothing
        self._used: dict[Template, int] = {}
        self._count = 0
        self._last_opening = ""
        self._today: OrderedDict[str, int] = OrderedDict()

    def adopt(self, settings: ResponseSettings) -> None:
        """Go on with other names, another formality and warmth."""
        self._names = {"name": settings.person.strip(), "device": settings.device.strip()}
        self._is_formal = settings.formality is Formality.FORMAL
        self._templates: dict[tuple[str, Strategy], list[Template]] = defaultdict(list)
        for subject, templates in self._library.templates.items():
            for template in templates:
                if template.suits(settings, self._context):
                    self._templates[subject, template.strategy].append(template)

    def filling(
        self, state: State, words: str, talk: Talk | None, about: str | None = None, lasted_s: float = 0.0
    ) -> Filling:
        """What goes into each slot that can be filled now.

        Args:
            state: how the person is doing.
            words: what was said; empty when nothing was.
            talk: its kind; None when nothing was said.
            about: name of the event that the words tell of, if they do: it says more than a listed topic.
            lasted_s: for how many seconds the State's label has lasted.
        """
        wording = self._library.wording
        cue, cue_quotes = wording.cue(state, words) or (None, False)
        slots: dict[str, str | int | None] = {
            **self._names,
            "cue": cue,
            "words": quote(words, wording) if talk is Talk.STATEMENT else None,
            "topic": about or topic(words, wording),
            "senses": wording.senses_in(state),
            "sureness": wording.sure(state.confidence),
            "minutes": _minutes(lasted_s),
        }
        quoting = {"words", "topic", "cue"} if cue_quotes else {"words", "topic"}
        return Filling({slot: value for slot, value in slots.items() if value}, frozenset(quoting))

    def say(
        self, subject: str, strategy: Strategy, moment: Moment, filling: Filling, now_ns: int, *, again: bool = False
    ) -> Said | None:
        """A sentence, or None when no template of this subject and strategy fits.

        Args:
            subject: an emotion, "unsure" or a kind of talk.
            strategy: the kind of answer.
            moment: what the conditions look at.
            filling: what goes into the slots.
            now_ns: monotonic nanoseconds.
            again: whether it may be one that was said within the last DAY_NS, if there is no other.
        """
        found = self._fitting(
            subject, strategy, moment, filling.slots, longest=self._longest, now_ns=now_ns, again=again
        )
        if not found:
            return None
        template, text = self._pick(found)
        self._note(template, text, now_ns)
        return Said(text, bool(template.slots & filling.quoting))

    def options(
        self, subject: str, strategy: Strategy, moment: Moment, filling: Filling, now_ns: int, *, again: bool = False
    ) -> list[Candidate]:
        """Sentences that fit, that of ``say`` first, then those of templates used longest ago.

        At most MOST_OPTIONS, and without the third used last: whoever chooses among them would else say the favourite
        again every day. Without the half, replies fitted the emotion less well (docs/replies/evaluation.md).
        """
        found = self._fitting(
            subject, strategy, moment, filling.slots, longest=self._longest, now_ns=now_ns, again=again
        )
        if not found:
            return []
        first = self._pick(found)
        self._random.shuffle(found)
        found.sort(key=lambda pair: self._used.get(pair[0], 0))
        by_template = dict(reversed(found)) | dict([first])
        ordered = [first[0], *(template for template in dict(found) if template is not first[0])]
        rested = max(1, len(ordered) - max(1, len(ordered) // 3))
        return [
            Candidate(
                by_template[template],
                strategy,
                Source.TEMPLATES,
                quotes=bool(template.slots & filling.quoting),
                template=template,
            )
            for template in ordered[: min(MOST_OPTIONS, rested)]
        ]

    def finish(self, text: str) -> str:
        """``text`` as this language and household write it."""
        text = polish(text, self._language)
        return self._formal(text) if self._is_formal else text

    def fresh(self, text: str) -> bool:
        """Whether ``text`` was not said within the last DAY_NS."""
        return text not in self._today

    @property
    def longest(self) -> int:
        """Characters of the longest reply."""
        return self._longest

    def since(self, candidate: Candidate) -> int | None:
        """Replies since the template of ``candidate`` was last used; None where it never was, or there is none."""
        used = None if candidate.template is None else self._used.get(candidate.template)
        return None if used is None else self._count - used

    def spoken(self, candidate: Candidate, now_ns: int) -> None:
        """``candidate`` is said now."""
        self._note(candidate.template, candidate.text, now_ns)

    def led(self, said: Said, subject: str, strategy: Strategy, moment: Moment, now_ns: int) -> Said:
        """``said`` with a sentence of another strategy in front, that was not said today, has no slot, and has room."""
        joint = " " if self._language is Language.EN else ""
        room = self._longest - len(said.text) - len(joint)
        found = self._fitting(subject, strategy, moment, {}, longest=room, now_ns=now_ns)
        if not found:
            return said
        template, text = self._pick(found)
        self._note(template, text, now_ns)
        return Said(text + joint + said.text, said.quotes)

    def _fitting(
        self,
        subject: str,
        strategy: Strategy,
        moment: Moment,
        slots: dict[str, str | int],
        *,
        longest: int,
        now_ns: int,
        again: bool = False,
    ) -> list[tuple[Template, str]]:
        """Every template that fits with every text it can become; those said today only when ``again``."""
        self._forget(now_ns)
        return [
            (template, text)
            for template in self._templates[subject, strategy]
            if template.fits(moment)
            for text in self._texts(template, slots)
            if len(text) <= longest and (again or text not in self._today) and (self._asks or not _asks(text))
        ]

    def _texts(self, template: Template, slots: dict[str, str | int]) -> Iterator[str]:
        """Each reading of a template, filled and polished."""
        for said in template.parsed.said(self._language, slots):
            text = polish(said, self._language)
            yield self._formal(text) if self._is_formal else text

    def _pick(self, fitting: list[tuple[Template, str]]) -> tuple[Template, str]:
        """One that was never used, if there is one, else the one used longest ago; better with another opening."""
        unused = [pair for pair in fitting if pair[0] not in self._used]
        if not unused:
            return min(fitting, key=lambda pair: (self._today.get(pair[1], 0), self._used[pair[0]]))
        fresh = [pair for pair in unused if self._opening(pair[1]) != self._last_opening]
        return self._random.choice(fresh or unused)

    def _note(self, template: Template | None, text: str, now_ns: int) -> None:
        self._count += 1
        if template is not None:
            self._used[template] = self._count
        self._last_opening = self._opening(text)
        self._today[text] = now_ns
        self._today.move_to_end(text)

    def _forget(self, now_ns: int) -> None:
        while self._today:
            oldest = next(iter(self._today))
            if now_ns - self._today[oldest] < DAY_NS and len(self._today) <= REMEMBERED:
                break
            del self._today[oldest]

    def _opening(self, said: str) -> str:
        return said[: _OPENING[self._language]].casefold()


def _asks(text: str) -> bool:
    return "?" in text or "？" in text


def _minutes(seconds: float) -> int | None:
    """Whole minutes; from ten on in fives, as one says it. None below one."""
    minutes = int(seconds // 60)
    return (minutes if minutes < EXACT else minutes // 5 * 5) or None
