"""A State becomes a Reply, or silence."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, Emotion, Reply, Sense
from edge.response.acting import Acting
from edge.response.acting_settings import ActionsSettings
from edge.response.compose import Asked
from edge.response.contexts import manner
from edge.response.delicate import delicate, kind_of
from edge.response.expression import Expression
from edge.response.gate import Gate
from edge.response.leaning import Leaning, leaning
from edge.response.library import load_library
from edge.response.realise import Realiser, Said
from edge.response.silence import Silence, Why
from edge.response.strategy import DOUBTFUL, FELT, HARD, PLAIN, RECENT, Moment, Strategy, order, rule_for, subject_of
from edge.response.talk import Talk
from edge.understanding.graph.graph import find

if TYPE_CHECKING:
    from edge.affect import Language, Reading, State
    from edge.response.acting import Answered
    from edge.response.around import Around
    from edge.response.compose import Composer
    from edge.response.realise import Filling
    from edge.response.settings import ResponseSettings
    from edge.response.strategy import Chooser
    from edge.response.wording import Wording
    from edge.understanding.graph.graph import Event

GLADDENS = 0.5
"""Share of joy in what an event brings about from which it is one to be glad of."""
BUILT_ON = frozenset({Talk.STATEMENT, Talk.SHORT, Talk.GRAVE})
"""Talk in which an event is told of; any other is answered as what it is."""
CLEAR_WORDS = 0.8
"""Confidence of the words alone from which their feeling is taken up though the senses together are unsure."""
LIKELY = DOUBTFUL - 0.01
"""Confidence of a feeling that only the words tell: it is asked about, not stated."""


class Responder:
    """The answering side of the conversation. Used by one thread; reads no clock; everything it keeps is bounded.

    Crisis talk must not reach it: safety answers that with fixed wording before.
    """

    def __init__(
        self,
        settings: ResponseSettings,
        context: str,
        languages: tuple[Language, ...],
        never: frozenset[str] = frozenset(),
        *,
        acting: Acting | None = None,
        around: Around | None = None,
        chooser: Chooser | None = None,
        expression: Expression | None = None,
        composer: Composer | None = None,
    ) -> None:
        """Load and check the templates.

        Args:
            settings: when to speak, and the names.
            context: one of ``contexts.MANNERS``.
            languages: those that may be spoken, at least one; the first is used where nothing says which.
            never: names of the strategies that safety does not allow in this place.
            acting: what may be done in the home or the car; None: nothing.
            around: what is heard and seen around the device; None: nothing.
            chooser: orders what the rules allow; None: the rules themselves do.
            expression: gives voice and face of a reply; None: by the tables alone.
            composer: finds more to say than templates, and weighs it; None: templates alone.

        Raises:
            SettingsError: when the context is unknown or a template file is wrong.
        """
        self._context = context
        self._never = never
        self._chooser = chooser
        self._composer = composer
        self._languages = languages
        self._expression = expression or Expression(context)
        how = manner(context)
        self.gate = Gate(settings, how, around)
        self.silence: Silence | None = None
        """Why nothing was said to the last State; None where something was."""
        self._acting = Acting(ActionsSettings(), context) if acting is None else acting
        for language in languages:
            delicate(language)
        self._libraries = {language: load_library(language, context) for language in languages}
        self._realisers = {
            language: Realiser(library, settings, context, how.longest(language), asks="question" not in never)
            for language, library in self._libraries.items()
        }
        self._last_language = languages[0]
        self._last_label: Emotion | None = None
        self._recent: deque[Strategy] = deque(maxlen=RECENT)
        self._turns = 0
        self._replies = 0
        self._mood: Emotion | None = None

    def adopt(self, settings: ResponseSettings) -> None:
        """Go on with other settings; the conversation so far is not forgotten."""
        self.gate.adopt(settings)
        for realiser in self._realisers.values():
            realiser.adopt(settings)

    def wording(self, language: Language | None) -> Wording:
        """The small words of a language; of the first where that one is not spoken here."""
        return self._libraries.get(language or self._languages[0], self._libraries[self._languages[0]]).wording

    def rest(self, now_ns: int) -> None:
        """The person wants to be left alone: say nothing for a while, and take what is proposed as refused."""
        self.gate.rest(now_ns)
        self._acting.drop(now_ns)

    def respond(self, state: State, reading: Reading | None, now_ns: int, minute: int | None = None) -> Reply | None:
        """Answer the words of ``reading``, or remark on the State by itself, or say nothing.

        To be called with every State: how long an emotion has lasted is seen from the calls.

        Args:
            state: how the person is doing now.
            reading: the text Reading that led here; None when nothing was said.
            now_ns: monotonic nanoseconds, not decreasing from call to call.
            minute: of the local day, for the quiet hours; None where nobody knows it.
        """
        self.gate.watch(state, now_ns)
        words = (reading.words or "").strip() if reading is not None else ""
        language = self._language(reading, now_ns)
        if words and (answered := self._acting.hear(words, language, now_ns)) is not None:
            return self._acted(answered, state, reading, language, now_ns)
        talk = kind_of(words, self._libraries[language].wording) if words else None
        self.silence = (
            self.gate.against_remark(state, now_ns, minute) if talk is None else self.gate.against_answer(talk, now_ns)
        )
        events = find(words, language) if talk in BUILT_ON else ()
        self._acting.note(talk, [found.event.id for found in events], now_ns)
        if talk is Talk.DISMISSAL:
            self.rest(now_ns)
        if self.silence is not None:
            return None
        if over := self.gate.over(now_ns):
            self._replies, self._mood = 0, None
            self._expression.begin()
        if over or state.label is not self._last_label:
            self._turns = 0
            self._recent.clear()
        affect = state.affect
        event = next(iter(events), None)
        told = None if event is None else event.event
        enjoyable = delicate(language).enjoyable(words)
        talk, label, confidence, leans = self._taken(state, reading, talk, told, enjoyable=enjoyable)
        self._mood = label if label in HARD else self._mood
        moment = Moment(
            talk,
            label,
            affect.valence,
            affect.arousal,
            confidence,
            self._turns,
            tuple(self._recent),
            asked=() if event is None else tuple(Strategy(name) for name in event.event.then),
            minute=minute,
            context=self._context,
            replies=self._replies,
            mood=self._mood,
            leaning=leans,
        )
        action = self._acting.find(moment, now_ns, minute, standing=self.gate.around.road.standing(now_ns))
        moment = replace(moment, may_act=action is not None)
        filling = self._realisers[language].filling(
            state, words, talk, None if event is None else event.say, self.gate.lasted_s(now_ns)
        )
        said = self._say(moment, language, filling, words, now_ns)
        if said is None:
            self.silence = Silence(Why.UNNEEDED if Strategy.SILENT in rule_for(moment).then else Why.WORDLESS)
            return None
        strategy, sentence = said
        if strategy is Strategy.ACT and action is not None:
            sentence = Said(self._acting.offer(action, language, now_ns), quotes=False)
        if self._chooser is not None:
            self._chooser.learn(moment, strategy, now_ns)
        self.gate.spoke(state, talk, now_ns)
        self._last_language = language
        self._last_label, self._turns = state.label, self._turns + 1
        self._replies += 1
        self._recent.append(strategy)
        captured_ns = reading.captured_ns if reading is not None and words else state.captured_ns
        style, look = self._expression.of(label, confidence, strategy)
        return Reply(sentence.text, language, strategy.value, captured_ns, style, look, quotes=sentence.quotes)

    def _taken(
        self,
        state: State,
        reading: Reading | None,
        talk: Talk | None,
        event: Event | None,
        *,
        enjoyable: bool,
    ) -> tuple[Talk | None, Emotion | None, float, Leaning | None]:
        """What was said as it is answered: kind of talk, feeling, how sure that is, and whether it is hard or good."""
        label, confidence = _answered(state, reading, talk, event)
        leans = leaning(None if reading is None else reading.affect, event)
        if label is Emotion.HAPPY and self._mood is not None and _by_words_alone(state):
            label, leans, self._mood = None, None, None
        enjoyable |= event is not None and event.feel[EMOTIONS.index(Emotion.HAPPY)] >= GLADDENS
        if talk in BUILT_ON | {Talk.QUESTION} and not enjoyable:
            talk = Talk.GLAD if label is Emotion.HAPPY else talk
            leans = None if leans is Leaning.GOOD else leans
        return talk, label, confidence, leans

    def _acted(
        self, answered: Answered, state: State, reading: Reading | None, language: Language, now_ns: int
    ) -> Reply | None:
        """What is said when a proposal was taken or refused: a no is not commented on."""
        if answered.text is None or reading is None:
            self.silence = Silence(Why.UNNEEDED)
            return None
        self.silence = None
        self.gate.spoke(state, Talk.ACKNOWLEDGEMENT, now_ns)
        style, look = self._expression.of(state.label, state.confidence, Strategy.ACT)
        return Reply(answered.text, language, Strategy.ACT.value, reading.captured_ns, style, look)

    def _say(
        self, moment: Moment, language: Language, filling: Filling, words: str, now_ns: int
    ) -> tuple[Strategy, Said] | None:
        """The first strategy that has something to say which was not said today; else the first that has anything."""
        rule = rule_for(moment)
        subject = subject_of(rule, moment)
        realiser = self._realisers[language]
        ordered = order(rule, moment) if self._chooser is None else self._chooser.order(rule, moment)
        strategies = [
            strategy
            for strategy in takewhile(lambda one: one is not Strategy.SILENT, ordered)
            if strategy not in self._never
        ]
        tells = moment.talk is Talk.STATEMENT and not rule.by_talk
        asked = Asked(subject, moment, filling, words, language, now_ns, tells=tells)
        for again in (False, True):
            for strategy in strategies:
                if strategy is Strategy.ACT:  # what is said then, the action itself knows
                    if moment.may_act:
                        return strategy, Said("", quotes=False)
                    continue
                said = self._composed(realiser, strategy, asked, again=again)
                if said is None:
                    continue
                if not said.led and rule.lead is not None and moment.label not in PLAIN:
                    said = realiser.led(said, subject, rule.lead, moment, now_ns)
                return strategy, said
        return None

    def _composed(self, realiser: Realiser, strategy: Strategy, asked: Asked, *, again: bool) -> Said | None:
        if self._composer is None:
            return realiser.say(asked.subject, strategy, asked.moment, asked.filling, asked.now_ns, again=again)
        return self._composer.say(realiser, strategy, asked, again=again)

    def _language(self, reading: Reading | None, now_ns: int) -> Language:
        """The words' own; without words that of the conversation; where there is none, the first configured."""
        if reading is not None and reading.language in self._realisers:
            return reading.language
        return self._languages[0] if self.gate.over(now_ns) else self._last_language


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
