"""Mandarin as espeak-ng reads it right: pinyin for the words that it misreads, and the tones of 不 and 一.

espeak-ng's dictionary takes most characters alone, so 音乐 becomes yīn lè and 地方 de fāng. The words in mandarin.txt
are given to it in pinyin, which its voice cmn-latn-pinyin reads as well.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

PINYIN = re.compile(r"(?:[a-zü]+[1-5])+(?: (?:[a-zü]+[1-5])+)*")
"""Syllables with their tones as digits: ``shan4xiong2xin4``."""
SYLLABLE = re.compile(r"[a-zü]+[1-5]")
COUNTED = frozenset("第十百千万零〇一二三四五六七八九两期周月号年点")
"""After these 一 is a number, which keeps the first tone: 第一, 十一, 星期一."""
NUMBERED = frozenset("月号日年二三四五六七八九十〇零")
"""Before these as well: 一月, 一二三."""


@cache
def _data() -> tuple[dict[str, str], frozenset[str]]:
    words: dict[str, str] = {}
    fourth: set[str] = set()
    for line in files(__package__).joinpath("mandarin.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("+ "):
            fourth.update(line[2:])
        elif line and not line.startswith("#"):
            word, _, reading = line.partition(" ")
            words[word] = reading
    return words, frozenset(fourth)


@cache
def _pattern() -> re.Pattern[str]:
    words = sorted(_data()[0], key=len, reverse=True)
    return re.compile("|".join([*words, "不", "一"]))


def readings(text: str) -> list[tuple[str, str | None]]:
    """``text`` in stretches, each with its pinyin where it must be told: [("我爱", None), ("音乐", "yin1yue4")]."""
    words, _ = _data()
    found: list[tuple[str, str | None]] = []
    at = 0
    for match in _pattern().finditer(text):
        word = match.group()
        reading = words.get(word) or _sandhi(text, match.start())
        if reading is None:
            continue
        if match.start() > at:
            found.append((text[at : match.start()], None))
        found.append((word, reading))
        at = match.end()
    return [*found, (text[at:], None)] if at < len(text) else found


def _sandhi(text: str, at: int) -> str | None:
    """不 and 一 change their tone with what follows (GB/T 16159-2012, 7.2); None where they keep their own."""
    after, before = text[at + 1 : at + 2], text[at - 1 : at] if at else ""
    if not after or not "\u4e00" <= after <= "\u9fff":
        return None
    if before == after:
        return "yi5" if text[at] == "一" else "bu5"  # 看一看, 好不好: between the two it is light
    falling = after in _data()[1] or after == "个"
    if text[at] == "不":
        return "bu2" if falling else None
    if before in COUNTED or after in NUMBERED:
        return None
    return "yi2" if falling else "yi4"
