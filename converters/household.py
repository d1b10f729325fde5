"""A simulated household: people whom different answers help, and the moments in which they are answered.

Nobody's data is in it. A person is a table of how much each kind of answer helps when they feel this or that, in
logits, with chance of their own on top; by it they say "that helped" or "not now", now and then. What is said to them
comes from the device's own rules, so that a choice is only ever among what a rule allows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp
from typing import TYPE_CHECKING

import numpy as np

from edge.affect import CIRCUMPLEX, Emotion
from edge.learning.situation import LABELS
from edge.response.strategy import AROUSED, RECENT, Moment, Rule, Strategy, order, rule_for
from edge.response.talk import Talk
from edge.response.template import Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Logits = dict[Strategy, float]
QUESTION, RESTATE, REFLECT, AFFIRM = Strategy.QUESTION, Strategy.RESTATE, Strategy.REFLECT, Strategy.AFFIRM
REASSURE, SUGGEST = Strategy.REASSURE, Strategy.SUGGEST
CHOSEN_FROM = (QUESTION, RESTATE, REFLECT, AFFIRM, REASSURE, SUGGEST)
"""Strategies among which a rule ever lets choose."""
ANSWERED_BY = (*CHOSEN_FROM, Strategy.INFORM, Strategy.SILENT)
"""All that they are ever answered by: to act on the home is not simulated, and a new strategy changes nobody."""
OTHERS = "others"
"""What holds for the labels that a person's table does not name."""
ANSWERED = 0.3
"""Share of replies of which anything is said."""
TIRES = 0.6
"""Logits that an answer loses when all of the latest three were of its kind."""
OWN = 0.4
"""Deviation of the chance that each person adds to their kind's table, in logits."""
UTTERED = ((Talk.STATEMENT, 0.85), (Talk.SHORT, 0.1), (None, 0.05))
FELT = (
    (Emotion.ANGRY, 0.18),
    (Emotion.SAD, 0.2),
    (Emotion.FEAR, 0.14),
    (Emotion.HAPPY, 0.16),
    (Emotion.SURPRISE, 0.07),
    (Emotion.DISGUST, 0.05),
    (Emotion.NEUTRAL, 0.1),
    (None, 0.1),
)
"""What a conversation is about; None: the device is unsure."""
TURNS = (2, 7)
"""Replies in a conversation, at least and at most."""

KINDS: dict[str, dict[str, Logits]] = {
    # Wants something to do when angry and no questions, to be asked when sad, to be steadied when afraid.
    "doer": {
        "angry": {SUGGEST: 2.0, REFLECT: 0.5, RESTATE: 0.0, AFFIRM: 0.5, REASSURE: -1.0, QUESTION: -1.5},
        "sad": {QUESTION: 2.0, RESTATE: 0.5, REFLECT: -1.0, AFFIRM: -1.0, REASSURE: -0.5, SUGGEST: -1.5},
        "fear": {REASSURE: 1.5, SUGGEST: 1.0, AFFIRM: 0.5, REFLECT: -0.5, RESTATE: -1.0, QUESTION: -1.5},
        "happy": {QUESTION: 1.5, AFFIRM: 0.0, REFLECT: -1.0},
        OTHERS: {AFFIRM: 1.0, REFLECT: 0.5, REASSURE: 0.0, RESTATE: 0.0, QUESTION: -0.5, SUGGEST: 0.0},
    },
    # No questions, whatever it is.
    "quiet": {OTHERS: {QUESTION: -1.5, RESTATE: -1.0, REFLECT: 0.5, AFFIRM: 1.5, REASSURE: 1.0, SUGGEST: -0.5}},
    # Wants to be asked, whatever it is.
    "talker": {OTHERS: {QUESTION: 1.5, RESTATE: 1.0, REFLECT: 0.0, AFFIRM: -1.0, REASSURE: -1.0, SUGGEST: 0.5}},
    # Is helped by anything, as often: there is nothing to learn.
    "easy": {OTHERS: dict.fromkeys(CHOSEN_FROM, 0.8)},
}
SPEAKING: Logits = {QUESTION: 1.5, RESTATE: 0.5, REFLECT: -0.5, AFFIRM: -1.0, REASSURE: -0.5, SUGGEST: 1.0}
RESTING: Logits = {QUESTION: -1.5, RESTATE: -1.0, REFLECT: 1.0, AFFIRM: 1.5, REASSURE: 1.0, SUGGEST: -1.0}
"""By day and in the evening, for the kind "evening"; with arousal below and from AROUSED, for the kind "stirred"."""
RULES_STEP = 0.8
"""Logits between two places in the rules' order, for the kind whom the rules fit."""
DEPENDING = ("doer", "evening", "stirred", "anybody")
"""People to whom not the same helps always: the household …"""
STEADY = ("quiet", "talker", "as the rules", "easy")
"""… and people to whom it does, for whom nothing can be better than the one order that suits them."""
ANYBODY = 1.2
"""Deviation of the chance in each cell that makes "anybody", who has no table, in logits."""


@dataclass(slots=True)
class Person:
    """Of one kind, of DEPENDING or STEADY; which of them in particular, ``random`` decides."""

    kind: str
    random: np.random.Generator
    own: dict[tuple[str, Strategy], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Draw what is this person's alone, all of it now, so that nothing depends on what is asked first."""
        for label in LABELS:
            for strategy in ANSWERED_BY:
                self.own[label, strategy] = float(self.random.normal())

    def helped(self, moment: Moment, strategy: Strategy) -> float:
        """Probability that an answer by ``strategy`` helps."""
        label = "unsure" if moment.label is None else moment.label.value
        table = self._table(moment, label)
        spread = ANYBODY if self.kind == "anybody" else 0.0 if self.kind == "easy" else OWN
        logit = (
            table.get(strategy, 0.0)
            + spread * self.own[label, strategy]
            - TIRES * moment.recent.count(strategy) / RECENT
        )
        return 1 / (1 + exp(-logit))

    def _table(self, moment: Moment, label: str) -> Mapping[Strategy, float]:
        if self.kind == "anybody":
            return {}
        if self.kind == "evening":
            late = moment.minute is not None and Part.at(moment.minute) in {Part.EVENING, Part.NIGHT}
            return RESTING if late else SPEAKING
        if self.kind == "stirred":
            return RESTING if moment.arousal >= AROUSED else SPEAKING
        if self.kind == "as the rules":
            ranked = order(rule_for(moment), moment)
            return {strategy: 1.0 - RULES_STEP * place for place, strategy in enumerate(ranked)}
        tables = KINDS[self.kind]
        return tables.get(label, tables[OTHERS])


class Course:
    """The moments of one person's talks: what is felt and said is fixed by the seed, what was answered comes in."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def run(self, replies: int) -> Iterator[tuple[Moment, Rule, list[Strategy]]]:
        """Each moment with its rule, and a list that the caller puts the chosen strategy into."""
        recent: list[Strategy] = []
        left, turns = 0, 0
        label: Emotion | None = None
        minute = 0
        for _ in range(replies):
            if not left:
                left = int(self._random.integers(TURNS[0], TURNS[1] + 1))
                label = FELT[int(self._random.choice(len(FELT), p=[p for _, p in FELT]))][0]
                minute = int(self._random.integers(7 * 60, 24 * 60))
                turns, recent = 0, []
            talk = UTTERED[int(self._random.choice(len(UTTERED), p=[p for _, p in UTTERED]))][0]
            valence, arousal = np.clip(CIRCUMPLEX[label or Emotion.NEUTRAL] + self._random.normal(0, 0.15, 2), -1, 1)
            confidence = float(self._random.uniform(0.35, 0.95))
            if talk is None and label in {None, Emotion.NEUTRAL}:
                talk = Talk.STATEMENT  # to that nothing is answered, so it is no reply
            moment = Moment(
                talk,
                label,
                float(valence),
                float(arousal),
                confidence,
                turns,
                tuple(recent[-RECENT:]),
                minute=minute,
                context="home",
                replies=turns,
            )
            taken: list[Strategy] = []
            yield moment, rule_for(moment), taken
            recent.append(taken[0])
            left, turns = left - 1, turns + 1
