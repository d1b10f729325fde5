"""Acting on the home or the car: a proposal is made, taken or refused, and is over. Pure logic, no clock, no network.

The household's settings alone decide what may be proposed or done. A yes counts once, for one proposal, while it lasts.
"""

from __future__ import annotations

import uuid
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.response.actions import actions
from edge.response.proposal import Act, By, Proposal, answers
from edge.response.talk import Talk, units

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edge.affect import Alertness, Language
    from edge.response.acting_settings import ActionsSettings
    from edge.response.actions import Action
    from edge.response.strategy import Moment

SECOND = 1_000_000_000
GRAVE_NS = 12 * 3600 * SECOND
"""After somebody told of something grave, nothing is proposed for so long: nobody who mourns is asked about lamps."""
GRAVE = frozenset(
    {"bereavement", "pet_died", "pet_lost", "breakup", "divorce", "cheated_on", "eviction", "burglary", "job_lost"}
    | {"results_bad", "in_hospital", "child_ill", "parent_ill", "car_crash", "bullied_at_school", "bullied_at_work"}
)
"""Events of the knowledge graph that are grave in this sense."""
READ_NS = SECOND
"""A tap that comes sooner after a proposal was made cannot be an answer to it (ours)."""
NEWS = 8
"""Proposals and acts that may wait to be told; there are never more than a few."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What the first words after a proposal did to it: ``text`` says that it is being done; None after a no."""

    text: str | None


class Acting:
    """What may be proposed, what is proposed, and what is to be done. For one thread."""

    def __init__(self, settings: ActionsSettings, context: str, ready: Callable[[], bool] = lambda: True) -> None:
        """``ready``: whether a home listens just now; what nobody can carry out is not offered."""
        self._settings = settings
        self._context = context
        self._ready = ready
        self._open: Proposal | None = None
        self._spoken = False
        """Whether the next words may be the answer to the open proposal."""
        self._rests_until_ns: dict[str, int] = {}
        self._used: dict[str, int] = {}
        """Action → when it was used last, counted in uses."""
        self._uses: Counter[str] = Counter()
        self._grave_ns: int | None = None
        self._news: deque[Proposal | Act] = deque(maxlen=NEWS)
        self.refused = 0
        """Taps that were for no open proposal of this device."""

    def adopt(self, settings: ActionsSettings) -> None:
        """Go on with other settings; a proposal that is no longer allowed is over."""
        self._settings = settings
        if self._open is not None and self._open.action not in settings.allowed:
            self._open = None

    def note(self, talk: Talk | None, events: Iterable[str], now_ns: int) -> None:
        """Take note of what was told of; ``events`` are ids of the knowledge graph."""
        if talk is Talk.LOSS or not GRAVE.isdisjoint(events):
            self.grave(now_ns)

    def grave(self, now_ns: int) -> None:
        """Something grave was said: what was proposed is over, and nothing is proposed for GRAVE_NS."""
        self._grave_ns = now_ns
        self._open = None

    def find(self, moment: Moment, now_ns: int, minute: int | None = None, *, standing: bool = False) -> Action | None:
        """The action that may be proposed at this moment, of those that fit the one not used for longest."""
        if moment.talk is None or self._mourns(now_ns) or self.open(now_ns) is not None:
            return None
        fitting = [
            action for action in self._allowed(now_ns) if action.fits(moment, self._context, minute, standing=standing)
        ]
        return self._next(fitting) if fitting and self._ready() else None

    def offer(self, action: Action, language: Language, now_ns: int) -> str:
        """Propose ``action``, or do it where the household allowed that; the sentence that says so."""
        asked = self._make(action, language, now_ns, aloud=True)
        texts = action.texts[language]
        return self._turn(action.id, texts.offer if asked else texts.done)

    def warned(self, alertness: Alertness, language: Language, now_ns: int, *, standing: bool = False) -> None:
        """A driver is warned: propose what fits, or do it where that is allowed, without a word.

        The warning has said what is to be said, and a driver who has to wake up is asked nothing: a tap accepts it.
        Neither a rest nor anything grave keeps this back.
        """
        if alertness.warn == 0 or self.open(now_ns) is not None:
            return
        fitting = [
            action
            for action in self._allowed(now_ns)
            if alertness.stage in action.stages
            and self._context in action.contexts
            and not (action.moving and standing)
        ]
        if fitting and self._ready():
            self._make(self._next(fitting), language, now_ns, aloud=False)

    def open(self, now_ns: int) -> Proposal | None:
        """The proposal that can be accepted now."""
        if self._open is not None and now_ns > self._open.expires_ns:
            self._open = None
        return self._open

    def hear(self, words: str, language: Language, now_ns: int) -> Answered | None:
        """The first words after a proposal: what they did to it; None where they are no answer to any."""
        proposal = self.open(now_ns)
        directly, self._spoken = self._spoken, False
        if proposal is None or not directly:
            return None
        said = "".join(units(words, language))
        words_for = answers()[language.value]
        if said in words_for["yes"]:
            self._do(proposal, By.WORDS)
            return Answered(self._turn(proposal.action, actions()[proposal.action].texts[language].done))
        if said in words_for["no"]:
            self._open = None
            self._rest(proposal.action, now_ns, 2)
            return Answered(None)
        return None

    def tap(self, wanted: str | None, now_ns: int) -> bool:
        """Somebody accepted the proposal with the id ``wanted``, or, with None, the open one; whether it is done now.

        One that was accepted, has expired, or is another device's is refused and counted.
        """
        proposal = self.open(now_ns)
        known = proposal is not None and (
            wanted == proposal.id or (wanted is None and now_ns - proposal.made_ns >= READ_NS)
        )
        if proposal is None or not known:
            self.refused += 1
            return False
        self._do(proposal, By.TAP)
        return True

    def drop(self, now_ns: int) -> None:
        """The person wants to be left alone: what is proposed counts as refused."""
        proposal = self.open(now_ns)
        if proposal is not None:
            self._open = None
            self._rest(proposal.action, now_ns, 2)

    def news(self) -> list[Proposal | Act]:
        """What is to be told to the home since this was last asked."""
        told = list(self._news)
        self._news.clear()
        return told

    def _allowed(self, now_ns: int) -> list[Action]:
        """What the household allows and was not proposed or done lately."""
        return [
            action
            for action in (actions()[name] for name in self._settings.allowed)
            if now_ns >= self._rests_until_ns.get(action.id, now_ns)
        ]

    def _next(self, fitting: list[Action]) -> Action:
        """The one not used for longest; of those never used the first that the household named."""
        return min(fitting, key=lambda action: self._used.get(action.id, 0))

    def _make(self, action: Action, language: Language, now_ns: int, *, aloud: bool) -> bool:
        """Propose ``action``, or do it where that is allowed; whether it was proposed."""
        proposal = Proposal(
            id=uuid.uuid4().hex,
            action=action.id,
            title=action.texts[language].title,
            language=language,
            made_ns=now_ns,
            expires_ns=now_ns + int(self._settings.lasts_s * SECOND),
            service=action.service,
            data=action.data,
        )
        self._rest(action.id, now_ns, 1)
        self._uses[action.id] += 1
        self._used[action.id] = self._uses.total()
        if action.id in self._settings.unasked and not action.asks:
            self._news.append(Act(proposal, By.HOUSEHOLD))
            return False
        self._open, self._spoken = proposal, aloud
        self._news.append(proposal)
        return True

    def _do(self, proposal: Proposal, by: By) -> None:
        self._open = None
        self._news.append(Act(proposal, by))

    def _rest(self, action: str, now_ns: int, times: int) -> None:
        self._rests_until_ns[action] = now_ns + int(times * self._settings.every_h * 3600 * SECOND)

    def _mourns(self, now_ns: int) -> bool:
        return self._grave_ns is not None and now_ns - self._grave_ns < GRAVE_NS

    def _turn(self, action: str, texts: tuple[str, ...]) -> str:
        """The texts go round, so that none is repeated while another is left."""
        return texts[(self._uses[action] - 1) % len(texts)]
