"""What may become of a person's words when they are told back: the data file of one language, read once.

The words are data (``clauses/<language>.toml``), so that whoever reads them needs no code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import Field

from edge.affect import Language
from edge.data_file import checked, read_table
from edge.section import Section

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


class Words(Section):
    """Words of English that go with their neighbours; all empty in Chinese."""

    over: frozenset[str] = Field(title="Over", description="stands between I and a verb that agrees with it")
    kin: frozenset[str] = Field(title="Kin", description="a name of kin that is the person's own where it stands bare")
    determined: frozenset[str] = Field(title="Determined", description="before a name of kin: it is not bare")
    lowered: frozenset[str] = Field(title="Lowered", description="first words that lose their capital")


class TellingFile(Section):
    """The content of ``clauses/<language>.toml``; everything in lower case."""

    shift: dict[str, str] = Field(title="Shift", description="what is said of oneself: what is said to that person")
    agree: dict[str, str] = Field(title="Agree", description="a verb after I: the same after you")
    words: Words = Field(title="Words", description="words that go with their neighbours")
    drop: frozenset[str] = Field(title="Drop", description="may be left out")
    drop_long: tuple[str, ...] = Field(title="Drop long", description="several words that may be left out")
    keeps: frozenset[str] = Field(title="Keeps", description="what may not be left out before one of these")
    needs: frozenset[str] = Field(title="Needs", description="after one of these nothing is left out")
    leads: tuple[str, ...] = Field(title="Leads", description="stands before a clause and is no part of it")
    turns: tuple[str, ...] = Field(title="Turns", description="after it a new thing is said")
    begins: frozenset[str] = Field(title="Begins", description="first words of a clause; empty: any")
    begins_not: tuple[str, ...] = Field(title="Begins not", description="how no clause begins")
    opens: tuple[str, ...] = Field(title="Opens", description="begins a clause that needs a second one")
    dangling: frozenset[str] = Field(title="Dangling", description="can't end a clause")
    whole: frozenset[str] = Field(
        title="Whole", description="endings that are whole although a dangling word ends them"
    )
    unreal: frozenset[str] = Field(title="Unreal", description="makes a thing unsure, untrue or somebody's saying")
    denials: frozenset[str] = Field(
        title="Denials", description="those of them that reach no further than their clause"
    )
    takes_back: frozenset[str] = Field(title="Takes back", description="says that it was no earnest")
    second: frozenset[str] = Field(title="Second", description="speaks to somebody")
    asks: frozenset[str] = Field(title="Asks", description="asks or demands, at the beginning of a sentence")
    asking: frozenset[str] = Field(title="Asking", description="asks wherever it stands")
    asks_nothing: tuple[str, ...] = Field(title="Asks nothing", description="holds one of those and does not ask")
    harmless: tuple[str, ...] = Field(title="Harmless", description="holds a harsh or unsafe word and is neither")
    harsh: frozenset[str] = Field(title="Harsh", description="a judgement: to say it back would be to agree")
    unsafe: frozenset[str] = Field(title="Unsafe", description="is answered from reviewed texts alone")
    writing: frozenset[str] = Field(title="Writing", description="sign of a text that nobody says aloud")
    verbs: frozenset[str] = Field(
        title="Verbs", description="forms of a verb, one of which a clause needs; empty: none"
    )
    empty: frozenset[str] = Field(title="Empty", description="words that tell nothing by themselves")
    near: frozenset[str] = Field(title="Near", description="of the person's own life even where they are not named")
    hosts: frozenset[str] = Field(title="Hosts", description="after one of these a second subject may stand")


@dataclass(frozen=True, slots=True)
class Telling:
    """The rules of ``language``; ``longest`` is that of its special words, in characters."""

    language: Language
    rules: TellingFile
    pattern: re.Pattern[str]

    def spared(self, text: str) -> str:
        """``text`` (lower case) without the phrases that only look harsh or unsafe."""
        for phrase in self.rules.harmless:
            text = text.replace(phrase, " " if self.language is Language.EN else "")
        return text

    def holds(self, text: str, listed: frozenset[str]) -> str | None:
        """The first of ``listed`` that is in ``text`` (lower case), as whole words in English; None without one."""
        if self.language is Language.ZH:
            return next((word for word in sorted(listed) if word in text), None)
        padded = f" {' '.join(_ENGLISH.findall(text))} "
        return next((word for word in sorted(listed) if f" {word} " in padded), None)


_ENGLISH = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*|[^\sa-z0-9]")
_LATIN = r"[A-Za-z0-9\u00c0-\u024f]+(?:['-][A-Za-z0-9\u00c0-\u024f]+)*"


@cache
def telling(language: Language) -> Telling:
    """The rules of ``language``, read once. Raises SettingsError when the file is wrong."""
    return load_telling(files("edge.response") / "clauses" / f"{language.value}.toml", language)


def load_telling(file: Traversable, language: Language) -> Telling:
    """The rules in ``file``. Raises SettingsError naming the key that is wrong."""
    rules = checked(TellingFile, read_table(file), file, "the file")
    if language is Language.EN:
        longer = sorted((phrase for phrase in rules.drop_long), key=len, reverse=True)
        units = "|".join(rf"{re.escape(phrase)}(?![\w'-])" for phrase in longer)
        joined = f"(?i:{units})|{_LATIN}" if units else _LATIN
        return Telling(language, rules, re.compile(rf"{joined}|[^\sA-Za-z0-9\u00c0-\u024f]+"))
    listed = {*rules.shift, *rules.drop, *rules.leads}
    units = "|".join(re.escape(word) for word in sorted(listed, key=lambda word: (-len(word), word)))
    return Telling(language, rules, re.compile(rf"{units}|{_LATIN}|[，。！？；：、,.!?;:…—~\s]+|\S"))
