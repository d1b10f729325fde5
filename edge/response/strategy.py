"""Which kind of answer fits: rules as a table, read from the top, the first that matches decides.

The order of moves within a conversation (acknowledge, then explore, only then suggest) follows the stages of Hill's
helping skills (exploration, insight, action) as used for emotional support dialogue by Liu et al., Towards Emotional
Support Dialog Systems, ACL 2021.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from edge.affect import EMOTIONS, UNSURE, Emotion
from edge.response.leaning import Leaning
from edge.response.talk import Talk


class Strategy(StrEnum):
    """Kinds of answer."""

    QUESTION = "question"
    RESTATE = "restate"
    REFLECT = "reflect"
    AFFIRM = "affirm"
    REASSURE = "reassure"
    SUGGEST = "suggest"
    INFORM = "inform"
    ACT = "act"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Moment:
    """What the rules look at.

    ``talk`` is None when nothing was said. ``turns`` counts the replies that were given in a row to the same label
    before this one; ``recent`` holds the strategies of the latest RECENT of them, the newest last, and ``lately`` those
    of the latest RECENT replies of the conversation, to whatever label. ``asked`` holds the
    strategies that the event asks for that was told of, if one was, the fittest first. ``minute`` is that of the local
    day, None where nobody knows it. ``context`` is the place, ``replies`` counts those of the conversation so far, and
    ``mood`` is the last hard feeling that was told in it, None where there was none. ``leaning``: whether what was said
    is likely hard or good, though it may carry no feeling. ``may_act``: something fits that the household lets the
    device propose or do.
    """

    talk: Talk | None
    label: Emotion | None
    valence: float
    arousal: float
    confidence: float
    turns: int = 0
    recent: tuple[Strategy, ...] = ()
    asked: tuple[Strategy, ...] = ()
    minute: int | None = None
    context: str = ""
    replies: int = 0
    mood: Emotion | None = None
    leaning: Leaning | None = None
    may_act: bool = False
    lately: tuple[Strategy, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: when all of its conditions hold, the strategies in ``then`` are tried in that order.

    ``by_talk`` rows are answered from the templates of that kind of talk, the others from those of the emotion. A
    ``firm`` row keeps its order even when its first strategy was used last: it answers what was asked for. A row with a
    ``lead`` puts a sentence of that strategy in front, where a feeling is told and there is room for two. A row
    ``by_mood`` speaks to the mood of the conversation where the last words carry no feeling, and goes on through its
    strategies whatever is felt meanwhile. ``otherwise`` is tried where none of ``then`` has anything to say.
    """

    why: str
    then: tuple[Strategy, ...]
    talk: frozenset[Talk | None] = frozenset(Talk)
    labels: frozenset[Emotion | None] = frozenset((*EMOTIONS, None))
    least_turns: int = 0
    below_confidence: float = 1.01
    least_arousal: float = -1.0
    below_valence: float = 1.01
    by_talk: bool = False
    firm: bool = False
    contexts: frozenset[str] = frozenset()
    least_replies: int = 0
    lead: Strategy | None = None
    by_mood: bool = False
    leaning: Leaning | None = None
    otherwise: tuple[Strategy, ...] = ()

    def matches(self, moment: Moment) -> bool:
        """Whether every condition holds."""
        return (
            moment.talk in self.talk
            and moment.label in self.labels
            and moment.turns >= self.least_turns
            and moment.confidence < self.below_confidence
            and moment.arousal >= self.least_arousal
            and moment.valence < self.below_valence
            and (not self.contexts or moment.context in self.contexts)
            and moment.replies >= self.least_replies
            and self.leaning in (None, moment.leaning)
        )


RECENT = 3
"""Strategies remembered, so that a long talk goes round through all that fit instead of back and forth between two."""
DOUBTFUL = 0.45
"""Confidence below which a feeling is asked about before it is answered."""
AROUSED = 0.3
"""Arousal from which a person counts as stirred up: half of where anger and fear lie on the circumplex."""

QUESTION, RESTATE, REFLECT, AFFIRM = Strategy.QUESTION, Strategy.RESTATE, Strategy.REFLECT, Strategy.AFFIRM
REASSURE, SUGGEST, INFORM, ACT, SILENT = (
    Strategy.REASSURE,
    Strategy.SUGGEST,
    Strategy.INFORM,
    Strategy.ACT,
    Strategy.SILENT,
)
ANGRY, DISGUST, FEAR, HAPPY = Emotion.ANGRY, Emotion.DISGUST, Emotion.FEAR, Emotion.HAPPY
SAD, SURPRISE, NEUTRAL = Emotion.SAD, Emotion.SURPRISE, Emotion.NEUTRAL


def _talk(*kinds: Talk | None) -> frozenset[Talk | None]:
    return frozenset(kinds)


def _felt(*labels: Emotion | None) -> frozenset[Emotion | None]:
    return frozenset(labels)


UNSAID = _talk(None)
PLAIN = _felt(NEUTRAL, None)
FELT = frozenset(EMOTIONS) - PLAIN
HARD = _felt(ANGRY, DISGUST, FEAR, SAD)
ANY = FELT | PLAIN
DULL = ANY - _felt(HAPPY, SURPRISE)
BUILT_ON = _talk(Talk.STATEMENT, Talk.SHORT)
LISTENING: dict[str, Any] = {"contexts": frozenset({"wellbeing"}), "by_mood": True, "otherwise": (QUESTION,)}
"""Where people come to talk about themselves."""
EXPLORED, KNOWN = 2, 5
"""Replies after which it was asked enough, and after which something may be suggested: a sixth and a third of the
supporter's part of a talk, which has 29.8 utterances on average (Liu et al. 2021, table 2). People ask early, suggest
once they know what it is about, and affirm throughout (section 4 there); to be asked five times in a row is tiring."""

RULES: tuple[Rule, ...] = (
    # What was asked for goes before what is felt.
    Rule("wants to be left alone", (AFFIRM,), _talk(Talk.DISMISSAL), by_talk=True),
    Rule("was read wrong", (AFFIRM,), _talk(Talk.CORRECTION), by_talk=True),
    # Talk that is met with care, whatever is felt (delicate.py).
    Rule("urgent: help is needed now", (INFORM, SUGGEST), _talk(Talk.URGENT), by_talk=True, firm=True),
    Rule("what can't be checked", (INFORM,), _talk(Talk.BELIEF), by_talk=True),
    Rule("asks to take sides", (INFORM,), _talk(Talk.OPINION), by_talk=True),
    Rule("contempt for a group", (INFORM,), _talk(Talk.HATE), by_talk=True),
    Rule("insults the device", (AFFIRM,), _talk(Talk.INSULT), by_talk=True),
    Rule("means to harm somebody", (REFLECT, QUESTION), _talk(Talk.HARM), by_talk=True),
    Rule("has harmed somebody, or enjoys that", (REFLECT, QUESTION), _talk(Talk.CRUEL), by_talk=True),
    Rule("admits to a deceit", (QUESTION, REFLECT), _talk(Talk.DEED), by_talk=True),
    Rule("danger on the road", (REFLECT, SUGGEST), _talk(Talk.ROAD), by_talk=True),
    Rule("puts itself in danger", (REFLECT, QUESTION), _talk(Talk.RISK), by_talk=True),
    Rule("eats or drinks itself ill", (REFLECT, QUESTION), _talk(Talk.HABIT), by_talk=True),
    Rule("asks for what the device won't do", (INFORM,), _talk(Talk.REFUSED), by_talk=True),
    Rule("may be cheated of money", (REFLECT, INFORM), _talk(Talk.SCAM), by_talk=True),
    Rule("a matter for a doctor", (INFORM,), _talk(Talk.MEDICAL), by_talk=True),
    Rule("a matter for a lawyer or a bank", (INFORM,), _talk(Talk.EXPERT), by_talk=True),
    Rule("tells a secret", (INFORM,), _talk(Talk.SECRET), by_talk=True),
    Rule("asks what others said or did", (INFORM,), _talk(Talk.PRIVATE), by_talk=True),
    Rule("asks for closeness", (INFORM,), _talk(Talk.CLOSENESS), by_talk=True),
    Rule("asks for a promise", (INFORM,), _talk(Talk.PROMISE), by_talk=True),
    Rule("asks to be decided for", (INFORM,), _talk(Talk.DECIDE), by_talk=True),
    Rule("someone has died", (REFLECT, AFFIRM), _talk(Talk.LOSS), by_talk=True, firm=True),
    Rule("asks how they seem", (INFORM,), _talk(Talk.ASKS_STATE)),
    Rule("asks what the device is", (INFORM,), _talk(Talk.ASKS_DEVICE), by_talk=True),
    Rule("asks what to do, feeling known", (SUGGEST, QUESTION), _talk(Talk.ASKS_ADVICE), FELT, firm=True),
    Rule("asks what to do, no feeling clear", (QUESTION, INFORM), _talk(Talk.ASKS_ADVICE), by_talk=True, firm=True),
    Rule("asks how the device is", (QUESTION, AFFIRM), _talk(Talk.HOW_ARE_YOU), by_talk=True),
    Rule("greets", (QUESTION, AFFIRM), _talk(Talk.GREETING), by_talk=True),
    Rule("leaves", (AFFIRM,), _talk(Talk.FAREWELL), by_talk=True),
    Rule("thanks, not bitterly", (AFFIRM,), _talk(Talk.THANKS), ANY - _felt(ANGRY, DISGUST), by_talk=True),
    Rule("only nods along", (SILENT,), _talk(Talk.ACKNOWLEDGEMENT)),
    # A question sounds surprised to the text sense, whatever it asks.
    Rule("asks for a fact", (INFORM,), _talk(Talk.QUESTION), PLAIN | _felt(SURPRISE), by_talk=True),
    # Grave words are never met with cheer or approval; where the feeling is a hard one, that is answered, but for
    # disgust: "I am the worst mother in the world" is not to be told that it sounds off-putting.
    Rule(
        "grave words, no hard feeling",
        (REFLECT, QUESTION),
        _talk(Talk.GRAVE),
        ANY - HARD | _felt(DISGUST),
        by_talk=True,
    ),
    Rule("joy about who knows what", (REFLECT, QUESTION), _talk(Talk.GLAD), by_talk=True),
    # Nothing was said.
    Rule("silence, nothing clear", (SILENT,), UNSAID, PLAIN),
    Rule("silence, anger", (REFLECT, SUGGEST), UNSAID, _felt(ANGRY)),
    Rule("silence, fear", (REFLECT, REASSURE), UNSAID, _felt(FEAR)),
    Rule("silence, sadness", (REFLECT, QUESTION), UNSAID, _felt(SAD)),
    Rule("silence, joy", (AFFIRM, REFLECT), UNSAID, _felt(HAPPY)),
    Rule("silence, disgust or surprise", (QUESTION, REFLECT), UNSAID, _felt(DISGUST, SURPRISE)),
    # Where people come to talk: what it is comes first, then comfort, then what could be done.
    Rule("listening, later", (SUGGEST, ACT, AFFIRM, REASSURE), BUILT_ON, DULL, **LISTENING, least_replies=KNOWN),
    Rule("listening, then", (AFFIRM, REASSURE, RESTATE), BUILT_ON, DULL, **LISTENING, least_replies=EXPLORED),
    Rule("listening, first", (QUESTION, RESTATE), BUILT_ON, DULL, **LISTENING, firm=True, lead=REFLECT),
    # Words, but no feeling that could be named.
    Rule("too short to build on", (QUESTION,), _talk(Talk.SHORT), PLAIN, by_talk=True),
    Rule("words of something hard", (REFLECT, QUESTION, AFFIRM, RESTATE), BUILT_ON, PLAIN, leaning=Leaning.HARD),
    Rule("words of something good", (REFLECT, AFFIRM, QUESTION, RESTATE), BUILT_ON, PLAIN, leaning=Leaning.GOOD),
    Rule("words, unsure", (QUESTION, RESTATE), labels=_felt(None)),
    Rule("words, calm", (AFFIRM, QUESTION), labels=_felt(NEUTRAL)),
    Rule("a feeling is likely, not certain", (QUESTION, REFLECT, RESTATE), below_confidence=DOUBTFUL),
    # Words with a feeling: the first turns listen and ask; a suggestion comes fourth, in fear third. To act on the home
    # or the car comes after that, where it is allowed at all.
    Rule("too short to build on, stirred up", (REASSURE, REFLECT), _talk(Talk.SHORT), _felt(ANGRY, DISGUST, FEAR)),
    Rule("joy, third turn on", (REFLECT, AFFIRM, QUESTION), labels=_felt(HAPPY), least_turns=2),
    Rule("joy, second turn", (QUESTION, REFLECT, AFFIRM), labels=_felt(HAPPY), least_turns=1),
    Rule("joy", (AFFIRM, REFLECT, QUESTION), labels=_felt(HAPPY)),
    Rule("bad surprise", (REASSURE, QUESTION, REFLECT), labels=_felt(SURPRISE), below_valence=0.0),
    Rule("surprise, going on", (QUESTION, AFFIRM, RESTATE), labels=_felt(SURPRISE), least_turns=1),
    Rule("surprise", (REFLECT, QUESTION), labels=_felt(SURPRISE)),
    Rule("a hard feeling, fifth turn on", (ACT, RESTATE, REFLECT, QUESTION, AFFIRM), labels=HARD, least_turns=4),
    Rule("a hard feeling, fourth turn", (ACT, SUGGEST, REASSURE), labels=HARD, least_turns=3),
    Rule("fear, stirred up, third turn", (SUGGEST, ACT), labels=_felt(FEAR), least_turns=2, least_arousal=AROUSED),
    Rule("a hard feeling, third turn", (AFFIRM, REASSURE), labels=HARD, least_turns=2),
    Rule("a hard feeling, second turn", (QUESTION, RESTATE), labels=HARD, least_turns=1),
    Rule("fear", (REFLECT, REASSURE), labels=_felt(FEAR)),
    Rule("sadness", (REFLECT, AFFIRM), labels=_felt(SAD)),
    Rule("anger or disgust", (REFLECT, QUESTION), labels=_felt(ANGRY, DISGUST)),
)


def subject_of(rule: Rule, moment: Moment) -> str:
    """What the templates of ``rule`` are about at this moment: a kind of talk, an emotion or "unsure"."""
    if rule.by_talk and moment.talk is not None:
        return moment.talk.value
    if moment.label in PLAIN and moment.leaning is not None and (rule.by_mood or rule.leaning is not None):
        return moment.leaning.value
    label = moment.mood or moment.label if rule.by_mood and moment.label in PLAIN else moment.label
    return UNSURE if label is None else label.value


def rule_for(moment: Moment) -> Rule:
    """The first rule that matches ``moment``; there always is one."""
    return next(rule for rule in RULES if rule.matches(moment))


def order(rule: Rule, moment: Moment) -> tuple[Strategy, ...]:
    """The strategies of ``rule`` in the order to try: those not used lately first, the one used last at the end.

    Of those that are equal in this, the ones that the event asks for come first. It adds none to those of the rule, and
    leaves ACT out while nothing can be done.
    """
    then = rule.then if moment.may_act else tuple(strategy for strategy in rule.then if strategy is not ACT)
    if rule.firm:
        return then
    used = {strategy: place for place, strategy in enumerate(moment.lately if rule.by_mood else moment.recent)}
    fit = {strategy: place - len(moment.asked) for place, strategy in enumerate(moment.asked)}
    return tuple(sorted(then, key=lambda strategy: (used.get(strategy, -1), fit.get(strategy, 0))))


class Chooser(Protocol):
    """Orders what a rule allows by what this person was helped by. Used by one thread."""

    def order(self, rule: Rule, moment: Moment) -> tuple[Strategy, ...]:
        """The strategies that the rules have for ``moment``, each once and none added, in the order to try."""
        ...

    def learn(self, moment: Moment, strategy: Strategy, now_ns: int) -> None:
        """Take note of what was answered by, in the moment that was last ordered; feedback will be about it."""
        ...
