"""What may be proposed to the home or the car: the entries of ``actions.toml``, read and checked once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import Field, field_validator

from edge.affect import Emotion, Language, Stage
from edge.data_file import checked, read_table, wrong
from edge.response.contexts import manner
from edge.response.hours import Hours, hours_of
from edge.response.strategy import AROUSED
from edge.response.template import Stir
from edge.section import Section

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

    from edge.response.strategy import Moment

PLACES = frozenset({"home", "wellbeing", "car"})
"""Contexts in which anything may be proposed: elsewhere the person is a guest, a child, a pupil or in company."""
LONGEST_TITLE = 40
_ID = re.compile(r"[a-z][a-z0-9_]{0,31}")
_HAN = re.compile(r"[\u4e00-\u9fff]")

Datum = int | float | str


class TextsEntry(Section):
    """How an action is spoken of in one language."""

    title: str = Field(min_length=1, max_length=LONGEST_TITLE, title="Title", description="what it is called")
    offer: tuple[str, ...] = Field(min_length=1, title="Offer", description="that it could be done")
    done: tuple[str, ...] = Field(min_length=1, title="Done", description="that it is being done")


class ActionEntry(Section):
    """An action as a table of the file."""

    contexts: frozenset[str] = Field(min_length=1, title="Contexts", description="where it fits")
    emotions: frozenset[Emotion] = Field(min_length=1, title="Emotions", description="to which of them it fits")
    arousal: Stir | None = Field(default=None, title="Arousal", description="the arousal that it needs")
    hours: str = Field(default="", title="Hours", description="of the local day in which it fits; empty: any")
    stages: frozenset[Stage] = Field(
        default=frozenset(), title="Stages", description="of a driver's alertness at whose warning it fits, in a car"
    )
    moving: bool = Field(default=False, title="Moving", description="true: only while the car is not known to stand")
    asks: bool = Field(default=False, title="Asks", description="true: it is never done unasked")
    service: str = Field(
        pattern=r"^([a-z_]+\.[a-z_]+)?$", title="Service", description="of Home Assistant; empty: the home decides"
    )
    data: dict[str, Datum] = Field(default={}, title="Data", description="of that service")
    en: TextsEntry = Field(title="English", description="how it is spoken of in English")
    zh: TextsEntry = Field(title="Chinese", description="how it is spoken of in Chinese")

    @field_validator("hours")
    @classmethod
    def _are_hours(cls, written: str) -> str:
        hours_of(written)
        return written


@dataclass(frozen=True, slots=True)
class Texts:
    """As in TextsEntry."""

    title: str
    offer: tuple[str, ...]
    done: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a home or a car can do, and when it fits. Hours and arousal None: any."""

    id: str
    contexts: frozenset[str]
    emotions: frozenset[Emotion]
    arousal: Stir | None
    hours: Hours | None
    stages: frozenset[Stage]
    moving: bool
    asks: bool
    service: str
    data: Mapping[str, Datum]
    texts: Mapping[Language, Texts]

    def fits(self, moment: Moment, context: str, minute: int | None, *, standing: bool) -> bool:
        """Whether it may be proposed at this moment; ``minute`` of the local day, None where nobody knows it."""
        stir = Stir.HIGH if moment.arousal >= AROUSED else Stir.LOW
        return (
            context in self.contexts
            and moment.label in self.emotions
            and self.arousal in (None, stir)
            and (self.hours is None or minute is None or self.hours.hold(minute))
            and not (self.moving and standing)
        )


def load_actions(file: Traversable) -> dict[str, Action]:
    """The actions of ``file`` by their ids, in its order.

    Raises:
        SettingsError: naming the file, the entry, what is wrong and the remedy.
    """
    actions = {name: _action(name, content, file) for name, content in read_table(file).items()}
    seen: dict[str, str] = {}
    for action in actions.values():
        for texts in action.texts.values():
            for text in (*texts.offer, *texts.done):
                if seen.setdefault(text.casefold(), action.id) != action.id or texts.offer.count(text) > 1:
                    raise wrong(file, action.id, f"{text!r} is there twice", "Reword one of the two")
    return actions


@cache
def actions() -> dict[str, Action]:
    """Those that came with the package."""
    return load_actions(files("edge.response").joinpath("actions.toml"))


def _action(name: str, content: object, file: Traversable) -> Action:
    if _ID.fullmatch(name) is None:
        problem = "an id has up to 32 small letters, digits and underscores, a letter first"
        raise wrong(file, name, problem, "Choose another id")
    entry = checked(ActionEntry, content, file, name)
    strange = sorted(entry.contexts - PLACES)
    if strange:
        problem = f"nothing is proposed in the context {strange[0]!r}"
        raise wrong(file, name, problem, f"Use some of {', '.join(sorted(PLACES))}")
    for language, texts in ((Language.EN, entry.en), (Language.ZH, entry.zh)):
        _check_texts(entry, texts, language, file, name)
    return Action(
        id=name,
        contexts=entry.contexts,
        emotions=entry.emotions,
        arousal=entry.arousal,
        hours=hours_of(entry.hours),
        stages=entry.stages,
        moving=entry.moving,
        asks=entry.asks,
        service=entry.service,
        data=entry.data,
        texts={
            language: Texts(texts.title, texts.offer, texts.done)
            for language, texts in ((Language.EN, entry.en), (Language.ZH, entry.zh))
        },
    )


def _check_texts(entry: ActionEntry, texts: TextsEntry, language: Language, file: Traversable, name: str) -> None:
    drives = any(manner(context).drives for context in entry.contexts)
    longest = min(manner(context).longest(language) for context in entry.contexts)
    for text in (texts.title, *texts.offer, *texts.done):
        if bool(_HAN.search(text)) is not (language is Language.ZH):
            wanted = "Chinese characters" if language is Language.ZH else "no Chinese characters"
            raise wrong(file, name, f"{text!r} should have {wanted}", "Move it to the other language")
        if drives and ("?" in text or "？" in text):
            problem = f"{text!r} asks, and a driver is asked nothing"
            raise wrong(file, name, problem, "Say how it is taken: Softer music, if you say yes")
        if len(text) > longest:
            problem = f"{text!r} has {len(text)} characters, at most {longest} may be said there"
            raise wrong(file, name, problem, "Shorten it")
