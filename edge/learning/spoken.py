"""Feedback in what a person says. The phrases are those of ``edge/response/templates/<language>/wording.toml``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import Emotion, Language
from edge.learning.feedback import Feedback, Source, Verdict
from edge.response.talk import Talk, kind_of, units

if TYPE_CHECKING:
    from edge.response.wording import Wording


def heard(words: str, wording: Wording) -> Feedback | None:
    """The feedback that ``words`` are, None when they are none.

    A dismissal is "not now". Thanks alone are politeness: only what says that it helped is feedback.
    """
    kind = kind_of(words, wording)
    if kind is Talk.DISMISSAL:
        return Feedback(Verdict.NOT_NOW, Source.SPOKEN)
    if kind is Talk.CORRECTION:
        return Feedback(Verdict.WRONG, Source.SPOKEN, named(words, wording))
    if _joined(words, wording) in wording.helped.whole:
        return Feedback(Verdict.HELPED, Source.SPOKEN)
    return None


def named(words: str, wording: Wording) -> Emotion | None:
    """The one emotion that is named and not denied; None when there is none, or more than one."""
    said = _joined(words, wording)
    space = " " if wording.language is Language.EN else ""
    padded = f"{space}{said}{space}"
    # the longest first, so that a name within another one is not read twice
    names = sorted(((n, emotion) for emotion, of in wording.felt.items() for n in of), key=lambda pair: -len(pair[0]))
    found: set[Emotion] = set()
    for name, emotion in names:
        for no in sorted(wording.felt_not, key=len, reverse=True):
            padded = padded.replace(f"{space}{no}{space}{name}{space}", f"{space}|{space}")
        if f"{space}{name}{space}" in padded:
            found.add(emotion)
            padded = padded.replace(f"{space}{name}{space}", f"{space}|{space}")
    return found.pop() if len(found) == 1 else None


def _joined(words: str, wording: Wording) -> str:
    return (" " if wording.language is Language.EN else "").join(units(words, wording.language))
