"""An aggregate as it leaves: the schema is public, and the same on both sides."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from edge.affect import EMOTIONS, UNSURE
from edge.privacy.contribution import Hour, Variances

if TYPE_CHECKING:
    from typing import Any

SCHEMA = 1
LARGEST = 2**53
"""Beyond this JSON's readers no longer agree on whole numbers."""

Noised = Annotated[int, Field(ge=-LARGEST, le=LARGEST, strict=True)]
Variance = Annotated[int, Field(ge=1, le=LARGEST, strict=True)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class MinutesPart(_Strict):
    """Minutes in which each was told longest, with noise; a number may be negative."""

    angry: Noised
    disgust: Noised
    fear: Noised
    happy: Noised
    sad: Noised
    surprise: Noised
    neutral: Noised
    unsure: Noised


class FeedbackPart(_Strict):
    """How often it was said of replies, with noise."""

    helped: Noised
    not_now: Noised
    wrong: Noised


class NoisePart(_Strict):
    """σ² of the noise on every number of a part."""

    minutes: Variance
    valence: Variance
    replies: Variance
    feedback: Variance


class AggregateMessage(_Strict):
    """One hour of one household, clipped and noised. The id is the outbox's: a receiver counts each once."""

    id: str | None = Field(default=None, pattern=r"^[0-9a-f]{32}$")
    schema_: Literal[1] = Field(default=SCHEMA, alias="schema", description="of this form")
    pseudonym: str = Field(pattern=r"^[0-9a-f]{32}$", description="the household's in this calendar month")
    day: date = Field(description="where the household lives")
    hour: int = Field(ge=0, le=23, strict=True, description="of that day, in which the middle of the hour lies")
    minutes: MinutesPart
    valence: Noised = Field(description="sum over minutes with an emotion, in hundredths, with noise")
    replies: Noised
    feedback: FeedbackPart
    noise: NoisePart
    epsilon: float = Field(gt=0, le=2, description="of this message alone, at delta")
    delta: float = Field(gt=0, le=1e-6)

    def counted(self) -> Hour:
        """The numbers in the order of the device's."""
        minutes, feedback = self.minutes, self.feedback
        return Hour(
            tuple(getattr(minutes, label) for label in (*EMOTIONS, UNSURE)),
            self.valence,
            self.replies,
            (feedback.helped, feedback.not_now, feedback.wrong),
        )

    def variances(self) -> Variances:
        """The noise that is on them."""
        return Variances(self.noise.minutes, self.noise.valence, self.noise.replies, self.noise.feedback)

    def payload(self) -> dict[str, Any]:
        """As plain data, without an id: that is given when it is stored."""
        return self.model_dump(mode="json", by_alias=True, exclude={"id"})


def message_of(
    hour: Hour, scales: Variances, *, pseudonym: str, day: date, of_day: int, epsilon: float, delta: float
) -> AggregateMessage:
    """The message for an hour that has its noise; ``of_day`` is the hour of the day, 0 to 23."""
    helped, not_now, wrong = hour.feedback
    return AggregateMessage(
        schema=SCHEMA,
        pseudonym=pseudonym,
        day=day,
        hour=of_day,
        minutes=MinutesPart(**dict(zip((*EMOTIONS, UNSURE), hour.minutes, strict=True))),
        valence=hour.valence,
        replies=hour.replies,
        feedback=FeedbackPart(helped=helped, not_now=not_now, wrong=wrong),
        noise=NoisePart(
            minutes=scales.minutes, valence=scales.valence, replies=scales.replies, feedback=scales.feedback
        ),
        epsilon=epsilon,
        delta=delta,
    )
