"""One language's small words: how kinds of talk are recognised, and how cues, senses, topics and sureness are said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import Field

from edge.affect import Emotion, Language, Sense
from edge.response.signs import SPEAKS_FOR, sign, speaks_for
from edge.response.talk import LISTED, Talk, sayable
from edge.section import Section

if TYPE_CHECKING:
    from edge.affect import Cue, State

NOTABLE = 0.3
"""Strength from which a cue is worth saying; below it the value is close to usual (``Cue.strength``)."""
SURENESS_STEPS = (0.5, 0.75)
"""Confidence below which the device says that it is not very sure, and from which it says that it is quite sure."""


class Phrases(Section):
    """Phrases of one kind of talk: ``whole`` when they are all that was said, ``part`` when they occur in it.

    ``begin`` is for pleasantries: what is mostly clauses that are ``whole`` or begin so is of that kind.
    """

    whole: frozenset[str] = Field(
        default=frozenset(), title="Whole", description="all that was said, without punctuation"
    )
    part: tuple[str, ...] = Field(default=(), title="Part", description="occurs in what was said")
    begin: tuple[str, ...] = Field(default=(), title="Begin", description="how a clause of a pleasantry begins")


class WordingFile(Section):
    """The content of ``wording.toml``."""

    talk: dict[Talk, Phrases] = Field(title="Talk", description="how each kind of talk is recognised")
    question_starts: tuple[str, ...] = Field(title="Question starts", description="how a question begins")
    question_ends: tuple[str, ...] = Field(title="Question ends", description="how a question ends, without its mark")
    wonders: tuple[str, ...] = Field(title="Wonders", description="how a question begins that is a worry")
    tags: frozenset[str] = Field(title="Tags", description="a last clause with which a statement only asks for a nod")
    leads: tuple[str, ...] = Field(title="Leads", description="dropped from the beginning of a quoted piece")
    trails: tuple[str, ...] = Field(title="Trails", description="dropped from the end of a quoted piece")
    lowered: frozenset[str] = Field(title="Lowered", description="first words of a piece that lose their capital")
    unquotable: tuple[str, ...] = Field(title="Unquotable", description="a piece that holds one of these is not quoted")
    formal: dict[str, str] = Field(title="Formal", description="a casual phrase: how it is said formally")
    topics: dict[str, tuple[str, ...]] = Field(title="Topics", description="phrase for {topic}: words that call for it")
    cues: dict[str, str] = Field(title="Cues", description="a cue's phrase or name: the clause that says it")
    senses: dict[Sense, str] = Field(title="Senses", description="how each sense is named")
    senses_join: str = Field(title="Joint", description="stands between two senses")
    sureness: tuple[str, str, str] = Field(title="Sureness", description="not very sure, fairly sure, quite sure")
    helped: Phrases = Field(title="Helped", description="says that the latest reply helped")
    felt: dict[Emotion, tuple[str, ...]] = Field(title="Felt", description="words that name each emotion")
    felt_not: tuple[str, ...] = Field(title="Felt not", description="stands before a name that does not hold")


@dataclass(frozen=True, slots=True)
class Wording:
    """The small words of ``language``, checked: every listed kind of talk, every sense and every sign is there."""

    language: Language
    talk: dict[Talk, Phrases]
    question_starts: tuple[str, ...]
    question_ends: tuple[str, ...]
    wonders: tuple[str, ...]
    tags: frozenset[str]
    leads: tuple[str, ...]
    trails: tuple[str, ...]
    lowered: frozenset[str]
    unquotable: tuple[str, ...]
    formal: dict[str, str]
    topics: dict[str, tuple[str, ...]]
    cues: dict[str, str]
    senses: dict[Sense, str]
    senses_join: str
    sureness: tuple[str, str, str]
    helped: Phrases
    felt: dict[Emotion, tuple[str, ...]]
    felt_not: tuple[str, ...]

    @classmethod
    def of(cls, language: Language, file: WordingFile) -> Wording:
        """Wording of a validated file. Raises ValueError naming the kinds of talk, senses and signs that are absent."""
        absent = [kind.value for kind in LISTED if kind not in file.talk]
        absent += [sense.value for sense in Sense if sense not in file.senses]
        absent += [sign for sign in SPEAKS_FOR if sign not in file.cues]
        absent += [emotion.value for emotion in Emotion if emotion not in file.felt]
        if absent:
            message = f"it lacks {', '.join(absent)}"
            raise ValueError(message)
        return cls(language, **{name: getattr(file, name) for name in WordingFile.model_fields})

    def cue(self, state: State, words: str) -> tuple[str, bool] | None:
        """A clause for the strongest notable cue that speaks for the label, and whether it quotes the person.

        What the latest ``words`` themselves hold is not quoted: nobody is told that they just asked a question.
        """
        for cue in sorted(state.cues, key=lambda cue: -cue.strength):
            told = cue.strength >= NOTABLE and speaks_for(cue, state.label)
            just_said = cue.quotes and cue.phrase.strip('"').lower() in words.lower()
            clause = self._clause(cue) if told and not just_said else None
            if clause is not None:
                return clause, cue.quotes
        return None

    def _clause(self, cue: Cue) -> str | None:
        """The clause for the cue's phrase, else the one for its name, with what was said in ``{said}``."""
        clause = self.cues.get(sign(cue), self.cues.get(cue.name))
        if clause is None or "{said}" not in clause:
            return clause
        said = cue.phrase.strip('"')
        return clause.format(said=said) if sayable(said, self) else None

    def senses_in(self, state: State) -> str | None:
        """The senses in use, joined; None when there are none."""
        used = [self.senses[sense] for sense, _ in state.shares]
        if not used:
            return None
        *first, last = used
        comma = ", " if self.language is Language.EN else "、"
        return self.senses_join.join([comma.join(first), last]) if first else last

    def sure(self, confidence: float) -> str:
        """How sure the device is, in words."""
        return self.sureness[sum(confidence >= step for step in SURENESS_STEPS)]
