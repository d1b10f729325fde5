"""A sentence as SSML that espeak-ng honours: the range of its pitch, the length of its pauses, names and languages.

What espeak-ng 1.51 does with SSML was measured: ``range`` scales the pitch's range up to 200 % and moves the pitch with
it; ``break`` in the place of a comma gives just that silence; ``lang`` changes the language and comes back, where
``voice`` comes back to a voice that spells characters in English; ``phoneme`` and ``sub`` are ignored, and phonemes are
given as ``[[…]]``, which no text can hold (``plain``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from edge.affect import Language
from edge.outlets.speech.ipa import signs
from edge.outlets.speech.mandarin import PINYIN, SYLLABLE, readings
from edge.outlets.speech.plain import escaped

if TYPE_CHECKING:
    from edge.affect import Style
    from edge.outlets.speech.lexicon import Part

CLAUSE_S = 0.21
"""Silence that espeak-ng makes at a comma, at 165 words a minute."""
AFTER_COMMA_S = 0.06
"""More than a ``break`` says, where a comma stands before it."""
RANGES = (0.0, 2.0)
"""Of ``melody``: beyond 200 % espeak-ng does no more."""
COMMA = re.compile(r"(?<!&amp)(?<!&lt)(?<!&gt)([,;:，、；：])(\s*)(?=\S)")
"""A mark with something after it; the end of an entity is none."""
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9'’.-]*(?: [A-Za-z][A-Za-z0-9'’.-]*)*")


def ssml(parts: list[Part], language: Language, style: Style) -> str:
    """``parts`` of one sentence, every sign in them a sign."""
    body = "".join(_part(part, language) for part in parts)
    body = _paused(body, style.pause)
    low, high = RANGES
    span = round(100 * min(max(style.melody, low), high))
    return f'<speak><prosody range="{span}%">{body}</prosody></speak>' if span != 100 else f"<speak>{body}</speak>"  # noqa: PLR2004 - percent


def _part(part: Part, language: Language) -> str:
    if language is Language.ZH:
        return _chinese(part.text)
    if part.ipa is not None:
        return f" [[{signs(part.ipa)}]] "  # without a space after it espeak-ng reads the next tag aloud
    return escaped(part.text)


def _chinese(text: str) -> str:
    """Chinese with its readings; Latin letters are English, unless they are pinyin."""
    if PINYIN.fullmatch(text):
        return _syllables(text)
    pieces, at = [], 0
    for match in LATIN.finditer(text):
        pieces.append(_read(text[at : match.start()]))
        pieces.append(f'<lang xml:lang="en">{escaped(match.group())}</lang>')
        at = match.end()
    return "".join([*pieces, _read(text[at:])])


def _read(text: str) -> str:
    return "".join(escaped(word) if reading is None else _syllables(reading) for word, reading in readings(text))


def _syllables(pinyin: str) -> str:
    """Syllables apart, as the engine reads characters: together they would be said faster than what is around them."""
    return f" {' '.join(SYLLABLE.findall(pinyin))} "


def _paused(body: str, pause: float) -> str:
    """The pauses at commas as long as ``pause`` says; what is usual stays as the engine makes it.

    No comma stands within a tag, and one between digits is none.
    """
    if pause == 1.0:
        return body
    milliseconds = round(1000 * CLAUSE_S * max(0.0, pause))

    def mark(match: re.Match[str]) -> str:
        before, after = body[match.start() - 1 : match.start()], body[match.end() : match.end() + 1]
        if (before.isdigit() and after.isdigit()) or (match.group(1) in ";:" and not match.group(2)):
            return match.group()
        if pause > 1.0:
            return f'{match.group(1)} <break time="{max(0, milliseconds - round(1000 * AFTER_COMMA_S))}ms"/>'
        return f' <break time="{milliseconds}ms"/>'

    return COMMA.sub(mark, body)
