"""One template: a text with slots, and when it fits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from edge.response.grammar import Text
from edge.response.strategy import AROUSED

if TYPE_CHECKING:
    from edge.response.settings import ResponseSettings
    from edge.response.strategy import Moment, Strategy

SLOTS = frozenset({"cue", "words", "topic", "name", "device", "senses", "sureness"})
"""What may stand in braces: the strongest cue as a clause, a quoted piece of what was said, what it is about, the
person's and the device's name, the senses in use, and how sure the device is."""
COUNTED = frozenset({"minutes"})
"""Slots for a number: for how many minutes the emotion has lasted."""


class Occasion(StrEnum):
    """What a template answers."""

    SPEECH = "speech"
    SIGHT = "sight"
    ANY = "any"


class Stir(StrEnum):
    """The arousal that a template needs: ``high`` from AROUSED up, ``low`` below."""

    HIGH = "high"
    LOW = "low"


class Turn(StrEnum):
    """Whether it is the first reply to this emotion in a conversation."""

    FIRST = "first"
    LATER = "later"


class Formality(StrEnum):
    """How the person is addressed (``response.formality``)."""

    CASUAL = "casual"
    FORMAL = "formal"


class Warmth(StrEnum):
    """How close the tone may be (``response.warmth``)."""

    PLAIN = "plain"
    WARM = "warm"


class Part(StrEnum):
    """Parts of the day, each up to the next: from 5, 11, 17 and 22 o'clock."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"

    @classmethod
    def at(cls, minute: int) -> Part:
        """The part that ``minute`` of the day (0 to 1439) is in."""
        begins = ((22, cls.NIGHT), (17, cls.EVENING), (11, cls.AFTERNOON), (5, cls.MORNING))
        return next((part for hour, part in begins if minute >= 60 * hour), cls.NIGHT)


@dataclass(frozen=True)
class Template:
    """A text of one strategy about one subject (an emotion, "unsure", or a kind of talk).

    Conditions that are empty or None hold always. ``confidence`` is the least that the State must have: a text that
    names a feeling without hedging asks for much. A text fits only when the slots of one of its readings can be filled.
    """

    subject: str
    strategy: Strategy
    text: str
    on: Occasion = Occasion.SPEECH
    contexts: frozenset[str] = frozenset()
    arousal: Stir | None = None
    confidence: float = 0.0
    turn: Turn | None = None
    day: frozenset[Part] = frozenset()
    formality: Formality | None = None
    warmth: Warmth | None = None

    @cached_property
    def parsed(self) -> Text:
        """``text`` with its alternatives and slots. Raises ValueError when its brackets or braces are wrong."""
        return Text.of(self.text)

    @property
    def slots(self) -> frozenset[str]:
        """Names of the slots in ``text``, in whichever reading."""
        return frozenset(slot.name for slot in self.parsed.slots)

    def suits(self, settings: ResponseSettings, context: str) -> bool:
        """Whether it may be said at all in this place and to this person."""
        return (
            (not self.contexts or context in self.contexts)
            and self.formality in (None, settings.formality)
            and self.warmth in (None, settings.warmth)
        )

    def fits(self, moment: Moment) -> bool:
        """Whether it may be said at this moment."""
        occasion = Occasion.SIGHT if moment.talk is None else Occasion.SPEECH
        stir = Stir.HIGH if moment.arousal >= AROUSED else Stir.LOW
        turn = Turn.FIRST if moment.turns == 0 else Turn.LATER
        return (
            self.on in (occasion, Occasion.ANY)
            and self.arousal in (None, stir)
            and self.turn in (None, turn)
            and (not self.day or (moment.minute is not None and Part.at(moment.minute) in self.day))
            and moment.confidence >= self.confidence
        )
