"""Writes the reflecting clause: a small net points, piece by piece, at what is told back of what the person said.

Constrained decoding: it may begin where a clause begins, go on with the next piece, leap over what carries no fact,
and end where a clause ends. Whatever it makes is checked by code that knows nothing of the net.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, Protocol

from edge.response.checker import refusal, untellable
from edge.response.pieces import joined, pieces
from edge.response.window import END, FIRST_PLACE, NOTHING, STEPS, codes, prompt, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from edge.affect import Emotion, Language
    from edge.response.pieces import Piece

NAME, TASK = "reply-generator", "reply-generator"
INPUTS = ("ids", "kinds")
LABELS = ("end", "nothing")
"""The choices that are no place in what was said, as the card names them."""
LEAST_SURE = 0.5
"""Probability of the whole clause, of all that may be told, below which the template stands in."""
COMMAS = 1
"""Marks within a clause, at most."""


class Net(Protocol):
    """A loaded model: one window in, the scores of every step out."""

    def run(self, *values: NDArray[np.generic]) -> tuple[NDArray[np.float32], ...]:
        """Scores (1, STEPS, CHOICES) of ids (1, WINDOW, 3) and kinds (1, WINDOW)."""
        ...


class Clause(NamedTuple):
    """What may be told back, the person being "you" in it; ``sure`` is its probability under the net."""

    text: str
    sure: float


def clause(
    net: Net, words: str, language: Language, emotion: Emotion | None, *, feeling: bool, least: float = LEAST_SURE
) -> Clause | None:
    """The clause of ``words`` to tell back; None where the net has none, is not sure, or is refused by the checker.

    Args:
        net: the model.
        words: what the person said; never crisis talk, which does not come here.
        language: of the words.
        emotion: what is felt, None where that is unsure: of two things that are told it decides which.
        feeling: whether what is felt is wanted, or what happened.
        least: probability that the clause must have.
    """
    if untellable(words, language) is not None:
        return None
    found = decode(net, pieces(words, language), language, emotion, feeling=feeling)
    if found is None or found.sure < least or refusal(words, found.text, language) is not None:
        return None
    return found


def decode(
    net: Net, said: Sequence[Piece], language: Language, emotion: Emotion | None, *, feeling: bool
) -> Clause | None:
    """The likeliest row of pieces, choice by choice, within what is allowed; None where that is nothing."""
    if not said:
        return None
    ids, kinds = prompt(said, codes(language, emotion, feeling=feeling), language)
    told: list[int] = []
    logarithm = 0.0
    for step in range(STEPS):
        allowed = choices(said, told)
        if not allowed:
            return None
        (scores,) = net.run(ids[None], kinds[None])
        row: list[float] = scores[0, step].tolist()
        best = max(allowed, key=lambda choice: row[choice])
        logarithm -= math.log(sum(math.exp(row[choice] - row[best]) for choice in allowed))
        if best == NOTHING:
            return None
        if best == END:
            return Clause(joined([said[place].told for place in told], language), math.exp(logarithm))
        place = best - FIRST_PLACE
        told.append(place)
        tell(ids, kinds, step, place)
    return None


def choices(said: Sequence[Piece], told: Sequence[int]) -> list[int]:
    """What may come next: END, NOTHING, or 2 + a place in ``said``."""
    if not told:
        return [NOTHING, *(FIRST_PLACE + place for place, piece in enumerate(said) if piece.starts)]
    allowed = [END] if said[told[-1]].ends else []
    commas = sum(said[place].mark for place in told)
    for place in range(told[-1] + 1, len(said)):
        piece = said[place]
        if piece.stop:
            break
        if not piece.mark or commas < COMMAS:
            allowed.append(FIRST_PLACE + place)
        if not piece.dropped:
            break
    return allowed
