from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edge.affect import EMOTIONS, Affect, Cue, Emotion, Language, Reading, Sense
from edge.replay.form import Head
from edge.replay.recorder import Recorder
from edge.understanding.fusion import Pool, Trust
from edge.understanding.pooled import parameters_of
from edge.understanding.settings import UnderstandingSettings
from edge.understanding.understanding import Understanding

if TYPE_CHECKING:
    from pathlib import Path

SECOND = 1_000_000_000
SAID = "my secret"
SETTINGS_AT = 4
"""Tenths of a second after which other settings are adopted."""


def reading(sense: Sense = Sense.FACE, at_s: float = 0.0, emotion: Emotion = Emotion.HAPPY) -> Reading:
    affect = Affect.of(tuple(0.7 if e is emotion else 0.05 for e in EMOTIONS))
    return Reading(sense, round(at_s * SECOND), affect, 0.9, (Cue("smile", 4.2, "", "smiling", 0.7),))


def said(at_s: float = 0.0) -> Reading:
    affect = Affect.of(tuple(0.7 if e is Emotion.SAD else 0.05 for e in EMOTIONS))
    quote = Cue("words", 0.4, "", f'"{SAID}"', 0.9, quotes=True)
    return Reading(Sense.TEXT, round(at_s * SECOND), affect, 0.9, (quote,), words=SAID, language=Language.EN)


OWN = Pool({sense: Trust(0.7, offsets=(0.1, 0.0, 0.0, -0.2, 0.0, 0.0, 0.3)) for sense in Sense}, temperature=0.9)
"""What combined the senses where a recording was made: another pool than this device's."""


def head(*, words: bool = False) -> Head:
    settings = UnderstandingSettings(min_confidence=1.0).model_dump(mode="json")
    pool = parameters_of(OWN)
    return Head(device="test", senses=tuple(Sense), words=words, understanding=settings, pool=pool)


def recorder(path: Path, *, words: bool = False, **how: Any) -> Recorder:  # noqa: ANN401 - arguments of Recorder
    how = dict[str, Any]({"limit_bytes": 10_000_000, "tell": lambda _: None}) | how
    return Recorder(path, head(words=words), **how)


def recorded(path: Path, *, words: bool = False, seconds: int = 5) -> Path:
    """A recording of a face, of words, of silence, of other settings, and of a sense that is forgotten."""
    made = recorder(path, words=words, may_keep_words=lambda: True)
    made.start()
    understanding = Understanding(UnderstandingSettings(min_confidence=1.0), OWN)
    made.consented([Sense.FACE, Sense.TEXT], 0)
    for tenth in range(seconds * 10):
        if tenth == SETTINGS_AT:
            other = UnderstandingSettings(min_confidence=0.5)
            understanding.adopt(other)
            made.adopted(other)
        given = said(tenth / 10) if tenth % 17 == 5 else reading(at_s=tenth / 10)
        made.saw(understanding.update(given), given, None, ())
    made.saw(understanding.now((seconds + 1) * SECOND), None, None, ())
    made.saw(understanding.forget(Sense.TEXT, (seconds + 2) * SECOND), None, Sense.TEXT, ())
    made.stop()
    return path
