"""The answers that were given and what came of them: no words of the person, no text of the reply, no time but the day.

A silence to a feeling is one as well, of the strategy "silent": what answers are compared with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from edge.affect import Emotion
from edge.learning.feedback import Source, Verdict
from edge.learning.situation import Situation
from edge.response.strategy import Strategy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST = 1000
"""Answers of one profile: a month of thirty a day. Beyond it the oldest go, those without a verdict first."""
MOST_SILENCES = 250
"""Of these: there are more silences than answers, and they must not push those out."""
SILENT = Strategy.SILENT.value
VALUE = {Verdict.HELPED: 1.0, Verdict.NOT_NOW: -1.0}
"""What a verdict says of the kind of answer; WRONG says nothing of it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; ``rank`` is the strategy's place in the order of the rules, from 0.

    ``after`` is the valence some seconds later, None where nobody can tell. ``emotion`` is what the person said that
    they felt.
    """

    day: date
    strategy: str
    rank: int
    situation: Situation
    after: float | None = None
    verdict: Verdict | None = None
    emotion: Emotion | None = None
    by: Source | None = None

    @property
    def change(self) -> float | None:
        """By how much valence rose."""
        return None if self.after is None else self.after - self.situation.valence


class Answers:
    """Answers by number, the oldest first; never more than MOST."""

    def __init__(self, answers: tuple[Answer, ...] = ()) -> None:
        self._next = 0
        self._held: dict[int, Answer] = {}
        for answer in answers[-MOST:]:
            self.add(answer)

    def add(self, answer: Answer) -> int:
        """Its number, under which it can be changed as long as it is held."""
        silences = [number for number, held in self._held.items() if held.strategy == SILENT]
        if answer.strategy == SILENT and len(silences) >= MOST_SILENCES:
            del self._held[silences[0]]
        elif len(self._held) >= MOST:
            without = (number for number, held in self._held.items() if held.verdict is None)
            del self._held[next(without, next(iter(self._held)))]
        number, self._next = self._next, self._next + 1
        self._held[number] = answer
        return number

    def find(self, number: int) -> Answer | None:
        """The answer; None where it is held no more."""
        return self._held.get(number)

    def change(self, number: int, **what: object) -> None:
        """Replace fields of an answer, where it is held."""
        if number in self._held:
            self._held[number] = replace(self._held[number], **what)  # type: ignore[arg-type]

    def drop(self, number: int) -> None:
        """Hold it no more."""
        self._held.pop(number, None)

    def expire(self, before: date) -> bool:
        """Drop what is older than ``before``; whether there was any."""
        old = [number for number, answer in self._held.items() if answer.day < before]
        for number in old:
            del self._held[number]
        return bool(old)

    def verdicts(self) -> list[tuple[Situation, str, int, float]]:
        """What the bandit learns from: (situation, strategy, rank, +1 or -1), the oldest first."""
        return [
            (answer.situation, answer.strategy, answer.rank, VALUE[answer.verdict])
            for answer in self
            if answer.verdict in VALUE
        ]

    def items(self) -> Iterable[tuple[int, Answer]]:
        """With their numbers, the oldest first."""
        return self._held.items()

    def __iter__(self) -> Iterator[Answer]:
        """The oldest first."""
        return iter(self._held.values())

    def __len__(self) -> int:
        """How many are held."""
        return len(self._held)


Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Signed = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]
Word = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[a-z_]+$")]
Count = Annotated[int, Field(ge=0, le=64)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SituationRecord(_Strict):
    """A Situation in the file."""

    label: Word
    valence: Signed
    arousal: Signed
    confidence: Share
    talk: Word | None
    turns: Count
    recent: Annotated[tuple[Strategy, ...], Field(max_length=8)]
    part: Word | None
    place: Word


class AnswerRecord(_Strict):
    """An Answer in the file."""

    day: date
    strategy: Strategy
    rank: Count
    situation: SituationRecord
    after: Signed | None = None
    verdict: Verdict | None = None
    emotion: Emotion | None = None
    by: Source | None = None

    @classmethod
    def of(cls, answer: Answer) -> AnswerRecord:
        """As it is written."""
        return cls.model_validate(answer, from_attributes=True)

    def answer(self) -> Answer:
        """As it was."""
        situation = self.situation.model_dump() | {"recent": tuple(one.value for one in self.situation.recent)}
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return Answer(**fields | {"strategy": self.strategy.value, "situation": Situation(**situation)})


class LearnedRecord(_Strict):
    """The whole file of one profile, as it was before there was a vault."""

    version: Literal[1] = 1
    purpose: Literal["personal"] = "personal"
    profile: str = Field(min_length=1, max_length=32)
    days_kept: int = Field(ge=1, le=366)
    answers: Annotated[tuple[AnswerRecord, ...], Field(max_length=MOST)] = ()
