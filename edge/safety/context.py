"""The rules of the place: what may be sensed and said there, and how people are told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from edge.affect import Language, Sense
from edge.data_file import read_table
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
    refused: str | None = None
    """Why emotions are not inferred there, where that is so."""

    def may_sense(self, sense: Sense, purpose: Purpose = Purpose.EMOTION) -> bool:
        """Whether the place allows it; a grant is needed all the same."""
        return sense in self.senses and purpose in self.purposes and sense in purpose.senses

    def purposes_of(self, sense: Sense) -> tuple[Purpose, ...]:
        """All that the sense may be opened for here."""
        return tuple(purpose for purpose in Purpose if purpose.opens and self.may_sense(sense, purpose))

    def may_say(self, strategy: str) -> bool:
        """Whether a reply may follow this strategy here."""
        return strategy not in self.never


def context(settings: SafetySettings) -> Context:
    """The rules for ``settings.context``. Raises ConsentError where nothing at all may be sensed."""
    rules = _data("contexts.toml")[settings.context]
    if not rules.get("purposes"):
        raise refusal(settings.context, "Do not run it there")
    return Context(
        name=settings.context,
        senses=frozenset(Sense(name) for name in rules["senses"]),
        purposes=frozenset(Purpose(name) for name in rules["purposes"]),
        never=frozenset(rules["never"]),
        notes=tuple(rules["notes"]),
        refused=rules.get("refused"),
    )


def refusal(name: str, remedy: str) -> ConsentError:
    """The error that says why nothing is done in a place, and what to do."""
    allowed = ", ".join(other for other, rules in _data("contexts.toml").items() if "refused" not in rules)
    problem = f"safety.context is {name!r}: {_data('contexts.toml')[name]['refused']}"
    return ConsentError(problem, f"{remedy}; elsewhere set safety.context to one of {allowed}")


def disclosure(
    context: Context,
    senses: Iterable[Sense],
    language: Language,
    *,
    watched: bool = False,
    kept: bool = False,
    shared: bool = False,
) -> str:
    """The sentences that tell people, in ``language``, what is being sensed.

    Args:
        context: the rules of the place; a sense that it forbids is not in use and so is not named.
        senses: the senses that are granted, to estimate feelings.
        language: of the sentence.
        watched: whether the face is also granted to be watched for drowsiness.
        kept: whether a summary of each day is kept.
        shared: whether counts with noise may leave the device.
    """
    words = _data("disclosure.toml")[language.value]
    used = set(senses)
    named = [words["senses"][sense.value] for sense in Sense if sense in used and context.may_sense(sense)]
    watched = watched and context.may_sense(Sense.FACE, Purpose.DROWSINESS)
    if not named:
        return str(words["watched" if watched else "nothing"])
    listed = words["between"].join(named[:-1]) + words["last"] + named[-1] if len(named) > 1 else named[0]
    parts = [words["sentence"].format(senses=listed)]
    if watched:
        parts.append(words["also_watched"])
    if kept:
        parts.append(words["kept"])
    if shared:
        parts.append(words["shared"])
    return (" " if language is Language.EN else "").join(parts)


@cache
def _data(name: str) -> dict[str, Any]:
    return read_table(files("edge.safety").joinpath(name))
