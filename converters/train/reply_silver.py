"""Pairs from text that nobody paired: what a rule would tell back of a real sentence, so that real words are seen.

The rule takes the stretch that the checker allows and that says most about the person. It knows nothing of what
matters in a sentence; that the net learns from the corpora.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from converters.corpora.reflections import Pair
from edge.affect import Language
from edge.response.checker import refusal, untellable
from edge.response.generate import COMMAS
from edge.response.pieces import joined, pieces

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

    from edge.affect import Emotion
    from edge.response.pieces import Piece

USUAL = {Language.EN: 8, Language.ZH: 9}
"""Words or characters of a clause that is just right."""
TRIED = 6
"""Stretches, the best first, that the checker is asked about."""


def silver(words: str, language: Language, emotion: Emotion, area: str) -> Pair:
    """The pair that the rule makes of ``words``; nothing is told back where the checker allows nothing."""
    told = None
    if untellable(words, language) is None:
        said = pieces(words, language)
        for text in sorted(_stretches(said, language), key=lambda one: -_worth(one, language))[:TRIED]:
            if refusal(words, text, language) is None:
                told = text
                break
    return Pair(words, told, language, emotion, feeling=False, area=area, core=words)


def _stretches(said: list[Piece], language: Language) -> list[str]:
    found = []
    for first, piece in enumerate(said):
        if not piece.starts:
            continue
        kept: list[str] = []
        commas = 0
        for at in range(first, len(said)):
            one = said[at]
            commas += one.mark
            if one.stop or commas > COMMAS:
                break
            if not one.dropped or at == first:
                kept.append(one.told)
            if one.ends and not one.dropped:
                found.append(joined(kept, language))
    return found


def _worth(text: str, language: Language) -> float:
    size = len(text.split()) if language is Language.EN else len(text)
    mine = 3.0 * text.startswith(("you", "你")) + 1.5 * ("you" in text or "你" in text)
    return mine - 0.4 * abs(size - USUAL[language]) - 1.0 * ("," in text or "，" in text)


def drawn(  # noqa: PLR0917 - what a draw is made of
    texts: Iterable[tuple[str, Emotion]],
    language: Language,
    area: str,
    most: int,
    nothing: float,
    chance: random.Random,
) -> list[Pair]:
    """At most ``most`` pairs of ``texts`` of which something is told, and ``nothing`` times as many of which not."""
    rows = list(texts)
    chance.shuffle(rows)
    told: list[Pair] = []
    silent: list[Pair] = []
    for words, emotion in rows:
        if len(told) >= most:
            break
        pair = silver(words, language, emotion, area)
        (silent if pair.told is None else told).append(pair)
    return told + silent[: int(nothing * len(told))]
