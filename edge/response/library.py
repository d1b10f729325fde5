"""The template files of one language, read and checked once, at start.

``templates/<language>/`` holds ``wording.toml``, one file per emotion and ``unsure.toml``: for each strategy a list of
texts, or of tables with ``text`` and conditions. ``talk.toml`` holds the same one level deeper, per kind of talk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pydantic import Field

from edge.affect import EMOTIONS, UNSURE, Language
from edge.data_file import checked, read_table, wrong
from edge.response.contexts import MANNERS
from edge.response.strategy import RULES, Strategy
from edge.response.template import SLOTS, Occasion, Stir, Template, slots_of
from edge.response.wording import Wording, WordingFile
from edge.section import Section

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

SUBJECTS = (*(emotion.value for emotion in EMOTIONS), UNSURE)
"""What a template file of its own exists for."""
TALK_SUBJECTS = tuple(sorted({kind.value for rule in RULES if rule.by_talk for kind in rule.talk if kind is not None}))
"""Kinds of talk that are answered from ``talk.toml``."""
FEWEST = 8
"""Templates that each emotion needs in each language, so that a conversation does not repeat itself."""

_HAN = re.compile(r"[\u4e00-\u9fff]")
_SLOT = re.compile(r"\{[^}]*\}")


class Entry(Section):
    """A template as a table in a file."""

    text: str = Field(min_length=1, title="Text", description="what is said")
    on: Occasion = Field(default=Occasion.SPEECH, title="On", description="what it answers")
    contexts: frozenset[str] = Field(
        default=frozenset(), title="Contexts", description="where it fits; empty: everywhere"
    )
    arousal: Stir | None = Field(default=None, title="Arousal", description="the arousal that it needs")
    confidence: float = Field(default=0.0, ge=0, le=1, title="Confidence", description="the least that it needs")


@dataclass(frozen=True, slots=True)
class Library:
    """All templates of one language by subject, and its small words."""

    wording: Wording
    templates: dict[str, tuple[Template, ...]]

    def of(self, subject: str, strategy: Strategy) -> tuple[Template, ...]:
        """Templates of one strategy about one subject."""
        return tuple(template for template in self.templates[subject] if template.strategy is strategy)


def load_library(language: Language, root: Traversable | None = None) -> Library:
    """The library of ``language``.

    Args:
        language: one of the folders under ``root``.
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
    _refuse_duplicates(templates, folder)
    return Library(wording, templates)


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
        unknown = slots_of(entry.text) - SLOTS
    except ValueError as error:
        raise wrong(file, where, f"{error} in {entry.text!r}", "Balance the braces") from None
    if unknown:
        problem = f"the slot {{{min(unknown)}}} in {entry.text!r} is unknown"
        raise wrong(file, where, problem, f"Use one of {', '.join(sorted(SLOTS))}")
    strangers = entry.contexts - MANNERS.keys()
    if strangers:
        problem = f"the context {min(strangers)!r} is unknown"
        raise wrong(file, where, problem, f"Use one of {', '.join(MANNERS)}")
    if bool(_HAN.search(_SLOT.sub("", entry.text))) is not (language is Language.ZH):
        wanted = "Chinese characters" if language is Language.ZH else "no Chinese characters"
        raise wrong(file, where, f"{entry.text!r} should have {wanted}", "Move it to the other language's file")


def _refuse_duplicates(templates: dict[str, tuple[Template, ...]], folder: Traversable) -> None:
    seen: dict[str, Template] = {}
    for subject, entries in templates.items():
        file = folder / ("talk.toml" if subject in TALK_SUBJECTS else f"{subject}.toml")
        for entry in entries:
            first = seen.setdefault(entry.text.casefold(), entry)
            if first is not entry:
                problem = f"{entry.text!r} is there twice, first under {first.subject}, {first.strategy}"
                raise wrong(file, f"{subject}, {entry.strategy}", problem, "Remove or reword one of the two")
