"""A State becomes a Reply, or silence."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from edge.affect import Reply
from edge.response.acting import Acting
from edge.response.acting_settings import ActionsSettings
from edge.response.compose import Asked
from edge.response.contexts import manner
from edge.response.course import Course
from edge.response.delicate import delicate, kind_of
from edge.response.expression import Expression
from edge.response.gate import Gate
from edge.response.library import load_library
from edge.response.realise import Realiser, Said
from edge.response.silence import Silence, Why
from edge.response.strategy import PLAIN, Moment, Strategy, order, rule_for, subject_of
from edge.response.taken import BUILT_ON, taken
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
    from edge.response.taken import Taken
    from edge.response.wording import Wording
    from edge.understanding.graph.graph import Event


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
        self._course = Course(languages[0])

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
            self._expression.begin()
        self._course.begin(state, over=over)
        event = next(iter(events), None)
        told = None if event is None else event.event
        enjoyable = delicate(language).enjoyable(words)
        what = taken(state, reading, talk, told, mood=self._course.mood, enjoyable=enjoyable)
        self._course.take(what)
        moment = self._moment(state, what, told, minute)
        action = self._acting.find(moment, now_ns, minute, standing=self.gate.around.road.standing(now_ns))
        moment = replace(moment, may_act=action is not None)
        filling = self._realisers[language].filling(
            state, words, what.talk, None if event is None else event.say, self.gate.lasted_s(now_ns)
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
        self.gate.spoke(state, what.talk, now_ns)
        self._course.spoke(state, strategy, language)
        captured_ns = reading.captured_ns if reading is not None and words else state.captured_ns
        style, look = self._expression.of(what.label, what.confidence, strategy)
        return Reply(sentence.text, language, strategy.value, captured_ns, style, look, quotes=sentence.quotes)

    def _moment(self, state: State, what: Taken, event: Event | None, minute: int | None) -> Moment:
        """What the rules look at."""
        return Moment(
            what.talk,
            what.label,
            state.affect.valence,
            state.affect.arousal,
            what.confidence,
            self._course.turns,
            self._course.recent,
            lately=self._course.lately,
            asked=() if event is None else tuple(Strategy(name) for name in event.then),
            minute=minute,
            context=self._context,
            replies=self._course.replies,
            mood=self._course.mood,
            leaning=what.leaning,
        )

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
            for strategy in takewhile(lambda one: one is not Strategy.SILENT, (*ordered, *rule.otherwise))
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
        return self._languages[0] if self.gate.over(now_ns) else self._course.language
