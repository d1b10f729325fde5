"""What surrounds the words of feeling: whose it is, and whether it is felt, denied, asked for, imagined or told of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from edge.affect import Emotion, Language
from edge.perception.text.holder import Holder, holder
from edge.perception.text.lexicon.lookup import Kind
from edge.perception.text.lexicon.phrases import Role, phrases
from edge.perception.text.negation import is_denied
from edge.perception.text.signs import Signs, signs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.perception.text.lexicon.lookup import Match, Unit
    from edge.perception.text.lexicon.phrases import Mark

_ENDS = frozenset(".!?;…。！？；")
_PAUSES = frozenset(",，、:：")
_BREAKS = _ENDS | _PAUSES
SHORT_QUESTION = 3
"""Units of a question from which its form is looked at; a shorter one ("Really?") is an exclamation."""


AFTER = 2
"""Units after a word of feeling in which it may still be said that it is over ("I was scared at first")."""


class Status(Enum):
    """What the text says of a feeling that it names."""

    FELT = auto()
    DENIED = auto()
    ASKED = auto()
    IMAGINED = auto()
    MISSED = auto()
    PAST = auto()
    OTHERS = auto()


class Place(Enum):
    """Where a feeling stands: where the weight lies, before a later feeling, or in what a contrast concedes."""

    MAIN = auto()
    EARLIER = auto()
    YIELDING = auto()


@dataclass(frozen=True, slots=True)
class Feeling:
    """A word or turn of phrase for a feeling, as this text means it.

    It stands in characters ``start`` to ``end`` of the normalised text. ``strength``: 1 heightened, -1 lessened, 0.
    """

    match: Match
    emotion: Emotion
    status: Status
    holder: Holder
    start: int
    end: int
    place: Place = Place.MAIN
    strength: int = 0


class Sentence(NamedTuple):
    """Units ``first`` to ``last`` (exclusive, with its end sign), and the marks in them."""

    first: int
    last: int
    question: bool
    marks: tuple[Mark, ...]

    def has(self, role: Role) -> bool:
        """Whether a phrase of this role is in it."""
        return any(role in mark.roles for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Context:
    """What was found in one normalised text.

    Attributes:
        feelings: all that are named, in order.
        signs: what pictographs say.
        parts: (start, end) characters of each part that is read by itself, in order; one when nothing divides it.
        contrast: the first word of contrast, if any.
        wish: something is wished for that isn't so.
        reproach: another is wished to change.
        supposed: a sentence supposes something.
        asked: all it does is ask something that isn't about the speaker.
        reported: a sentence tells what others say, without the speaker in it.
        ironic: praise stands beside something that went wrong.
    """

    feelings: tuple[Feeling, ...]
    signs: Signs
    parts: tuple[tuple[int, int], ...]
    contrast: str | None = None
    wish: bool = False
    reproach: bool = False
    supposed: bool = False
    asked: bool = False
    reported: bool = False
    ironic: bool = False


def analyse(text: str, units: Sequence[Unit], found: Sequence[Match], language: Language) -> Context:
    """The Context of a normalised ``text`` with its ``units`` and the lexicon's entries ``found`` in them."""
    book = phrases(language)
    sentences = _sentences(text, units, book.find(units))
    yielding, cuts, contrast = _contrasts(units, sentences)
    feelings: list[Feeling] = []
    index = 0
    for sentence in sentences:
        here = []
        while index < len(found) and found[index].first < sentence.last:
            here.append(found[index])
            index += 1
        feelings += _feelings(sentence, units, here, language)
    wish = any(sentence.has(Role.WISH) for sentence in sentences)
    signs_found = signs(text)
    return Context(
        feelings=tuple(_placed(feelings, sentences, yielding)),
        signs=signs_found,
        parts=_parts(text, units, sentences, cuts),
        contrast=contrast,
        wish=wish,
        reproach=any(sentence.has(Role.REPROACH) for sentence in sentences),
        supposed=not wish and bool(sentences) and sentences[-1].has(Role.CONDITIONAL),
        asked=bool(sentences) and all(_only_asks(sentence) for sentence in sentences),
        reported=any(s.has(Role.REPORT) and not s.has(Role.FIRST) for s in sentences),
        ironic=signs_found.ironic or _ironic(feelings, sentences, units),
    )


def _sentences(text: str, units: Sequence[Unit], marks: Sequence[Mark]) -> list[Sentence]:
    found: list[Sentence] = []
    first = mark = 0
    for index, unit in enumerate(units):
        last = index + 1
        if last < len(units):
            if unit.text not in _ENDS or units[last].text in _ENDS:
                continue
            if unit.text == "." and unit.end < len(text) and not text[unit.end].isspace():
                continue  # 3.5, or the middle of an address
        here = []
        while mark < len(marks) and marks[mark].first < last:
            here.append(marks[mark])
            mark += 1
        question = any(units[i].text == "?" for i in range(max(first, last - 3), last))
        found.append(Sentence(first, last, question, tuple(here)))
        first = last
    return found


def _contrasts(
    units: Sequence[Unit], sentences: Sequence[Sentence]
) -> tuple[list[tuple[int, int]], list[int], str | None]:
    """Units that yield to what they are contrasted with, the units at which the text is cut, and the word for it."""
    yielding: list[tuple[int, int]] = []
    cuts: list[int] = []
    word: str | None = None
    for sentence in sentences:
        last_cut = None
        for mark in sentence.marks:
            if Role.CONCESSION in mark.roles:
                end = mark.last
                while end < sentence.last and units[end].text not in _PAUSES:
                    end += 1
                yielding.append((mark.first, end))
                if end + 1 < sentence.last:
                    last_cut = end + 1
                    word = word or "".join(unit.text for unit in units[mark.first : mark.last])
            elif Role.CONTRAST in mark.roles and sentence.first < mark.first and _goes_on(mark.last, sentence, units):
                yielding.append((sentence.first, mark.first))
                last_cut = mark.last
                word = " ".join(unit.text for unit in units[mark.first : mark.last]).rstrip(",")
        if last_cut is not None:
            cuts.append(last_cut)
    return yielding, cuts, word


def _goes_on(place: int, sentence: Sentence, units: Sequence[Unit]) -> bool:
    """Whether anything but its end follows in the sentence."""
    return place < sentence.last and units[place].text not in _ENDS


def _feelings(sentence: Sentence, units: Sequence[Unit], found: Sequence[Match], language: Language) -> list[Feeling]:
    book = phrases(language)
    feelings = []
    for index, match in enumerate(found):
        emotion = match.entry.emotion
        if emotion is None:
            continue
        whose = holder(match, sentence.first, sentence.marks, units, language)
        is_state = match.text in book.states
        felt = not match.entry.idiom or is_state
        status = Status.FELT
        before = [mark for mark in sentence.marks if mark.last <= match.first]
        if emotion is not Emotion.NEUTRAL and is_denied(index, found, language):
            status = Status.DENIED
        elif _asked(sentence, match, whose, is_state=is_state):
            status = Status.ASKED
        elif any(Role.MISSED in mark.roles for mark in before):
            status = Status.MISSED
        elif felt and any(
            (not match.entry.mild and Role.CONDITIONAL in mark.roles) or (is_state and Role.MAYBE in mark.roles)
            for mark in before
        ):
            status = Status.IMAGINED
        elif felt and any(Role.PAST in mark.roles and mark.first - match.last <= AFTER for mark in sentence.marks):
            status = Status.PAST
        elif (is_state and whose is Holder.THIRD) or (
            whose is Holder.THIRD
            and not match.entry.mild
            and any(Role.REPORT in m.roles for m in before)
            and not sentence.has(Role.FIRST)
        ):
            status = Status.OTHERS
        start, end = units[match.first].start, units[match.last - 1].end
        strength = _strength(index, found, sentence)
        feelings.append(Feeling(match, emotion, status, whose, start, end, strength=strength))
    return feelings


def _asked(sentence: Sentence, match: Match, whose: Holder, *, is_state: bool) -> bool:
    """Whether the feeling is what a question is about: another's, or nobody's in particular."""
    if not sentence.question or whose is Holder.FIRST or (match.entry.idiom and not is_state):
        return False
    if sentence.has(Role.REQUEST) or (is_state and whose in (Holder.SECOND, Holder.THIRD)):
        return True
    return (is_state or (match.entry.mild and not match.entry.idiom)) and _only_asks(sentence)


def _only_asks(sentence: Sentence) -> bool:
    """Whether a sentence is a question by its form, and the speaker isn't in it."""
    if not sentence.question or sentence.last - sentence.first < SHORT_QUESTION:
        return False
    return not sentence.has(Role.FIRST) and (sentence.has(Role.OPENER) or sentence.has(Role.REQUEST))


def _strength(index: int, found: Sequence[Match], sentence: Sentence) -> int:
    match = found[index]
    if any(Role.DIMINISHER in mark.roles and 0 <= match.first - mark.last <= 1 for mark in sentence.marks):
        return -1
    before = found[index - 1] if index else None
    after = found[index + 1] if index + 1 < len(found) else None
    if before is not None and before.entry.kind is Kind.INTENSIFIER and match.first - before.last <= 1:
        return 1
    return int(after is not None and after.entry.kind is Kind.INTENSIFIER and after.first - match.last <= 1)


def _placed(
    feelings: Sequence[Feeling], sentences: Sequence[Sentence], yielding: Sequence[tuple[int, int]]
) -> list[Feeling]:
    """The feelings with their places. One yields, or is earlier, only where another feeling is told after it."""
    placed = []
    for feeling in feelings:
        first = feeling.match.first
        place = Place.MAIN
        if any(begin <= first < end for begin, end in yielding):
            place = Place.YIELDING
        else:
            end = next(sentence.last for sentence in sentences if first < sentence.last)
            if any(other.match.first >= end and other.status is Status.FELT for other in feelings):
                place = Place.EARLIER
        placed.append(feeling if place is Place.MAIN else replace(feeling, place=place))
    return placed


def _parts(
    text: str, units: Sequence[Unit], sentences: Sequence[Sentence], cuts: Sequence[int]
) -> tuple[tuple[int, int], ...]:
    """Sentences, each without what is conceded in it, as characters of the text; signs stay with what they end."""
    if len(sentences) < 2 and not cuts:  # noqa: PLR2004 - one sentence, undivided
        return ((0, len(text)),)
    parts = []
    for number, sentence in enumerate(sentences):
        first = next((cut for cut in cuts if sentence.first <= cut < sentence.last), sentence.first)
        start = units[first].start
        end = units[sentences[number + 1].first].start if number + 1 < len(sentences) else len(text)
        parts.append((start, end))
    return tuple(parts)


def _ironic(feelings: Sequence[Feeling], sentences: Sequence[Sentence], units: Sequence[Unit]) -> bool:
    """Praise of an ironic form beside a mishap, or a form that is never meant as it says."""
    if any(_exclaimed(sentence, feelings, units) for sentence in sentences) and any(
        s.has(Role.MISHAP) for s in sentences
    ):
        return True
    return any(s.has(Role.SARCASM) or (s.has(Role.IRONY) and s.has(Role.MISHAP)) for s in sentences)


def _exclaimed(sentence: Sentence, feelings: Sequence[Feeling], units: Sequence[Unit]) -> bool:
    """Whether the sentence begins with a word of praise by itself, as an exclamation: "Great, now …", "太好了，又…"."""
    return any(
        feeling.emotion is Emotion.HAPPY
        and feeling.status is Status.FELT
        and 0 <= feeling.match.first - sentence.first <= 1
        and feeling.match.last < sentence.last
        and feeling.holder is Holder.NOBODY
        and units[feeling.match.last].text in _BREAKS
        and any(mark.first >= feeling.match.last for mark in sentence.marks if Role.MISHAP in mark.roles)
        and not any(Role.CONTRAST in mark.roles for mark in sentence.marks)
        for feeling in feelings
    )
