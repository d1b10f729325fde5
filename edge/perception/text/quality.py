"""How much a text has to say: whether it can be read at all, and how far it is to be trusted."""

from __future__ import annotations

from edge.perception.text.language import has_emoji, has_letters, is_supported

FULL_KNOWN = 0.4
"""Share of known words from which it does not lower the quality; everyday English and Chinese have 0.7 and more."""
LEAST_KNOWN = 0.15
"""A text of FOREIGN_WORDS words or more with a lower share is another language in Latin script, or noise."""
FOREIGN_WORDS = 4
SHORT = 0.5
"""Quality of a single word."""


def refusal(text: str) -> str | None:
    """Why a normalised text cannot be read, by its characters alone; None when it can."""
    if not has_letters(text):
        return None if has_emoji(text) else "no words"
    return None if is_supported(text) else "language not supported"


def unknown(words: int, known_share: float) -> str | None:
    """Why a text with ``words`` words of which ``known_share`` are known cannot be read; None when it can."""
    return "language not supported" if words >= FOREIGN_WORDS and known_share < LEAST_KNOWN else None


def quality(words: float, known_share: float, full_words: int) -> float:
    """Quality in [0, 1] from the length in words and the share of known words."""
    length = SHORT + (1 - SHORT) * min(1.0, max(0.0, words - 1) / max(1, full_words - 1))
    return length * min(1.0, known_share / FULL_KNOWN)
