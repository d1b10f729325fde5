"""Whether a text is shouted; seen in the words as they were written, before one spelling was made of them."""

from __future__ import annotations

import re

_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}|([!?！？])\s*[!?！？]")
LEAST_LETTERS = 8
"""Fewer capitals may be an abbreviation."""
CAPITALS = 0.7
"""Share of capitals among Latin letters from which a text is written in them."""


def is_loud(words: str) -> bool:
    """Letters drawn out ("sooo", "啊啊啊"), two marks or more ("!!", "?!"), or a text in capitals."""
    if _DRAWN_OUT.search(words) is not None:
        return True
    upper = sum(map(str.isupper, words))
    return upper >= LEAST_LETTERS and upper >= CAPITALS * (upper + sum(map(str.islower, words)))
