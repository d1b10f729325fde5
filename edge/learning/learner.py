"""Learning as the loop sees it: orders answers, remembers the latest, takes feedback on it, watches its effect."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING, Protocol

from edge.learning.answers import SILENT, Answer
from edge.learning.bandit import NOT_LEARNED, Bandit
from edge.learning.effects import Effects
from edge.learning.feedback import Feedback, Refused, Source, Verdict, read
from edge.learning.memory import Memory
from edge.learning.situation import Situation
from edge.outlets.calendar import Calendar
from edge.outlets.outlet import Outcome
from edge.response.strategy import Moment, order
from edge.response.talk import Talk

if TYPE_CHECKING:
    from edge.affect import Emotion, State
    from edge.learning.settings import LearningSettings
    from edge.privacy.clerk import Clerk
    from edge.response.strategy import Rule, Strategy

log = logging.getLogger(__name__)

WAITING = 64
"""Messages of the home that may wait for the loop; more are refused."""
QUIET_NS = 10 * 1_000_000_000
A_TURN = 8
"""Of these taken in one turn of the loop."""
NO_ANSWER = frozenset({Talk.THANKS, Talk.DISMISSAL, Talk.CORRECTION})
"""Talk that is itself about the reply before: what is said to it is not what feedback is about."""


class Taught(Protocol):
    """Who learns how the senses are to be taken; ``edge.learning.federated.member.Member`` is one."""

    def answered(self, number: int, told: Emotion | None) -> None:
        """A State with this label led to the answer of that number; None: it was unsure."""
        ...

    def said(self, number: int, profile: str, truth: Emotion | None, *, confirmed: bool) -> None:
        """Of that answer it was said that the person felt so, or that it helped; it may be kept for ``profile``."""
        ...


class Learner:
    """A ``Chooser``. Used by the loop's thread, but for ``post``.

    Args:
        settings: windows and lifetimes.
        place: the context, one of ``edge.response.contexts``.
        seed: of the draws; None for other ones each time.
        clerk: who keeps what is learned; None: it is learned for this run only.
        calendar: today; the system's by default.
        taught: who learns from what was felt; None: nobody.
    """

    def __init__(
        self,
        settings: LearningSettings,
        place: str,
        *,
        seed: int | None = None,
        clerk: Clerk | None = None,
        calendar: Calendar | None = None,
        taught: Taught | None = None,
    ) -> None:
        self.refused = 0
        """Messages that were none, or too many, since the start."""
        self._settings = settings
        self._place = place
        self._bandit = Bandit(place, seed)
        self._calendar = calendar or Calendar("")
        self._memory = Memory(settings, clerk, self._calendar)
        self._effects = Effects()
        self._taught = taught
        self._profile = ""
        self._usual: tuple[Strategy, ...] = ()
        self._latest: tuple[int, int, int] | None = None
        """Number of the latest answer, when it was given, and how often it was judged."""
        self._outcomes: deque[Outcome] = deque(maxlen=WAITING)
        self._posted: deque[Feedback] = deque()
        self._lock = threading.Lock()
        self._quiet = False
        self._quieted_ns: int | None = None

    @property
    def keeps(self) -> bool:
        """Whether what is learned now is kept over this run."""
        return self._memory.keeps

    @property
    def known(self) -> bool:
        """Whether what was learned before was read, or nothing is kept."""
        return self._memory.known

    def adopt(self, settings: LearningSettings) -> None:
        """Go on with other settings."""
        self._settings = settings
        self._memory.adopt(settings)

    def stop(self) -> None:
        """Hand what was learned to the clerk, who writes it before it stops."""
        self._memory.stop()

    def order(self, rule: Rule, moment: Moment) -> tuple[Strategy, ...]:
        """The strategies of ``rule`` in the order to try: the rules' own until there is feedback."""
        self._usual = order(rule, moment)
        return self._bandit.order(rule, moment) if self._settings.orders else self._usual

    def learn(self, moment: Moment, strategy: Strategy, now_ns: int) -> None:
        """Take note of what was answered by, in the moment that was last ordered."""
        if moment.talk in NOT_LEARNED:
            self.interrupted(now_ns)
            return
        if moment.talk in NO_ANSWER:
            self._effects.answered(None, now_ns)
            return
        answer = Answer(
            self._calendar.today(), strategy.value, self._usual.index(strategy), Situation.of(moment, self._place)
        )
        number = self._memory.answers.add(answer)
        self._latest = (number, now_ns, 0)
        if self._taught is not None:
            self._taught.answered(number, moment.label)
        self._effects.answered(number, now_ns)
        self._memory.changed()

    def interrupted(self, now_ns: int) -> None:
        """Something was said that is not to be learned from: feedback is not taken for it, nor for what was before."""
        self._latest = None
        self._effects.answered(None, now_ns)

    def see(self, state: State, now_ns: int) -> None:
        """To be called with every State: by it the effect of an answer, or of silence, is seen."""
        effect = self._effects.see(state, now_ns, self._settings.effect_s)
        if effect is None:
            return
        after = round(min(max(effect.after, -1.0), 1.0), 2)
        if effect.number is not None:
            self._memory.answers.change(effect.number, after=after)
        elif effect.begun is not None:
            begun = effect.begun
            moment = Moment(None, begun.label, begun.affect.valence, begun.affect.arousal, begun.confidence)
            situation = Situation.of(moment, self._place)
            self._memory.answers.add(Answer(self._calendar.today(), SILENT, 0, situation, after))
        self._memory.changed()

    def give(self, feedback: Feedback, now_ns: int) -> Outcome:
        """Take feedback on the latest answer, or say why not.

        It also goes to ``outcomes``, but for words that are not taken: thanks with nothing to thank for are talk.
        """
        reason = self._judged(feedback, now_ns)
        emotion = None if feedback.emotion is None else feedback.emotion.value
        outcome = Outcome(feedback.verdict.value, emotion, reason)
        if outcome.taken or feedback.by is not Source.SPOKEN:
            self._outcomes.append(outcome)
        self._quiet |= feedback.verdict is Verdict.NOT_NOW and feedback.by is not Source.SPOKEN
        return outcome

    def post(self, payload: bytes) -> None:
        """A message of the home; from any thread. What is none is refused, counted and logged."""
        try:
            feedback = read(payload, Source.HOME)
            with self._lock:
                if len(self._posted) >= WAITING:
                    message = f"{WAITING} others wait already"
                    raise Refused(message)  # noqa: TRY301 - said in one place
                self._posted.append(feedback)
        except Refused as error:
            self.refused += 1
            if str(self.refused).strip("0") == "1":  # the 1st, 10th, 100th …: a flood must not fill the log
                log.warning("feedback refused (%d so far): %s", self.refused, error)

    def turn(self, now_ns: int, profile: str, *, may: bool | None) -> None:
        """One turn of the loop: who is selected, what may be kept of them, and what the home said."""
        self._profile = profile
        if self._memory.turn(now_ns, profile, may=may):
            self._latest = None
            self._effects.forget()
            self._bandit.know(self._memory.answers.verdicts())
        for _ in range(A_TURN):
            with self._lock:
                feedback = self._posted.popleft() if self._posted else None
            if feedback is None:
                return
            self.give(feedback, now_ns)

    def outcomes(self) -> list[Outcome]:
        """What became of feedback since this was last asked."""
        found = list(self._outcomes)
        self._outcomes.clear()
        return found

    def quiet_wanted(self, now_ns: int) -> bool:
        """Whether "not now" was pressed since this was last asked, taken as feedback or not: it asks for quiet.

        Said in words it is a dismissal, which is answered, and then rested after. Pressed again and again within
        QUIET_NS it is one press: the rest is longer with each one that is meant.
        """
        wanted, self._quiet = self._quiet, False
        if not wanted or (self._quieted_ns is not None and now_ns - self._quieted_ns < QUIET_NS):
            return False
        self._quieted_ns = now_ns
        return True

    def _judged(self, feedback: Feedback, now_ns: int) -> str | None:
        """Let the feedback count; else why it does not, as a clause."""
        if self._latest is None:
            return "there was no reply that it could be about"
        number, given_ns, times = self._latest
        minutes = max(0, now_ns - given_ns) / 60e9
        if minutes > self._settings.feedback_minutes:
            return f"the latest reply was {minutes:.0f} minutes ago, {self._settings.feedback_minutes:g} are allowed"
        answer = self._memory.answers.find(number)
        if answer is None:
            return "the reply is not remembered any more"
        if (answer.verdict, answer.emotion) == (feedback.verdict, feedback.emotion):
            return "it was counted already"
        if times > 1:
            return "that reply was judged and corrected already"
        self._latest = (number, given_ns, times + 1)
        self._memory.answers.change(number, verdict=feedback.verdict, emotion=feedback.emotion, by=feedback.by)
        self._memory.changed(now=True)
        if self._taught is not None and self._memory.keeps and feedback.verdict is not Verdict.NOT_NOW:
            confirmed = feedback.verdict is Verdict.HELPED
            self._taught.said(number, self._profile, feedback.emotion, confirmed=confirmed)
        self._bandit.know(self._memory.answers.verdicts())
        return None
