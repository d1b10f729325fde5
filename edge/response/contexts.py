"""What each context changes in the manner of answering: data, not code."""

from __future__ import annotations

from dataclasses import dataclass

from edge.affect import Language
from edge.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Manner:
    """How the device answers in one context.

    ``cooldown_s`` stands between a reply and the next remark that nobody asked for; ``remarks`` False: there are none.
    ``longest`` is the greatest length of a reply in characters. English is spoken at about 15 characters a second,
    Chinese at about 4 (150 words, 250 characters a minute), so 60 and 20 are both some four to five seconds.
    """

    cooldown_s: float
    remarks: bool
    longest_en: int
    longest_zh: int
    drives: bool = False
    """Whether the person drives a car there."""

    def longest(self, language: Language) -> int:
        """The greatest length of a reply in ``language``, in characters."""
        return self.longest_en if language is Language.EN else self.longest_zh


MANNERS: dict[str, Manner] = {
    "home": Manner(cooldown_s=45, remarks=True, longest_en=140, longest_zh=46),
    # A driver's eyes and mind are on the road.
    "car": Manner(cooldown_s=120, remarks=True, longest_en=60, longest_zh=20, drives=True),
    # Visitors at a counter came for something else: they are answered, never remarked upon.
    "service": Manner(cooldown_s=120, remarks=False, longest_en=110, longest_zh=38),
    "wellbeing": Manner(cooldown_s=60, remarks=True, longest_en=160, longest_zh=52),
    # A learner is answered and left to think.
    "tutor": Manner(cooldown_s=120, remarks=False, longest_en=110, longest_zh=38),
    "game": Manner(cooldown_s=30, remarks=True, longest_en=80, longest_zh=28),
    # Among several people a remark about one of them exposes that one.
    "social": Manner(cooldown_s=90, remarks=False, longest_en=110, longest_zh=38),
    # No emotion is inferred there, so nothing is answered: a driver is warned, and that is all.
    "work": Manner(cooldown_s=120, remarks=False, longest_en=60, longest_zh=20),
}


def manner(context: str) -> Manner:
    """The manner of ``context``. Raises SettingsError when there is none of that name."""
    try:
        return MANNERS[context]
    except KeyError:
        problem = f"context is {context!r}, which has no manner of answering"
        raise SettingsError(problem, f"Use one of {', '.join(MANNERS)}") from None
