"""Ways to order what a rule allows, for ``converters.evaluate_bandit``: the device's own, and those beside it."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from edge.learning.bandit import Bandit
from edge.learning.situation import Situation
from edge.response.strategy import Moment, Rule, Strategy, order

PLACE = "home"


class Policy(Protocol):
    """Orders what a rule allows, and may learn from what was said of it."""

    def order(self, rule: Rule, moment: Moment) -> tuple[Strategy, ...]:
        """As ``edge.response.strategy.Chooser``."""
        ...

    def hear(self, moment: Moment, strategy: Strategy, place: int, verdict: float) -> None:
        """What was said of an answer: +1 or -1; ``place`` in the rules' order."""
        ...


class Rules:
    """The order that the device has before anybody gave feedback."""

    def order(self, rule: Rule, moment: Moment) -> tuple[Strategy, ...]:
        """As ``strategy.order``."""
        return order(rule, moment)

    def hear(self, moment: Moment, strategy: Strategy, place: int, verdict: float) -> None:
        """It learns nothing."""


class Ranked(Rules):
    """The same ranking always; what is not in it follows as the rules have it."""

    def __init__(self, ranking: tuple[Strategy, ...]) -> None:
        self._ranking = {strategy: place for place, strategy in enumerate(ranking)}

    def order(self, rule: Rule, moment: Moment) -> tuple[Strategy, ...]:
        """By the ranking."""
        return tuple(sorted(order(rule, moment), key=lambda s: self._ranking.get(s, len(self._ranking))))


class Chance(Rules):
    """Any order, each as likely."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def order(self, rule: Rule, moment: Moment) -> tuple[Strategy, ...]:
        """Drawn; a firm rule is left as it is."""
        usual = order(rule, moment)
        return usual if rule.firm else tuple(usual[i] for i in self._random.permutation(len(usual)))


class Learning(Rules):
    """The device's own bandit."""

    def __init__(self, seed: int) -> None:
        self._bandit = Bandit(PLACE, seed)
        self._heard: list[tuple[Situation, str, int, float]] = []

    def order(self, rule: Rule, moment: Moment) -> tuple[Strategy, ...]:
        """As the device would."""
        return self._bandit.order(rule, moment)

    def hear(self, moment: Moment, strategy: Strategy, place: int, verdict: float) -> None:
        """Learn from it as the device would."""
        self._heard.append((Situation.of(moment, PLACE), strategy.value, place, verdict))
        self._bandit.know(self._heard)
