from __future__ import annotations

import subprocess
import sys
from math import fsum
from typing import TYPE_CHECKING

import pytest

from edge.errors import BudgetError, VaultError
from edge.privacy.accounting import epsilon_of
from edge.privacy.ledger import BudgetLeft, Ledger, when
from edge.privacy.limits import YEAR_S, Limits
from edge.privacy.running_time import Boot, RunningTime, boot
from edge.privacy.vault import open_vault

if TYPE_CHECKING:
    from pathlib import Path

    from edge.privacy.ledger import Standing
    from edge.privacy.vault import Vault

DAY_NS = 86_400 * 10**9


class Machine:
    """A machine whose starts and clocks the test sets."""

    def __init__(self) -> None:
        self.name, self.ns = "first", 0
        self.utc = 1_800_000_000.0

    def now(self) -> Boot:
        return Boot(self.name, self.ns)

    def wall_s(self) -> float:
        return self.utc

    def pass_days(self, days: float) -> None:
        self.ns += int(days * DAY_NS)

    def start_anew(self, name: str, ns: int = 0) -> None:
        self.name, self.ns = name, ns


@pytest.fixture
def machine() -> Machine:
    return Machine()


def ledger_of(vault: Vault, machine: Machine, limits: Limits | None = None) -> Ledger:
    return Ledger(vault, limits or Limits(), RunningTime(machine.now), machine.wall_s)


def spend(vault: Vault, ledger: Ledger, rho: float, period: int | None = None, kind: str = "aggregate") -> None:
    with vault.transaction() as transaction:
        ledger.spend(transaction, kind, rho, period)


def spend_all(vault: Vault, ledger: Ledger) -> int:
    """Release as large as it may be until it is refused; how often."""
    times = 0
    while True:
        try:
            spend(vault, ledger, ledger.limits.rho_release)
        except BudgetError:
            return times
        times += 1


def test_it_refuses_when_spent_and_says_when_it_serves_again(tmp_path: Path, machine: Machine) -> None:
    vault = open_vault(tmp_path)
    ledger = ledger_of(vault, machine)
    spend(vault, ledger, ledger.limits.rho_release)
    machine.pass_days(10)
    assert spend_all(vault, ledger) > 2
    assert ledger.standing().epsilon <= 8.0
    machine.pass_days(56)
    with pytest.raises(BudgetError, match=r"budget is spent: ε = 7\.\d+ of 8 .* after 300 more days") as refused:
        spend(vault, ledger, ledger.limits.rho_release)
    assert refused.value.serves_again_s == pytest.approx(YEAR_S - 66 * 86_400)
    machine.pass_days(299.9)
    with pytest.raises(BudgetError):
        spend(vault, ledger, ledger.limits.rho_release)
    machine.pass_days(0.2)
    spend(vault, ledger, ledger.limits.rho_release)
    with pytest.raises(BudgetError):
        spend(vault, ledger, ledger.limits.rho_release)


def test_a_refusal_leaves_nothing_in_the_same_transaction(tmp_path: Path, machine: Machine) -> None:
    vault = open_vault(tmp_path)
    ledger = ledger_of(vault, machine)
    spend_all(vault, ledger)

    def release() -> None:
        with vault.transaction() as transaction:
            transaction.run("INSERT INTO counter VALUES ('message', 1)")
            ledger.spend(transaction, "aggregate", ledger.limits.rho_release)

    with pytest.raises(BudgetError):
        release()
    assert vault.rows("SELECT name FROM counter") == []


def test_what_is_left_is_as_of_the_last_look_and_unknown_when_it_cannot_be_looked_up(
    tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = open_vault(tmp_path)
    ledger = ledger_of(vault, machine)
    left = BudgetLeft(ledger)
    assert left() is None
    left.look()
    assert left() == Limits().epsilon_year
    spend(vault, ledger, ledger.limits.rho_release)
    standing, meanwhile = Ledger.standing, []

    def watched(self: Ledger) -> Standing:
        meanwhile.append(left())
        return standing(self)

    monkeypatch.setattr(Ledger, "standing", watched)
    left.look()
    assert meanwhile == [Limits().epsilon_year], "the home is not told that nothing is known while it is looked up"
    assert left() == pytest.approx(standing(ledger).epsilon_left)
    vault.close()
    with pytest.raises(VaultError):
        left.look()
    assert left() is None


def test_it_survives_a_restart(tmp_path: Path, machine: Machine) -> None:
    vault = open_vault(tmp_path)
    spend_all(vault, ledger_of(vault, machine))
    before = ledger_of(vault, machine).standing()
    vault.close()
    machine.start_anew("second")
    vault = open_vault(tmp_path)
    again = ledger_of(vault, machine)
    assert again.standing().rho == before.rho
    with pytest.raises(BudgetError):
        spend(vault, again, again.limits.rho_release)


@pytest.mark.parametrize("years", [-60, -1, 1, 10, 60])
def test_a_wall_clock_that_is_set_gives_nothing_back(tmp_path: Path, machine: Machine, years: int) -> None:
    vault = open_vault(tmp_path)
    ledger = ledger_of(vault, machine)
    spend_all(vault, ledger)
    machine.utc += years * YEAR_S
    assert spend_all(vault, ledger) == 0
    vault.close()
    machine.start_anew("second")
    vault = open_vault(tmp_path)
    assert spend_all(vault, ledger_of(vault, machine)) == 0


def test_years_switched_off_give_nothing_back_as_nobody_can_tell_them_from_a_clock_that_was_set(
    tmp_path: Path, machine: Machine
) -> None:
    vault = open_vault(tmp_path)
    ledger = ledger_of(vault, machine)
    spend_all(vault, ledger)
    machine.start_anew("second", 10 * YEAR_S * 10**9)  # how long it has run before we look is not counted either
    assert spend_all(vault, ledger) == 0
    assert ledger.standing().running_s == 0


def test_time_between_two_runs_of_the_program_counts_within_one_start_of_the_machine(
    tmp_path: Path, machine: Machine
) -> None:
    vault = open_vault(tmp_path)
    ledger_of(vault, machine).mark()
    machine.pass_days(3)
    assert ledger_of(vault, machine).standing().running_s == 3 * 86_400


def test_clocks_that_swing_within_a_start_or_two_machines_that_take_turns_count_no_time_twice(
    tmp_path: Path, machine: Machine
) -> None:
    vault = open_vault(tmp_path)
    ledger = ledger_of(vault, machine)
    ledger.mark()
    for _ in range(50):
        for ns in (DAY_NS, 0):
            machine.ns = ns
            ledger.mark()
    assert ledger.standing().running_s == 86_400
    for number in range(50):
        machine.start_anew(f"machine {number % 2}", (number + 1) * YEAR_S * 10**9)
        ledger.mark()
    assert ledger.mark() == DAY_NS


def test_two_processes_with_one_clock_count_time_once(tmp_path: Path, machine: Machine) -> None:
    one, other = open_vault(tmp_path), open_vault(tmp_path)
    first, second = ledger_of(one, machine), ledger_of(other, machine)
    first.mark()
    for _ in range(10):
        machine.pass_days(1)
        first.mark()
        second.mark()
    assert first.standing().running_s == 10 * 86_400
    spend_all(one, first)
    assert spend_all(other, second) == 0


def test_the_database_itself_only_adds(tmp_path: Path, machine: Machine) -> None:
    vault = open_vault(tmp_path)
    spend(vault, ledger_of(vault, machine), 0.01)

    def run(statement: str) -> None:
        with vault.transaction() as transaction:
            transaction.run(statement)

    for statement in (
        "DELETE FROM privacy_release",
        "UPDATE privacy_release SET rho = 0.0001",
        "UPDATE privacy_time SET running_ns = running_ns - 1",
        "DELETE FROM privacy_time",
    ):
        with pytest.raises(VaultError, match=r"only added to|never goes back|not forgotten"):
            run(statement)


def test_a_period_is_released_once(tmp_path: Path, machine: Machine) -> None:
    vault = open_vault(tmp_path)
    ledger = ledger_of(vault, machine)
    spend(vault, ledger, 0.001, 7)
    with pytest.raises(BudgetError, match="period 7 of 'aggregate' was released already"):
        spend(vault, ledger, 0.001, 7)
    spend(vault, ledger, 0.001, 7, "update")
    assert ledger.standing().ever == {"aggregate": 1, "update": 1}


def test_one_release_that_tells_too_much_is_refused(tmp_path: Path, machine: Machine) -> None:
    vault = open_vault(tmp_path)
    ledger = ledger_of(vault, machine)
    with pytest.raises(BudgetError, match=r"would tell ε = 2\.\d+ .*2 is allowed. Add more noise"):
        spend(vault, ledger, 1.01 * ledger.limits.rho_release)
    assert ledger.standing().ever == {}


def test_stricter_limits_count_what_was_released_before(tmp_path: Path, machine: Machine) -> None:
    vault = open_vault(tmp_path)
    spend_all(vault, ledger_of(vault, machine))
    strict = ledger_of(vault, machine, Limits(epsilon_year=1.0))
    assert strict.standing().left == 0.0
    with pytest.raises(BudgetError, match="of 1 in the last year"):
        spend(vault, strict, strict.limits.rho_release)


@pytest.mark.parametrize("rho", [0.0, -0.1, float("nan"), float("inf")])
def test_a_release_without_a_cost_is_none(tmp_path: Path, machine: Machine, rho: float) -> None:
    vault = open_vault(tmp_path)
    with pytest.raises(ValueError, match="must be positive and finite"):
        spend(vault, ledger_of(vault, machine), rho)


def test_every_kind_has_a_part_in_the_one_budget(tmp_path: Path, machine: Machine) -> None:
    vault = open_vault(tmp_path)
    ledger = ledger_of(vault, machine)
    for kind in ("aggregate", "update", "aggregate"):
        spend(vault, ledger, 0.05, kind=kind)
    standing = ledger.standing()
    assert standing.epsilon == epsilon_of(fsum([0.05] * 3), 1e-6)
    assert standing.releases == {"aggregate": 2, "update": 1}
    assert standing.left == pytest.approx(1 - 0.15 / ledger.limits.rho_year)


def test_no_kill_leaves_a_release_that_is_not_in_the_ledger(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from edge.privacy.ledger import Ledger; from edge.privacy.limits import Limits\n"
        "from edge.privacy.vault import open_vault\n"
        "vault = open_vault(Path(sys.argv[1])); ledger = Ledger(vault, Limits())\n"
        "with vault.transaction() as transaction:\n"
        "    ledger.spend(transaction, 'aggregate', 0.01)\n"
        "    transaction.run(\"INSERT INTO counter VALUES ('message', 1)\")\n"
        "    if sys.argv[2] == 'inside': os._exit(9)\n"
        "os._exit(9)\n"
    )
    for where, count in (("inside", 0), ("after", 1)):
        subprocess.run([sys.executable, "-c", code, str(tmp_path), where], check=False, timeout=50)
        vault = open_vault(tmp_path)
        assert len(vault.rows("SELECT 1 FROM privacy_release")) == len(vault.rows("SELECT 1 FROM counter")) == count
        vault.close()


def test_this_machine_names_its_start_and_its_clock_runs() -> None:
    first = boot()
    second = boot()
    assert first.name == second.name
    assert second.ns >= first.ns > 0


@pytest.mark.parametrize(
    ("seconds", "told"), [(3600.0, "1 more hours"), (47 * 3600, "47 more hours"), (864_000, "10 more")]
)
def test_waiting_is_told_in_running_time(seconds: float, told: str) -> None:
    assert f"{told}" in when(seconds)
    assert "in which the device runs" in when(seconds)
