"""Pictographs, emoticons and bracketed faces: what they say of the feeling."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from edge.affect import Emotion
from edge.perception.text.lexicon.lookup import read
from edge.perception.text.normalise import normalised


class Signs(NamedTuple):
    """Each feeling once, in order; ``ironic`` when one rolls its eyes, ``laughs`` when laughter is typed."""

    emotions: tuple[Emotion, ...]
    ironic: bool
    laughs: bool = False


LONGEST = 40
"""Characters of an emoticon, at most."""
_LAUGHTER = re.compile(
    r"(?=[2hjklrx])(?<![a-z0-9])(?:23{2,}|hh+|(?:ha|he|ja)(?:ha|he|ja)+h?|kk+|lo+l|lmf?ao|rofl|xs+wl)(?![a-z0-9])"
)
"""Typed laughter, of which no list has every length: 2333 and hhh in Chinese, haha and lol in English."""
_MAYBE_DRAWN = re.compile(r"[^\w\s,.!?'\"，。！？、；-]|_|q[aw]q|tat|orz|t\.t|xd|o\.o|凸")
"""Any text with an emoticon, pictograph or bracket in it has one of these; most texts have none and are done."""
NONE = Signs((), ironic=False)
LAUGHS = Signs((), ironic=False, laughs=True)


def signs(text: str) -> Signs:
    """Those of a normalised ``text``. An emoticon counts where no letter or digit touches it ("3:00" has none)."""
    book = _book()
    found = book.drawn.findall(text) if _MAYBE_DRAWN.search(text) is not None else []
    laughs = _LAUGHTER.search(text) is not None
    if not found:
        return LAUGHS if laughs else NONE
    known = [book.emotion[sign] for sign in found]
    feelings = tuple(dict.fromkeys(emotion for emotion in known if emotion is not None))
    return Signs(feelings, ironic=None in known, laughs=laughs)


class _Book(NamedTuple):
    emotion: dict[str, Emotion | None]
    drawn: re.Pattern[str]


@cache
def _book() -> _Book:
    content = read("signs.toml")
    emotion: dict[str, Emotion | None] = dict.fromkeys(content["ironic"]["emoji"])
    for name, characters in content["emoji"].items():
        emotion |= dict.fromkeys(characters, Emotion(name))
    emoji = "".join(sorted(emotion))
    faces: dict[str, Emotion] = {}
    for name, many in content["emoticons"].items():
        faces |= dict.fromkeys((normalised(face, LONGEST) for face in many), Emotion(name))
    for name, many in content["brackets"].items():
        faces |= dict.fromkeys((f"[{word}]" for word in many), Emotion(name))
    longest = sorted(faces, key=len, reverse=True)
    bracketed = "|".join(re.escape(face) for face in longest if face.startswith("["))
    drawings = "|".join(re.escape(face) for face in longest if not face.startswith("["))
    drawn = re.compile(rf"[{emoji}]|{bracketed}|(?<![a-z0-9:;=])(?:{drawings})(?![a-z0-9])")
    return _Book({**emotion, **faces}, drawn)
