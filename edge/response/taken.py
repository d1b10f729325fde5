"""What was said, as it is answered: its kind of talk, its feeling, how sure that is, and whether it is hard or good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, Emotion, Sense
from edge.response.leaning import Leaning, leaning
from edge.response.strategy import DOUBTFUL, FELT, PLAIN
from edge.response.talk import Talk

if TYPE_CHECKING:
    from edge.affect import Reading, State
    from edge.understanding.graph.graph import Event

GLADDENS = 0.5
"""Share of joy in what an event brings about from which it is one to be glad of."""
BUILT_ON = frozenset({Talk.STATEMENT, Talk.SHORT, Talk.GRAVE})
"""Talk in which an event is told of; any other is answered as what it is."""
CLEAR_WORDS = 0.8
"""Confidence of the words alone from which their feeling is taken up though the senses together are unsure."""
LIKELY = DOUBTFUL - 0.01
"""Confidence of a feeling that only the words tell: it is asked about, not stated."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How something is answered. ``doubted``: cheerful words are not believed yet."""

    talk: Talk | None
    label: Emotion | None
    confidence: float
    leaning: Leaning | None
    doubted: bool = False


def taken(
    state: State,
    reading: Reading | None,
    talk: Talk | None,
    event: Event | None,
    *,
    mood: Emotion | None,
    enjoyable: bool,
) -> Taken:
    """How it is answered.

    Args:
        state: how the person is doing.
        reading: of the words; None when nothing was said.
        talk: the kind of what was said; None when nothing was.
        event: what it tells of, if it does.
        mood: the last hard feeling of the conversation; None where there was none.
        enjoyable: whether its matter is one to be glad of.
    """
    label, confidence = _answered(state, reading, talk, event)
    leans = leaning(None if reading is None else reading.affect, event)
    doubted = label is Emotion.HAPPY and mood is not None and _by_words_alone(state)
    if doubted:
        label, leans = None, None
    enjoyable |= event is not None and event.feel[EMOTIONS.index(Emotion.HAPPY)] >= GLADDENS
    if talk in BUILT_ON | {Talk.QUESTION} and not enjoyable:
        talk = Talk.GLAD if label is Emotion.HAPPY else talk
        leans = None if leans is Leaning.GOOD else leans
    return Taken(talk, label, confidence, leans, doubted)


def _by_words_alone(state: State) -> bool:
    """Whether no face and no voice speaks for the State: "my friends laughed about it" is then perhaps no joy."""
    return all(sense is Sense.TEXT for sense, _ in state.shares)


def _answered(
    state: State, reading: Reading | None, talk: Talk | None, event: Event | None
) -> tuple[Emotion | None, float]:
    """The label to answer and how sure it is: the State's, unless words were said that do not carry it.

    A smile does not make "well, it is what it is" good news: such words are answered by themselves, naming no feeling.
    And "they lied to me, I am furious" in a voice that does not sound so is taken up as a feeling that is likely, not
    certain, though the State is unsure. What an event never brings about is not taken up, unless the words are clear:
    nobody is told that a sick cat is disgusting.
    """
    said = None if reading is None else reading.affect
    if said is None or talk not in BUILT_ON:
        return state.label, state.confidence
    if state.label is None and said.label in FELT and said.confidence >= CLEAR_WORDS:
        return said.label, min(said.confidence, LIKELY)
    if event is not None and said.confidence < CLEAR_WORDS and event.feel[EMOTIONS.index(said.label)] == 0:
        return None, state.confidence
    carried = state.label in PLAIN or said.label is state.label
    return state.label if carried else None, state.confidence
