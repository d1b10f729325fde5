"""Orders what a rule allows: as the rules do until this person gave feedback, then by draws from what it says."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from edge.learning.posterior import Posterior, draw
from edge.learning.situation import Situation
from edge.response.strategy import RECENT, order
from edge.response.talk import DELICATE, Talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.response.strategy import Moment, Rule, Strategy

VERDICTS = 1
"""Verdicts from which on the order may differ from the rules': who never gives feedback gets the rules."""
NOT_LEARNED = DELICATE | {Talk.LOSS}
"""Talk that is met with care, whatever somebody said of it: no feedback moves its order, and nothing of it is kept."""


class Bandit:
    """Thompson sampling within a rule. It never adds a strategy, and leaves firm rules and delicate talk as they are.

    Args:
        place: the context, one of ``edge.response.contexts``.
        seed: of the draws; None for other ones each time.
    """

    def __init__(self, place: str, seed: int | None = None) -> None:
        self.posterior = Posterior(())
        self._place = place
        self._random = Random(seed)  # noqa: S311 - no secret; numpy.random would take 2 MiB of the device

    def know(self, answers: Sequence[tuple[Situation, str, int, float]]) -> None:
        """Go by these verdicts and no others, the newest last; as for ``Posterior``."""
        self.posterior = Posterior(answers)

    def order(self, rule: Rule, moment: Moment) -> tuple[Strategy, ...]:
        """The strategies of ``rule`` in the order to try."""
        usual = order(rule, moment)
        if rule.firm or moment.talk in NOT_LEARNED or len(usual) <= 1 or self.posterior.count < VERDICTS:
            return usual
        situation = Situation.of(moment, self._place)
        drawn = draw(*self.posterior.of(situation, [strategy.value for strategy in usual]), self._random)
        places = sorted(range(len(usual)), key=lambda place: (_worn(usual[place], moment), -drawn[place]))
        return tuple(usual[place] for place in places)


def _worn(strategy: Strategy, moment: Moment) -> bool:
    """Whether all of the latest answers were by it: a fourth in a row comes last, however well it was received."""
    return moment.recent.count(strategy) == RECENT
