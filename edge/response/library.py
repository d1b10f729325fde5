"""The template files of one language, read and checked once, at start.

``templates/<language>/`` holds ``wording.toml`` and one file per emotion, and per leaning, and ``unsure.toml``: for
each strategy a list of texts, or of tables with ``text`` and conditions. ``talk.toml`` holds the same one level deeper,
per kind of talk.
``contexts/<context>.toml`` holds what is said in one place only: tables per emotion, and ``[talk.<kind>]``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pydantic import Field

from edge.affect import EMOTIONS, UNSURE, Language
from edge.data_file import checked, read_table, wrong
from edge.response.contexts import MANNERS
from edge.response.grammar import Slot, Text
from edge.response.leaning import Leaning
from edge.response.strategy import RULES, Strategy
from edge.response.template import COUNTED, SLOTS, Formality, Occasion, Part, Stir, Template, Turn, Warmth
from edge.response.wording import Wording, WordingFile
from edge.section import Section

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.resources.abc import Traversable

SUBJECTS = (*(emotion.value for emotion in EMOTIONS), *(leaning.value for leaning in Leaning), UNSURE)
"""What a template file of its own exists for."""
TALK_SUBJECTS = tuple(sorted({kind.value for rule in RULES if rule.by_talk for kind in rule.talk if kind is not None}))
"""Kinds of talk that are answered from ``talk.toml``."""
FEWEST = 8
"""Templates that each emotion needs in each language, so that a conversation does not repeat itself."""

_HAN = re.compile(r"[\u4e00-\u9fff]")


class Entry(Section):
    """A template as a table in a file."""

    text: str = Field(min_length=1, title="Text", description="what is said")
    on: Occasion = Field(default=Occasion.SPEECH, title="On", description="what it answers")
    contexts: frozenset[str] = Field(
        default=frozenset(), title="Contexts", description="where it fits; empty: everywhere"
    )
    arousal: Stir | None = Field(default=None, title="Arousal", description="the arousal that it needs")
    confidence: float = Field(default=0.0, ge=0, le=1, title="Confidence", description="the least that it needs")
    turn: Turn | None = Field(default=None, title="Turn", description="whether it is the first reply to this emotion")
    day: frozenset[Part] = Field(default=frozenset(), title="Day", description="parts of the day; empty: all")
    formality: Formality | None = Field(default=None, title="Formality", description="the formality that it is for")
    warmth: Warmth | None = Field(default=None, title="Warmth", description="the warmth that it is for")


@dataclass(frozen=True, slots=True)
class Library:
    """All templates of one language by subject, and its small words."""

    wording: Wording
    templates: dict[str, tuple[Template, ...]]

    def of(self, subject: str, strategy: Strategy) -> tuple[Template, ...]:
        """Templates of one strategy about one subject."""
        return tuple(template for template in self.templates[subject] if template.strategy is strategy)


def load_library(language: Language, context: str | None = None, root: Traversable | None = None) -> Library:
    """The library of ``language``.

    Args:
        language: one of the folders under ``root``.
        context: where it is for; None: everywhere at once.
        root: the folder ``templates``; by default the one that came with the package, from wherever it is imported.

    Raises:
        SettingsError: naming the file, the entry, what is wrong and the remedy.
    """
    folder = (root if root is not None else files("edge.response") / "templates") / language.value
    wording_file = folder / "wording.toml"
    try:
        wording = Wording.of(language, checked(WordingFile, read_table(wording_file), wording_file, "the file"))
    except ValueError as error:
        raise wrong(wording_file, "the file", str(error), "Add what is lacking") from None
    templates = {subject: _subject(subject, read_table(folder / f"{subject}.toml"), folder) for subject in SUBJECTS}
    talk_file = folder / "talk.toml"
    talk = read_table(talk_file)
    if set(talk) != set(TALK_SUBJECTS):
        problem = f"it has the tables {sorted(talk)}, needed are {list(TALK_SUBJECTS)}"
        raise wrong(talk_file, "the file", problem, "Add or remove tables")
    templates |= {kind: _templates(kind, talk[kind], talk_file, language) for kind in TALK_SUBJECTS}
    seen = _refuse_duplicates({}, templates, lambda subject: folder / f"{_file_of(subject)}.toml")
    for place in MANNERS if context is None else (context,):
        file = folder / "contexts" / f"{place}.toml"
        if file.is_file():
            there = _context(place, file, language)
            _refuse_duplicates(seen, there, lambda _, file=file: file)  # type: ignore[misc]
            templates |= {subject: (*entries, *templates[subject]) for subject, entries in there.items()}
    return Library(wording, templates)


def _context(place: str, file: Traversable, language: Language) -> dict[str, tuple[Template, ...]]:
    """What is said only in one place."""
    tables = read_table(file)
    tables |= tables.pop("talk", {})
    known = (*SUBJECTS, *TALK_SUBJECTS)
    if strangers := sorted(set(tables) - set(known)):
        raise wrong(file, strangers[0], "there is no such subject", f"Use one of {', '.join(known)}")
    return {
        subject: tuple(replace(one, contexts=frozenset({place})) for one in _templates(subject, table, file, language))
        for subject, table in tables.items()
    }


def _file_of(subject: str) -> str:
    return "talk" if subject in TALK_SUBJECTS else subject


def _subject(subject: str, table: dict[str, Any], folder: Traversable) -> tuple[Template, ...]:
    file = folder / f"{subject}.toml"
    templates = _templates(subject, table, file, Language(folder.name))
    if len(templates) < FEWEST:
        raise wrong(
            file, "the file", f"it has {len(templates)} templates, at least {FEWEST} are needed", "Add templates"
        )
    return templates


def _templates(subject: str, table: object, file: Traversable, language: Language) -> tuple[Template, ...]:
    if not isinstance(table, dict):
        raise wrong(file, subject, f"it is {table!r}, not a table of strategies", "Write strategy = [ texts ]")
    spoken = [strategy.value for strategy in Strategy if strategy is not Strategy.SILENT]
    found = []
    for name, entries in table.items():
        if name not in spoken:
            raise wrong(file, name, "there is no such strategy", f"Use one of {', '.join(spoken)}")
        if not isinstance(entries, list):
            raise wrong(file, name, f"it is {entries!r}, not a list", "Put texts or tables between square brackets")
        for number, raw in enumerate(entries, start=1):
            where = f"{subject}, {name} {number}"
            content = {"text": raw} if isinstance(raw, str) else raw
            entry = checked(Entry, content, file, where)
            _check_text(entry, file, where, language)
            found.append(Template(subject, Strategy(name), **{key: getattr(entry, key) for key in Entry.model_fields}))
    return tuple(found)


def _check_text(entry: Entry, file: Traversable, where: str, language: Language) -> None:
    try:
        text = Text.of(entry.text)
    except ValueError as error:
        raise wrong(file, where, f"{error} in {entry.text!r}", "Balance brackets and braces") from None
    for slot in sorted(text.slots, key=lambda slot: slot.name):
        _check_slot(slot, entry, file, where)
    strangers = entry.contexts - MANNERS.keys()
    if strangers:
        problem = f"the context {min(strangers)!r} is unknown"
        raise wrong(file, where, problem, f"Use one of {', '.join(MANNERS)}")
    for reading in text.readings:
        plain = "".join(piece if isinstance(piece, str) else "".join(piece.forms) for piece in reading)
        if bool(_HAN.search(plain)) is not (language is Language.ZH):
            wanted = "Chinese characters" if language is Language.ZH else "no Chinese characters"
            raise wrong(file, where, f"{entry.text!r} should have {wanted}", "Move it to the other language's file")


def _check_slot(slot: Slot, entry: Entry, file: Traversable, where: str) -> None:
    if slot.name not in SLOTS | COUNTED:
        problem = f"the slot {{{slot.name}}} in {entry.text!r} is unknown"
        raise wrong(file, where, problem, f"Use one of {', '.join(sorted(SLOTS | COUNTED))}")
    if bool(slot.forms) is not (slot.name in COUNTED):
        forms = "a number, and has no forms for it" if slot.name in COUNTED else "a text, and has forms for a number"
        remedy = f"Write {{minutes:a minute|# minutes}}, and {{{min(SLOTS)}}} without forms"
        raise wrong(file, where, f"the slot {{{slot.name}}} in {entry.text!r} is for {forms}", remedy)


def _refuse_duplicates(
    seen: dict[str, Template], templates: dict[str, tuple[Template, ...]], file_of: Callable[[str], Traversable]
) -> dict[str, Template]:
    """All texts, with those of ``templates``; none twice."""
    for subject, entries in templates.items():
        for entry in entries:
            first = seen.setdefault(entry.text.casefold(), entry)
            if first is not entry:
                problem = f"{entry.text!r} is there twice, first under {first.subject}, {first.strategy}"
                remedy = "Remove or reword one of the two"
                raise wrong(file_of(subject), f"{subject}, {entry.strategy}", problem, remedy)
    return seen
