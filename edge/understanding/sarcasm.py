"""Words that may be meant the other way round: cheerful, while the voice, the face or the news in them are not.

Irony is heard where what is said and how it is said disagree: a flat or slow voice, little or no smile (Rockwell 2000,
Lower, slower, louder: vocal cues of sarcasm, J. Psycholinguistic Research 29; Attardo et al. 2003, Multimodal markers
of irony and sarcasm, Humor 16). These are rules, and no data to measure them was at hand: they only ever make the words
less sure, they never turn them round.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from edge.affect import EMOTIONS, Affect, Cue, Emotion, Language, Reading, Sense
from edge.data_file import read_table
from edge.section import Section
from edge.understanding.graph.graph import graph
from edge.understanding.graph.pattern import Pattern, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.understanding.graph.graph import Words

HARD = frozenset({Emotion.ANGRY, Emotion.DISGUST, Emotion.FEAR, Emotion.SAD})
FLAT = frozenset({"flat melody", "slow speech", "low voice", "long pauses"})
"""Phrases of the voice's cues that go with irony; the face has "mouth corners down" and "brows lowered"."""
FROWNING = frozenset({"mouth corners down", "brows lowered"})
NOTABLE = 0.3
"""Strength from which a cue is a sign; below it the value is close to usual (``Cue.strength``)."""
STRENGTH = 0.8


class SarcasmSettings(Section):
    """When cheerful words are doubted."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"lowered", "cheerful", "contrary", "window_s"})

    lowered: float = Field(
        default=0.5,
        ge=0,
        le=1,
        title="Lowered",
        description="how far words that may be ironic lose their sureness; 0: never, 1: they say nothing any more",
    )
    cheerful: float = Field(
        default=0.4,
        ge=0,
        le=1,
        title="Cheerful words",
        description="probability of joy, alone or with surprise, from which words count as cheerful",
    )
    contrary: float = Field(
        default=0.5,
        ge=0,
        le=1,
        title="Contrary voice or face",
        description="probability that a voice or face needs in a hard feeling, to stand against cheerful words",
    )
    window_s: float = Field(
        default=4.0,
        gt=0,
        le=30,
        title="Window",
        description="seconds around the words within which a voice or face belongs to them",
    )


def doubted(reading: Reading, words: Words, others: Mapping[Sense, Reading], settings: SarcasmSettings) -> Reading:
    """``reading`` of the words, less sure and with the reason as a cue where it may be ironic.

    Args:
        reading: of the text sense.
        words: what was said.
        others: the newest Reading of each other sense.
        settings: see there.
    """
    affect = reading.affect
    if affect is None or settings.lowered == 0 or not _cheerful(affect, settings.cheerful):
        return reading
    marked = _marked(words)
    near = {
        sense: other
        for sense, other in others.items()
        if abs(reading.captured_ns - other.captured_ns) <= settings.window_s * 1e9
    }
    signs = [*_voice(near, settings, marked=marked), *_face(near, settings, marked=marked)]
    if words.found and words.found[0].event.emotion in HARD:
        # What kind of news it was is the person's own: the sign stays on the device.
        signs.append(_sign("cheerful words for bad news: perhaps not meant", quotes=True))
    if not signs:
        return reading
    return replace(reading, affect=tempered(affect, 1 - settings.lowered), cues=(*reading.cues, *signs))


def tempered(affect: Affect, power: float) -> Affect:
    """p^``power``, normalised: 1 changes nothing, 0 makes all emotions alike; valence and arousal shrink by it."""
    powers = [p**power if p > 0 or power == 0 else 0.0 for p in affect.probabilities]
    total = sum(powers)
    return Affect(tuple(p / total for p in powers), affect.valence * power, affect.arousal * power)


def _cheerful(affect: Affect, least: float) -> bool:
    """Joy is likely, or joy and surprise are, and the sum of it is pleasant."""
    joy, surprise = (affect.probabilities[EMOTIONS.index(e)] for e in (Emotion.HAPPY, Emotion.SURPRISE))
    return joy >= least or (joy + surprise >= least and joy > 0 and affect.valence > 0)


def _voice(near: Mapping[Sense, Reading], settings: SarcasmSettings, *, marked: bool) -> list[Cue]:
    """A flat voice alone is no sign, for many speak so; with words that are often ironic it is."""
    voice = near.get(Sense.VOICE)
    if voice is None:
        return []
    if _hard(voice, settings.contrary):
        return [_sign("cheerful words in another voice: perhaps not meant")]
    flat = any(cue.phrase in FLAT and cue.strength >= NOTABLE for cue in voice.cues)
    return [_sign("cheerful words in a flat voice: perhaps not meant")] if flat and marked else []


def _face(near: Mapping[Sense, Reading], settings: SarcasmSettings, *, marked: bool) -> list[Cue]:
    face = near.get(Sense.FACE)
    if face is None:
        return []
    frowns = any(cue.phrase in FROWNING and cue.strength >= NOTABLE for cue in face.cues)
    if _hard(face, settings.contrary) or (frowns and marked):
        return [_sign("cheerful words with another face: perhaps not meant")]
    return []


def _sign(phrase: str, *, quotes: bool = False) -> Cue:
    return Cue("irony", 1.0, "", phrase, STRENGTH, quotes)


def _hard(reading: Reading, least: float) -> bool:
    affect = reading.affect
    return affect is not None and affect.label in HARD and affect.confidence >= least


def _marked(words: Words) -> bool:
    """Whether a phrase is in the words that is often ironic."""
    text = words.text
    return any(pattern.regex.search(text) for pattern in phrases(words.language) if pattern.may_be_in(text))


@cache
def phrases(language: Language) -> tuple[Pattern, ...]:
    """What is often said ironically; read once."""
    written = read_table(files("edge.understanding").joinpath("sarcasm.toml"))
    return tuple(read(one, graph(language).speech) for one in written[language.value])
