"""One template: a text with slots, and when it fits."""

from __future__ import annotations

import string
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from edge.response.strategy import AROUSED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.response.strategy import Moment, Strategy

SLOTS = frozenset({"cue", "words", "topic", "name", "device", "senses", "sureness"})
"""What may stand in braces: the strongest cue as a clause, a quoted piece of what was said, what it is about, the
person's and the device's name, the senses in use, and how sure the device is."""


class Occasion(StrEnum):
    """What a template answers."""

    SPEECH = "speech"
    SIGHT = "sight"
    ANY = "any"


class Stir(StrEnum):
    """The arousal that a template needs: ``high`` from AROUSED up, ``low`` below."""

    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Template:
    """A text of one strategy about one subject (an emotion, "unsure", or a kind of talk).

    ``contexts`` empty: every context. ``confidence`` is the least that the State must have: a text that names a
    feeling without hedging asks for much. A text with slots fits only when each of them can be filled.
    """

    subject: str
    strategy: Strategy
    text: str
    on: Occasion = Occasion.SPEECH
    contexts: frozenset[str] = frozenset()
    arousal: Stir | None = None
    confidence: float = 0.0

    @property
    def slots(self) -> frozenset[str]:
        """Names of the slots in ``text``. Raises ValueError when its braces are unbalanced."""
        return slots_of(self.text)

    def fits(self, moment: Moment, context: str, filling: Mapping[str, str]) -> bool:
        """Whether it may be said at this moment, with these slots filled."""
        occasion = Occasion.SIGHT if moment.talk is None else Occasion.SPEECH
        stir = Stir.HIGH if moment.arousal >= AROUSED else Stir.LOW
        return (
            self.on in (occasion, Occasion.ANY)
            and (not self.contexts or context in self.contexts)
            and self.arousal in (None, stir)
            and moment.confidence >= self.confidence
            and self.slots <= filling.keys()
        )


def slots_of(text: str) -> frozenset[str]:
    """Names in braces in ``text``. Raises ValueError when braces are unbalanced."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)
