"""Years with a clock that lies: how often more leaves than may. The ledger and the vault are the device's own.

The world has a true time that nobody in it can see. The machine is switched off for hours or weeks and starts anew; its
quartz is fast or slow; its wall clock is set back and forth by years, to 1970, or by what NTP does. Somebody greedy
asks for a release at every chance, as large as it may be. Afterwards every year of true time is looked at.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

from edge.errors import BudgetError
from edge.privacy.accounting import epsilon_of
from edge.privacy.ledger import Ledger
from edge.privacy.limits import Limits
from edge.privacy.running_time import Boot, RunningTime
from edge.privacy.vault import open_vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

YEAR_S = 365.25 * 86_400
START_UTC_S = 1_767_225_600.0
"""2026-01-01."""
STEP_S = 7_200.0
"""The mean time between two askings."""
FAULT_CHANCE = 0.05
"""Of each step: about 220 faults a year."""
PPM = 200e-6
"""How far a quartz may be off; 100 is much."""


class World:
    """True time, and clocks that show something else."""

    def __init__(self, chance: random.Random) -> None:
        self.true_s = 0.0
        self.wall_off_s = 0.0
        self.faults: dict[str, int] = {}
        self._chance = chance
        self._starts = 0
        self._start()

    def boot(self) -> Boot:
        """CLOCK_BOOTTIME as the device sees it."""
        return Boot(f"boot {self._starts}", int((self.true_s - self._started_s) * self._rate * 1e9))

    def wall_s(self) -> float:
        """The wall clock."""
        return START_UTC_S + self.true_s + self.wall_off_s

    def step(self) -> bool:
        """Let time pass, perhaps with a fault; whether the machine has started anew."""
        self.true_s += self._chance.expovariate(1 / STEP_S)
        if self._chance.random() >= FAULT_CHANCE:
            return False
        name, fault = self._chance.choice(tuple(self._kinds().items()))
        self.faults[name] = self.faults.get(name, 0) + 1
        return fault()

    def _kinds(self) -> dict[str, Callable[[], bool]]:
        year = YEAR_S
        return {
            "switched off": lambda: self._off(self._chance.expovariate(1 / 86_400)),
            "switched off for weeks": lambda: self._off(self._chance.uniform(7, 40) * 86_400),
            "wall clock set back by years": lambda: self._set(-self._chance.uniform(1, 20) * year),
            "wall clock set forward by years": lambda: self._set(self._chance.uniform(1, 20) * year),
            "step by NTP": lambda: self._set(self._chance.uniform(-600, 600)),
            "wall clock at 1970": lambda: self._set(-START_UTC_S - self.true_s - self.wall_off_s),
            "wall clock right again": lambda: self._set(-self.wall_off_s),
            "restarted with the clock years ahead": lambda: self._set(5 * year) or self._off(60.0),
        }

    def _off(self, seconds: float) -> bool:
        self.true_s += seconds
        self._start()
        return True

    def _set(self, by_s: float) -> bool:
        self.wall_off_s += by_s
        return False

    def _start(self) -> None:
        self._starts += 1
        self._started_s = self.true_s
        self._rate = 1 + self._chance.uniform(-PPM, PPM)


@dataclass(frozen=True, slots=True)
class Told:
    """What was found.

    Attributes:
        years: that were simulated.
        asked: how often somebody asked for a release.
        released: how many of these were made.
        past_limit: releases with which the year before them had more than may be.
        most_epsilon: of any year of true time.
        most_release: ε of the largest.
        faults: how many of each kind.
    """

    years: float
    asked: int
    released: int
    past_limit: int
    most_epsilon: float
    most_release: float
    faults: dict[str, int]


def simulate(directory: Path, years: float, seed: int, tell: Callable[[float], None] = lambda _: None) -> Told:
    """Simulate in a vault of its own in ``directory``; ``tell`` is given the part that is done. Raises VaultError."""
    chance = random.Random(seed)  # noqa: S311 - makes faults, guards nothing
    world, limits = World(chance), Limits()
    releases: list[tuple[float, float]] = []
    asked = 0
    vault = open_vault(directory)
    try:
        ledger = Ledger(vault, limits, RunningTime(world.boot), world.wall_s)
        while world.true_s < years * YEAR_S:
            tell(world.true_s / (years * YEAR_S))
            if world.step():
                vault.close()
                vault = open_vault(directory)
                ledger = Ledger(vault, limits, RunningTime(world.boot), world.wall_s)
            for rho in (limits.rho_release * chance.random() ** 2, 0.001 * limits.rho_year):
                asked += 1
                try:
                    with vault.transaction() as transaction:
                        ledger.spend(transaction, "aggregate", rho)
                except BudgetError:
                    continue
                releases.append((world.true_s, rho))
    finally:
        vault.close()
    return _judged(years, asked, releases, limits, world.faults)


def _judged(
    years: float, asked: int, releases: list[tuple[float, float]], limits: Limits, faults: dict[str, int]
) -> Told:
    """By true time, and by ε: nothing that the ledger worked out is used."""
    epsilons = []
    first = 0
    for index, (at_s, _) in enumerate(releases):
        while at_s - releases[first][0] >= YEAR_S:
            first += 1
        epsilons.append(epsilon_of(fsum(rho for _, rho in releases[first : index + 1]), limits.delta))
    return Told(
        years=years,
        asked=asked,
        released=len(releases),
        past_limit=sum(epsilon > limits.epsilon_year for epsilon in epsilons),
        most_epsilon=max(epsilons, default=0.0),
        most_release=max((epsilon_of(rho, limits.delta) for _, rho in releases), default=0.0),
        faults=dict(sorted(faults.items())),
    )
