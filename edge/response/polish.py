"""The last touch on a text: spaces, punctuation and capitals as each language writes them."""

from __future__ import annotations

import re

from edge.affect import Language

_SPACES = re.compile(r"\s+")
_SPACE_BEFORE = re.compile(r"\s+([,.;:!?])")
_DOUBLED = re.compile(r"([,.;:!?，。；：！？])(?:\s*[,.;:!?，。；：！？])+")
_FULL_WIDTH = str.maketrans({",": "，", ";": "；", ":": "：", "!": "！", "?": "？"})
_PERIOD = re.compile(r"(?<!\d)\.|\.(?!\d)")
_HAN_SPACE = re.compile(r"(?<=[\u4e00-\u9fff，。；：！？“”])\s+|\s+(?=[\u4e00-\u9fff，。；：！？“”])")
_SENTENCE_START = re.compile(r"(^|[.!?]\s+)([“\"]?)([a-z])")
_TERMINAL = {Language.EN: (".", "!", "?", ".”", "!”", "?”"), Language.ZH: ("。", "！", "？", "。”", "！”", "？”")}
_FULL_STOP = {Language.EN: ".", Language.ZH: "。"}


def polish(text: str, language: Language) -> str:
    """``text`` with single spaces, single punctuation marks of ``language``, capitals (English) and a full stop."""
    text = _SPACES.sub(" ", text).strip()
    if language is Language.ZH:
        text = _PERIOD.sub("。", text.translate(_FULL_WIDTH))
        text = _HAN_SPACE.sub("", text)
    else:
        text = _SPACE_BEFORE.sub(r"\1", text)
    text = _DOUBLED.sub(r"\1", text)
    if language is Language.EN:
        text = _SENTENCE_START.sub(lambda found: found[1] + found[2] + found[3].upper(), text)
    return text if text.endswith(_TERMINAL[language]) else text.rstrip(" ,;:，；：") + _FULL_STOP[language]
