"""The text of a template: words, alternatives in brackets, and slots in braces.

``[That sounds|It sounds] heavy.`` has two readings, of which one is chosen; an alternative may be empty, none holds
another one. ``{topic}`` is filled with a text. ``{minutes:a minute|# minutes}`` is filled with a number: the first form
is for one, the last for all others, with the number in words in place of ``#``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from edge.affect import Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TOKEN = re.compile(
    r"\[(?P<choice>[^\[\]{}]*(?:\{[^\[\]{}]*\}[^\[\]{}]*)*)\]|\{(?P<slot>[^\[\]{}]*)\}|(?P<text>[^\[\]{}]+)"
)
_NUMBERS = {
    Language.EN: ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
    Language.ZH: ["零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十"],
}
"""Before a measure word two is 两."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A gap with its name; ``forms`` are those of a number, and there are none where a text goes in."""

    name: str
    forms: tuple[str, ...] = ()

    def filled(self, value: str | int, language: Language) -> str:
        """What stands there."""
        if not self.forms:
            return str(value)
        form = self.forms[0] if value == 1 else self.forms[-1]
        return form.replace("#", number(int(value), language))


Piece = str | Slot
Reading = tuple[Piece, ...]
"""A text without alternatives."""


@dataclass(frozen=True)
class Text:
    """One template's text, parsed. ``parts``: for each place the alternatives that may stand there."""

    written: str
    parts: tuple[tuple[Reading, ...], ...]

    @classmethod
    def of(cls, written: str) -> Text:
        """Parse it. Raises ValueError saying what is wrong with its brackets and braces."""
        return cls(written, tuple(_parts(written)))

    @cached_property
    def slots(self) -> frozenset[Slot]:
        """Every gap, in whichever alternative."""
        return frozenset(
            piece for part in self.parts for reading in part for piece in reading if isinstance(piece, Slot)
        )

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """Every choice of alternatives, in the order in which they are written."""
        return tuple(tuple(piece for reading in chosen for piece in reading) for chosen in product(*self.parts))

    def said(self, language: Language, slots: Mapping[str, str | int]) -> Iterator[str]:
        """The text of each reading whose slots can be filled, unpolished."""
        for reading in self.readings:
            if all(isinstance(piece, str) or piece.name in slots for piece in reading):
                yield "".join(
                    piece if isinstance(piece, str) else piece.filled(slots[piece.name], language) for piece in reading
                )


def number(value: int, language: Language) -> str:
    """A count as one says it: the small ones in words."""
    words = _NUMBERS[language]
    return words[value] if 0 <= value < len(words) else str(value)


def _parts(written: str) -> Iterator[tuple[Reading, ...]]:
    place = 0
    while place < len(written):
        found = _TOKEN.match(written, place)
        if found is None:
            message = f"{written[place]!r} at character {place + 1} opens or closes nothing"
            raise ValueError(message)
        if found["choice"] is not None:
            yield tuple(_plain(option) for option in _options(found["choice"]))
        else:
            yield (_plain(found[0]),)
        place = found.end()


def _options(choice: str) -> list[str]:
    """Split at the bars that are not within braces."""
    return re.split(r"\|(?![^{}]*\})", choice)


def _plain(written: str) -> Reading:
    return tuple(
        found[0] if found["slot"] is None else _slot(found["slot"]) for found in _TOKEN.finditer(written) if found[0]
    )


def _slot(inside: str) -> Slot:
    name, colon, forms = inside.partition(":")
    if colon and "#" not in forms:
        message = f"{{{inside}}} has no # where the number goes"
        raise ValueError(message)
    return Slot(name, tuple(forms.split("|")) if colon else ())
