"""The rules of the place: what may be sensed and said there, and how people are told."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from edge.affect import Language, Sense
from edge.errors import ConsentError
from edge.safety.grants import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.safety.settings import SafetySettings


@dataclass(frozen=True, slots=True)
class Context:
    """One rule set. How long a reply may be there is the response room's manner of answering."""

    name: str
    senses: frozenset[Sense]
    purposes: frozenset[Purpose]
    never: frozenset[str]
    notes: tuple[str, ...]

    def may_sense(self, sense: Sense, purpose: Purpose = Purpose.EMOTION) -> bool:
        """Whether the place allows it; a grant is needed all the same."""
        return sense in self.senses and purpose in self.purposes

    def may_say(self, strategy: str) -> bool:
        """Whether a reply may follow this strategy here."""
        return strategy not in self.never


def context(settings: SafetySettings) -> Context:
    """The rules for ``settings.context``. Raises ConsentError where the law forbids emotion inference."""
    rules = _data("contexts.toml")[settings.context]
    if "refused" in rules:
        allowed = ", ".join(name for name, other in _data("contexts.toml").items() if "refused" not in other)
        problem = f"safety.context is {settings.context!r}: {rules['refused']}"
        raise ConsentError(problem, f"Do not run it there; elsewhere set safety.context to one of {allowed}")
    return Context(
        name=settings.context,
        senses=frozenset(Sense(name) for name in rules["senses"]),
        purposes=frozenset(Purpose(name) for name in rules["purposes"]),
        never=frozenset(rules["never"]),
        notes=tuple(rules["notes"]),
    )


def disclosure(context: Context, senses: Iterable[Sense], language: Language, *, kept: bool = False) -> str:
    """The sentences that tell people, in ``language``, what is being sensed.

    Args:
        context: the rules of the place; a sense that it forbids is not in use and so is not named.
        senses: the senses that are granted.
        language: of the sentence.
        kept: whether a summary of each day is kept.
    """
    words = _data("disclosure.toml")[language.value]
    used = set(senses)
    named = [words["senses"][sense.value] for sense in Sense if sense in used and context.may_sense(sense)]
    if not named:
        return str(words["nothing"])
    listed = words["between"].join(named[:-1]) + words["last"] + named[-1] if len(named) > 1 else named[0]
    parts = [words["sentence"].format(senses=listed)]
    if context.may_sense(Sense.FACE, Purpose.DROWSINESS) and Sense.FACE in used:
        parts.append(words["contexts"]["car"])
    if kept:
        parts.append(words["kept"])
    return (" " if language is Language.EN else "").join(parts)


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files("edge.safety").joinpath(name).read_text(encoding="utf-8"))
