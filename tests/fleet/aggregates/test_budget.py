from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from edge.privacy.ledger import Ledger
from edge.privacy.limits import Limits
from edge.privacy.running_time import RunningTime
from edge.privacy.vault import open_vault
from fleet.aggregates import years
from fleet.aggregates.attacks import BLIND, attack, without_noise
from fleet.aggregates.years import World, simulate
from fleet.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def test_no_release_goes_past_the_limit_whatever_the_clocks_do(tmp_path: Path) -> None:
    told = simulate(tmp_path, 0.3, seed=5)
    assert told.past_limit == 0
    assert 7.9 < told.most_epsilon <= 8.0
    assert told.most_release <= 2.0
    assert told.released > 20
    assert sum(told.faults.values()) > 10


def test_the_judge_sees_a_ledger_that_believes_the_wall_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that the simulation could find something."""

    class Believing(RunningTime):
        def mark(self, transaction: object) -> int:  # noqa: ARG002 - as the real one
            return int(worlds[-1].wall_s() * 1e9) if worlds[-1].wall_s() > 0 else 0

    worlds: list[World] = []

    class Seen(World):
        def __init__(self, chance: random.Random) -> None:
            super().__init__(chance)
            worlds.append(self)

    monkeypatch.setattr(years, "World", Seen)
    monkeypatch.setattr(years, "RunningTime", Believing)
    assert simulate(tmp_path, 0.3, seed=5).past_limit > 0


def test_true_years_give_the_budget_back(tmp_path: Path) -> None:
    """Strict, and yet of use: a device that just runs may tell as much again the next year."""
    world = World(random.Random(1))  # noqa: S311 - as it is always
    vault = open_vault(tmp_path)
    ledger = Ledger(vault, Limits(), RunningTime(world.boot), world.wall_s)
    for _ in range(3):
        for _ in range(11):
            with vault.transaction() as transaction:
                ledger.spend(transaction, "aggregate", ledger.limits.rho_release)
        world.true_s += 367 * 86_400
    assert ledger.standing().ever == {"aggregate": 33}


def test_attacks_are_sure_without_noise_and_are_not_with_it() -> None:
    bare = without_noise()
    assert (bare.auc, bare.error) == (1.0, 0.0)
    one, some = attack(0.5, 24, 200, counts=(1, 30))
    assert abs(one.auc - 0.5) < 0.13
    assert one.epsilon is not None
    assert some.epsilon is not None
    assert one.epsilon < some.epsilon < 2
    assert one.error > some.error > 10 * BLIND


def test_an_attacker_gains_when_there_is_little_noise() -> None:
    """Proves that the attack could find something."""
    loud = attack(1.0, 744, 40, counts=(120,))[0]
    assert loud.auc > 0.9
    assert loud.allowed > 0.9


def test_the_commands_say_what_they_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["budget", "years", "--years", "0.05", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["past_limit"] == 0
    assert main(["budget", "years", "--years", "0.02"]) == 0
    assert "releases past the limit: 0" in capsys.readouterr().out
    assert main(["budget", "attack", "--trials", "4", "--every", "744"]) == 0
    told = capsys.readouterr().out
    assert "none  1.000" in told
    assert main(["budget", "attack", "--trials", "4", "--every", "744", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["guesses"]) >= 3


@pytest.mark.parametrize(
    ("option", "told"),
    [("--years=0", "up to 100"), ("--trials=3", "at least 4"), ("--share=1.5", "up to 1"), ("--every=0", "1 to 744")],
)
def test_what_cannot_be_is_refused(option: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["budget", "attack", option]) == 2
    assert told in capsys.readouterr().err
