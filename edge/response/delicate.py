"""Talk that is met with care, whatever is felt: harm, medicine, law, secrets, closeness, insults, bait, what is grave.

The expressions are data (``templates/<language>/delicate.toml``), matched over text in which disguises are undone, as
words of crisis are (``edge/safety/crisis.py``). Those never get here: the wall before this room answers them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import Field

from edge.affect import Language
from edge.data_file import checked, read_table, wrong
from edge.response import talk
from edge.response.talk import DELICATE, Talk
from edge.safety.normalise import han, latin
from edge.section import Section

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from edge.response.wording import Wording

LOOKED_AT = 4000
"""Characters of what was said that are looked at, so that a very long text holds nobody up."""
BUILT_ON = frozenset({Talk.STATEMENT, Talk.SHORT})
"""Talk that counts as grave where a grave word is in it; any other is answered as what it is."""
AROUND = {Language.EN: (r"(?<![a-z0-9])(?:", r")(?![a-z0-9])"), Language.ZH: ("(?:", ")")}
"""An English expression matches whole words; a Chinese one may stand anywhere."""
LIGHT = "light"
"""The table of what one may be glad of."""
_TOLD_AND_ASKED = re.compile(r"[.!;。！；]\s*\S")
"""Something is told before the question: a grave word in it counts."""


class Expressions(Section):
    """A table of the file."""

    patterns: tuple[str, ...] = Field(min_length=1, title="Patterns", description="what shows this kind")
    unless: tuple[str, ...] = Field(
        default=(), title="Unless", description="where one of these is said, too, it does not"
    )


@dataclass(frozen=True, slots=True)
class Delicate:
    """The expressions of one language, by kind, in the order of their file."""

    language: Language
    kinds: tuple[tuple[Talk, re.Pattern[str], re.Pattern[str] | None], ...]
    light: re.Pattern[str]

    def enjoyable(self, words: str) -> bool:
        """Whether something is in ``words`` that one may be glad of with the person. Asked where no kind was found."""
        return any(map(self.light.search, self._readings(words)))

    def kind(self, words: str) -> Talk | None:
        """The first kind that ``words`` are of, or None."""
        readings = self._readings(words)
        for kind, found, unless in self.kinds:
            if any(map(found.search, readings)) and not (unless and any(map(unless.search, readings))):
                return kind
        return None

    def _readings(self, words: str) -> tuple[str, ...]:
        said = words[:LOOKED_AT]
        return latin(said) if self.language is Language.EN else (han(said),)


@cache
def delicate(language: Language, root: Traversable | None = None) -> Delicate:
    """Those of ``language``, read and compiled once. Raises SettingsError naming file and entry."""
    folder = root if root is not None else files("edge.response") / "templates"
    file = folder / language.value / "delicate.toml"
    table = read_table(file)
    parts: dict[str, str] = {}
    for name, part in table.pop("parts", {}).items():
        parts[name] = _filled(part, parts)
    needed = sorted({LIGHT, Talk.LOSS, *DELICATE})
    if sorted(table) != needed:
        problem = f"it has the tables {sorted(table)}, needed are {needed}"
        raise wrong(file, "the file", problem, "Add or remove tables")

    def compiled(lines: tuple[str, ...], name: str) -> re.Pattern[str]:
        begins, ends = AROUND[language]
        try:
            return re.compile(begins + "|".join(f"(?:{_filled(line, parts)})" for line in lines) + ends)
        except re.error as error:
            raise wrong(file, name, f"it is no regular expression: {error}", "Correct it") from None

    entries = {name: checked(Expressions, raw, file, name) for name, raw in table.items()}
    light = compiled(entries.pop(LIGHT).patterns, LIGHT)
    kinds = [
        (Talk(name), compiled(entry.patterns, name), compiled(entry.unless, name) if entry.unless else None)
        for name, entry in entries.items()
    ]
    return Delicate(language, tuple(kinds), light)


def kind_of(words: str, wording: Wording) -> Talk:
    """The kind of utterance that ``words`` are, the delicate ones among them."""
    plain = talk.kind_of(words, wording)
    found = delicate(wording.language).kind(words)
    if found is None or plain is Talk.DISMISSAL:
        return plain
    told = plain in BUILT_ON or (plain is Talk.QUESTION and _TOLD_AND_ASKED.search(words) is not None)
    return plain if found is Talk.GRAVE and not told else found


def _filled(line: str, parts: dict[str, str]) -> str:
    return re.sub(r"\{([a-z]+)\}", lambda match: parts[match.group(1)], line)
