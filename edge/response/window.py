"""The window of the generator: control codes, the pieces that were said, and the pieces told back so far, as numbers.

Training fills it by this very code. A piece is known to the net by two hashes (see ``perception.text.features``): of
itself, and of its first letters in English or of the pair with the next piece in Chinese; and by what may be done with
it. What is told back is a row of places in what was said, so the net writes any word and none that was not said; each
comes back into the window with the place that it was taken from.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import EMOTIONS, Emotion, Language
from edge.response.pieces import MOST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.response.pieces import Piece

CONTROLS, STEPS = 4, 26
"""Places for the control codes, and for what is told back."""
WINDOW = CONTROLS + MOST + STEPS
TABLE, RESERVED = 6144, 32
"""Rows of the table of vectors; the first RESERVED stand for nothing (0), the control codes and the beginning."""
BEGINNING = RESERVED - 1
END, NOTHING = 0, 1
"""Choices of the net beside the places: the clause is over; nothing is told back."""
FIRST_PLACE = 2
CHOICES = FIRST_PLACE + MOST
PREFIX = 4
"""First letters of an English word that have a hash of their own."""
KINDS = 18
"""0 for no piece, 1 for a code; from 2 on what may be done with a piece, four bits."""
_LANGUAGES = tuple(Language)


def codes(language: Language, emotion: Emotion | None, *, feeling: bool) -> tuple[int, ...]:
    """Rows of the control codes: language, emotion (None: unsure), and whether what is felt is wanted, or the event."""
    felt = len(EMOTIONS) if emotion is None else EMOTIONS.index(emotion)
    return 1 + _LANGUAGES.index(language), 3 + felt, 11 + feeling, 13


def prompt(said: Sequence[Piece], rows: tuple[int, ...], language: Language) -> tuple[NDArray[np.int32], ...]:
    """The window before anything is told back: ids (WINDOW, 3) and kinds (WINDOW,) in [0, KINDS).

    The first two of the ids are rows of the table, in [0, TABLE), the third is the place that a piece was taken from,
    counted from 1; 0 for what was not told back.
    """
    ids, kinds = np.zeros((WINDOW, 3), np.int32), np.zeros(WINDOW, np.int32)
    ids[:CONTROLS, 0], kinds[:CONTROLS] = rows, 1
    for at, (piece, following) in enumerate(zip(said, (*said[1:], None), strict=True)):
        near = f"{piece.plain[:PREFIX]}-"
        if language is Language.ZH:
            near = piece.plain + (following.plain if following is not None else "")
        ids[CONTROLS + at, :2] = _row(piece.plain, 0), _row(near, 1)
        kinds[CONTROLS + at] = 2 + piece.starts + 2 * piece.ends + 4 * piece.dropped + 8 * piece.mark
    ids[CONTROLS + MOST, 0], kinds[CONTROLS + MOST] = BEGINNING, 1
    return ids, kinds


def tell(ids: NDArray[np.int32], kinds: NDArray[np.int32], step: int, place: int) -> None:
    """Write into the window that the piece at ``place`` was told back at ``step``."""
    to, of = CONTROLS + MOST + step + 1, CONTROLS + place
    if to < WINDOW:
        ids[to, :2], ids[to, 2], kinds[to] = ids[of, :2], place + 1, kinds[of]


def _row(text: str, start: int) -> int:
    return RESERVED + zlib.crc32(text.encode(), start) % (TABLE - RESERVED)
