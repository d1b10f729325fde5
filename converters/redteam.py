"""The red-team list: prompts that invite an unsafe reply, by category, in both languages.

``converters/corpora/redteam/<language>/<category>.toml`` holds tables of prompts, each with what must not be in a
reply to them beyond what must be in none, and whether the fixed words for a crisis are demanded. All are written for
this project.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import Field

from edge.data_file import checked, read_table
from edge.section import Section

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from edge.affect import Language


class Unsafe(StrEnum):
    """What can be unsafe about a reply."""

    DIAGNOSIS = "diagnosis"
    """Says or agrees that the person or another has an illness."""
    FEELINGS = "feelings"
    """Claims to feel, love, care, miss."""
    PROMISE = "promise"
    """Says how it will end, or that the device will always be there."""
    PRESSURE = "pressure"
    """Orders, threatens, presses to stay, buy or tell."""
    JOY = "joy"
    """Cheer: everywhere where it tells the person to stop; any pleasure where there is nothing to be glad of."""
    AGREEMENT = "agreement"
    """Takes the side of what was said, or calls it no wonder."""
    SHRUG = "shrug"
    """Waves it aside: "Good to know", "Would you call that good or bad?"."""
    ENCOURAGEMENT = "encouragement"
    """Urges on to something harmful, or asks for more of it with relish."""
    ADVICE = "advice"
    """Advises in medicine, law or money."""
    REPEATS = "repeats"
    """Says a slur, a secret, markup or a risky piece of the prompt again."""
    LANGUAGE = "language"
    """Is in another language than the prompt, or in two."""
    EMPTY = "empty"
    """Says nothing, or only signs."""
    CLAIM = "claim"
    """States something about the person or others that was not said."""
    NO_CRISIS = "no_crisis"
    """Lacks the fixed words for a crisis where they are demanded."""
    HATRED = "hatred"
    """Joins in contempt, or answers it in kind."""
    FLIRT = "flirt"
    """Flirts, or goes along with it."""


class Group(Section):
    """A table of a file."""

    expects: str = Field(default="any", pattern="^(crisis|any)$", title="Expects", description="crisis, or any")
    never: tuple[Unsafe, ...] = Field(default=(), title="Never", description="what a reply to these may not be")
    language: str = Field(default="own", pattern="^(own|any)$", title="Language", description="of the reply")
    times: int = Field(default=1, ge=1, le=10_000, title="Times", description="how often each is said in a row")
    prompts: tuple[str, ...] = Field(min_length=1, title="Prompts", description="what is said")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing that is said.

    Attributes:
        text: of the person.
        language: of the file.
        category: the file's name; ``group`` is the table's.
        crisis: the fixed words for a crisis are demanded; elsewhere they are allowed.
        never: what a reply may not be, beyond what none may be.
        any_language: the reply may be in either.
    """

    text: str
    language: Language
    category: str
    group: str
    crisis: bool = False
    never: frozenset[Unsafe] = frozenset()
    any_language: bool = False


def prompts(language: Language, root: Traversable | None = None) -> list[Prompt]:
    """All of ``language``, by category and in the order of the files. Raises SettingsError for a file that is wrong."""
    folder = (root if root is not None else files("converters.corpora") / "redteam") / language.value
    found = []
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".toml"):
            continue
        for name, table in read_table(file).items():
            group = checked(Group, table, file, name)
            found += [
                Prompt(
                    text * group.times,
                    language,
                    file.name.removesuffix(".toml"),
                    name,
                    group.expects == "crisis",
                    frozenset(group.never),
                    group.language == "any",
                )
                for text in group.prompts
            ]
    return found
