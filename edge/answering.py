"""The wall before the room of response: crisis talk is answered with fixed words, and anything else goes on to it.

Whoever answers a person goes through here, the running device as well as ``rapport converse``.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.learning.spoken import heard
from edge.response.acting import Acting
from edge.response.around import Around
from edge.response.compose import Composer
from edge.response.expression import Expression
from edge.response.responder import Responder
from edge.response.silence import Silence, Why
from edge.safety.crisis import Crisis

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.accelerators.model import Models
    from edge.affect import Alertness, Reading, Reply, State
    from edge.learning.learner import Learner
    from edge.response.proposal import Act, Proposal
    from edge.safety.context import Context
    from edge.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Held:
    """Words whose answer waits until nobody speaks any more."""

    state: State
    reading: Reading
    since_ns: int


class Answering:
    """Used by one thread; reads no clock."""

    def __init__(
        self,
        settings: Settings,
        place: Context,
        around: Around | None = None,
        ready: Callable[[], bool] = lambda: True,
        learner: Learner | None = None,
        *,
        models: Models | None = None,
    ) -> None:
        """Read the data of both rooms; the nets of the answer are loaded when the first one is wanted.

        Args:
            settings: the whole tree.
            place: the rules of the place.
            around: what is heard and seen around the device; None: nothing.
            ready: whether a home listens that could carry out a proposal.
            learner: orders answers, and hears what is said of them; None: the rules' order, and nothing is learned.
            models: of the device; None: voice and face of a reply are those of the tables, nothing is ranked, and
                nothing told back.

        Raises:
            SettingsError: when one of their files or settings is wrong.
        """
        self._languages = settings.device.languages
        self._wait_s = settings.response.wait_s
        self._crisis = Crisis(settings.safety)
        self._acting = Acting(settings.actions, place.name, ready)
        self.around = Around() if around is None else around
        self._learner = learner
        self._responder = Responder(
            settings.response,
            place.name,
            self._languages,
            place.never,
            acting=self._acting,
            around=self.around,
            chooser=learner,
            expression=Expression(place.name, models, settings.response.seed),
            composer=Composer(settings.text, models, frozenset(settings.response.sources)),
        )
        self._held: _Held | None = None
        self._silence: Silence | None = None

    def adopt(self, settings: Settings) -> None:
        """Go on with other settings; the conversation so far is not forgotten."""
        self._wait_s = settings.response.wait_s
        self._responder.adopt(settings.response)
        self._acting.adopt(settings.actions)

    def answer(self, state: State, reading: Reading, now_ns: int, minute: int | None = None) -> Reply | None:
        """What is said to the State that ``reading`` led to; None for silence, or while somebody is still speaking.

        Args:
            state: how the person is doing now.
            reading: what led to it; with words where something was said.
            now_ns: monotonic nanoseconds, not decreasing from call to call.
            minute: of the local day, for the quiet hours; None where nobody knows it.
        """
        helped = self.help(reading, now_ns)
        if helped is not None:
            return helped
        said = reading if reading.words is not None else None
        if said is not None and self._learner is not None:
            feedback = heard(reading.words or "", self._responder.wording(reading.language))
            if feedback is not None:
                self._learner.give(feedback, now_ns)
        if said is None and self._held is not None:  # an answer is owed, and goes before any remark
            return None
        if said is not None:
            self._held = None
            if self._responder.gate.talking(now_ns):
                self._held = _Held(state, said, now_ns)
                self._keep(Silence(Why.SPEECH))
                return None
        return self._respond(state, said, now_ns, minute)

    @property
    def waits(self) -> bool:
        """Whether an answer waits for somebody to finish."""
        return self._held is not None

    def due(self, now_ns: int, minute: int | None = None) -> Reply | None:
        """The answer that waited, once nobody speaks; it is dropped after response.wait_s. Call it at every turn."""
        held = self._held
        if held is None:
            return None
        if not self._responder.gate.talking(now_ns):
            self._held = None
            return self._respond(held.state, held.reading, now_ns, minute)
        if now_ns - held.since_ns > self._wait_s * 1e9:
            self._held = None
            self._keep(Silence(Why.WAITED))
        return None

    def rest(self, now_ns: int) -> None:
        """Somebody said "not now", if only by a button: see ``Gate.rest``. An answer that waits is dropped."""
        self._held = None
        self._responder.rest(now_ns)

    def help(self, reading: Reading, now_ns: int) -> Reply | None:
        """The fixed words for crisis talk in ``reading``; None where there is none in it. Needs no State."""
        if reading.words is None or not self._crisis.detect(reading.words):
            return None
        self._held = None
        self._acting.grave(now_ns)
        if self._learner is not None:
            self._learner.interrupted(now_ns)
        self._silence = None
        return self._crisis.reply(reading.language or self._languages[0], reading.captured_ns)

    def tap(self, wanted: str | None, now_ns: int) -> bool:
        """Somebody accepted a proposal from afar: see ``Acting.tap``."""
        return self._acting.tap(wanted, now_ns)

    def warned(self, alertness: Alertness, now_ns: int) -> None:
        """A driver is told ``alertness``: what fits is proposed to the car, without a word."""
        standing = self.around.road.standing(now_ns)
        self._acting.warned(alertness, self._languages[0], now_ns, standing=standing)

    def news(self) -> list[Proposal | Act]:
        """What was proposed and is to be done since this was last asked."""
        return self._acting.news()

    @property
    def refused(self) -> int:
        """Taps that were for no open proposal of this device."""
        return self._acting.refused

    @property
    def silence(self) -> str | None:
        """Why nothing was said last, in the device's first language; None where something was. From any thread."""
        silence = self._silence
        return None if silence is None else silence.told(self._languages[0])

    def _respond(self, state: State, said: Reading | None, now_ns: int, minute: int | None) -> Reply | None:
        reply = self._responder.respond(state, said, now_ns, minute)
        self._keep(self._responder.silence if reply is None else None)
        return reply

    def _keep(self, silence: Silence | None) -> None:
        """Keep the reason why nothing was said, None where something was; a new one is logged."""
        before, self._silence = self._silence, silence
        if silence is not None and (before is None or before.why is not silence.why):
            log.debug("silence: %s", silence.told(self._languages[0]))
