"""Which language a text is in, by its script."""

from __future__ import annotations

import re
import unicodedata

from edge.affect import Language

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]")
_LATIN_WORD = re.compile("[A-Za-z\u00c0-\u024f\uff21-\uff3a\uff41-\uff5a]+")
_EMOJI = re.compile("[\u2600-\u27bf\u2b50\u2b55\U0001f300-\U0001faff]")
HAN_PER_WORD = 1.5
"""Characters of a Chinese word, most of which have one or two, so that both scripts are counted in words."""
FOREIGN_SHARE = 1 / 3
"""With at least this share of letters of other scripts a text is not ours; Japanese is about half kana."""


def detect_language(words: str) -> Language:
    """The language of the majority of the words: Chinese when the Han characters make up more words.

    Says nothing about other languages (see ``is_supported``); a text without any letters counts as English.
    """
    if words.isascii():
        return Language.EN
    han = len(_HAN.findall(words)) / HAN_PER_WORD
    return Language.ZH if han > len(_LATIN_WORD.findall(words)) else Language.EN


def language_of(words: str) -> Language | None:
    """The language in which to answer ``words``; None where they are of neither, or of none, as a number is."""
    return detect_language(words) if has_letters(words) and is_supported(words) else None


def is_supported(words: str) -> bool:
    """Whether the letters are mostly Latin or Han; True for a text without letters."""
    if words.isascii():
        return True
    han = len(_HAN.findall(words))
    latin = sum(len(word) for word in _LATIN_WORD.findall(words))
    letters = len(words) if words.isalpha() else sum(1 for c in words if unicodedata.category(c)[0] == "L")
    return letters - han - latin < max(1, letters * FOREIGN_SHARE)


def has_letters(words: str) -> bool:
    """Whether there is any letter of any script."""
    return any(c.isalpha() for c in words)


def has_emoji(words: str) -> bool:
    """Whether there is a pictograph."""
    return _EMOJI.search(words) is not None
