"""A State in words, for a person who asks why: in English, or in another language that has a phrasebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import Language
from edge.understanding.wording.phrasebook import ours, phrasebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.affect import Cue, State
    from edge.understanding.wording.phrasebook import Phrasebook

MINUTE_S = 60
SHORT_S = 9.5
"""Seconds up to which a tenth of one matters."""


def explain(
    state: State, *, quoting: bool, language: Language = Language.EN, lasted_s: float | None = None
) -> list[str]:
    """Sentences: what is believed, since when, from which senses and signs, what would change it, what is missing.

    Args:
        state: what to explain.
        quoting: whether signs that repeat what the person said are told; False for whatever is stored or sent. Then
            only signs are told that are made of the program's own words, whatever they claim of themselves.
        language: of the sentences.
        lasted_s: seconds for which the same was told; None where nobody knows.
    """
    book = phrasebook(language)
    return [*_belief(state, book), *_lasting(lasted_s, book), *_grounds(state, book, quoting=quoting)]


def duration(seconds: float, book: Phrasebook) -> str:
    """``1.5 s``, ``40 s``, ``12 min``, ``1 h 5 min``."""
    if seconds < MINUTE_S:
        return book.say("{n} s", n=f"{max(seconds, 0):.{int(seconds < SHORT_S)}f}")
    minutes = round(seconds / MINUTE_S)
    if minutes < MINUTE_S:
        return book.say("{n} min", n=minutes)
    hours, rest = divmod(minutes, MINUTE_S)
    return book.say("{n} h {n_min} min", n=hours, n_min=rest) if rest else book.say("{n} h", n=hours)


def grounds(state: State, language: Language) -> list[str]:
    """Only what the State rests on: senses, signs, what would change it, what is missing. Nothing that quotes."""
    return list(_grounds(state, phrasebook(language), quoting=False))


def _belief(state: State, book: Phrasebook) -> Iterator[str]:
    if state.label is None:
        yield book.say("Unsure: {reason}.", reason=book.translate(state.reason or ""))
        return
    yield book.say(
        "Probably {emotion} ({n}); valence {n_valence}, arousal {n_arousal}.",
        emotion=book.translate(state.label.value),
        n=f"{state.confidence:.0%}",
        n_valence=f"{state.affect.valence:+.2f}",
        n_arousal=f"{state.affect.arousal:+.2f}",
    )


def _lasting(lasted_s: float | None, book: Phrasebook) -> Iterator[str]:
    if lasted_s is not None:
        yield book.say("It has been so for {time}.", time=duration(lasted_s, book))


def _grounds(state: State, book: Phrasebook, *, quoting: bool) -> Iterator[str]:
    if state.shares:
        told = [
            book.say("the {sense} {n}", sense=book.translate(sense.value), n=f"{share:.0%}")
            for sense, share in state.shares
        ]
        yield book.say("From {shares}.", shares=book.joined(told))
    signs = [_sign(cue, book) for cue in state.cues if quoting or (not cue.quotes and ours(cue.phrase))]
    if signs:
        yield book.say("Signs: {signs}.", signs=book.separated(signs))
    yield from _changes(state, book)
    if state.absent:
        missing = [
            book.say("{sense} ({reason})", sense=book.translate(sense.value), reason=book.translate(why))
            for sense, why in state.absent
        ]
        yield book.say("Not used: {reasons}.", reasons=book.separated(missing))


def _changes(state: State, book: Phrasebook) -> Iterator[str]:
    """What would be told without one of the senses."""
    if not state.shares:
        return
    if not state.without:
        yield book.say("What came before decides, more than what is sensed now.")
        return
    answers = dict(state.without)
    others = [(sense, answers[sense]) for sense, _ in state.shares if answers.get(sense, state.name) != state.name]
    if not others:
        yield book.say("Without any one of them it would be the same.")
        return
    told = [
        book.say("without the {sense} it would be {emotion}", sense=book.translate(sense), emotion=book.translate(name))
        for sense, name in others
    ]
    sentence = book.say("{changes}.", changes=book.chained(told))
    yield sentence[:1].upper() + sentence[1:]


def _sign(cue: Cue, book: Phrasebook) -> str:
    phrase = book.translate(cue.phrase)
    if not cue.unit:
        return phrase
    value = book.translate(f"{cue.value:.3g} {cue.unit}")
    return book.say("{phrase} ({value})", phrase=phrase, value=value)
