"""The ledger: every release is written here, in the commit that lets it leave, or it does not leave.

The year is a sliding window of running time (``edge.privacy.running_time``), so nothing that is done to a clock gives
budget back. Rows are only added; the database refuses anything else. Whoever releases does so like this::

    with vault.transaction() as transaction:
        ledger.spend(transaction, "aggregate", rho)
        outbox.put("aggregate", topic, message, lifetime_s=…, transaction=transaction)
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import fsum, isfinite
from typing import TYPE_CHECKING

from edge.errors import BudgetError, VaultError
from edge.privacy.accounting import epsilon_of
from edge.privacy.limits import YEAR_S, Limits
from edge.privacy.running_time import RunningTime

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.privacy.database import Transaction
    from edge.privacy.vault import Vault

_WINDOW = "SELECT rho, running_ns, kind FROM privacy_release WHERE running_ns > ? ORDER BY running_ns"
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the budget stands.

    Attributes:
        limits: what is allowed.
        rho: what the releases of the last year add up to.
        releases: how many of each kind these were.
        ever: how many of each kind there were at all.
        running_s: time that has surely passed since the first look.
        returns_s: seconds of running time until the oldest release counts no more; None without one.
    """

    limits: Limits
    rho: float
    releases: dict[str, int]
    ever: dict[str, int]
    running_s: float
    returns_s: float | None

    @property
    def epsilon(self) -> float:
        """ε of the last year at the limits' δ."""
        return epsilon_of(self.rho, self.limits.delta)

    @property
    def epsilon_left(self) -> float:
        """What is between that and the limit; 0 where a limit became stricter than what was spent."""
        return max(0.0, self.limits.epsilon_year - self.epsilon)

    @property
    def left(self) -> float:
        """The part of the year's budget that is left, 0 to 1."""
        return max(0.0, 1 - self.rho / self.limits.rho_year)


class Ledger:
    """One for the device; safe to share between threads as the vault is."""

    def __init__(
        self,
        vault: Vault,
        limits: Limits,
        running: RunningTime | None = None,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        """Nothing is written yet.

        Args:
            vault: where it is kept.
            limits: what is allowed; they may be stricter than those of an earlier run.
            running: the time that is believed.
            wall_s: seconds since 1970, shown to people and believed by nobody.
        """
        self._vault = vault
        self.limits = limits
        self._running = running or RunningTime()
        self._wall_s = wall_s

    def mark(self) -> int:
        """Keep the running time, in ns; to be done every few minutes, or a power cut costs more. Raises VaultError."""
        with self._vault.transaction() as transaction:
            return self._running.mark(transaction)

    def spend(self, transaction: Transaction, kind: str, rho: float, period: int | None = None) -> None:
        """Write a release down. It may leave when, and only when, ``transaction`` is committed.

        Args:
            transaction: in which the message is put into the outbox as well.
            kind: what is released: "aggregate", "update".
            rho: how much it tells of the household, in zCDP.
            period: of which period of its kind; None where there are none. One period is released once.

        Raises:
            BudgetError: it is too much for one release or for this year, or its period was released. Nothing is
                written, and nothing may leave.
            VaultError: it cannot be written.
        """
        if not (isfinite(rho) and rho > 0):
            message = f"the ρ of a release must be positive and finite, got {rho}"
            raise ValueError(message)
        self._require_small(kind, rho)
        now_ns = self._running.mark(transaction)
        if period is not None and self.released(transaction, kind, period):
            problem = f"period {period} of {kind!r} was released already"
            raise BudgetError(problem, "Wait for the next one")
        self._require_room(transaction, kind, rho, now_ns)
        transaction.run(
            "INSERT INTO privacy_release (kind, period, rho, running_ns, shown_utc) VALUES (?, ?, ?, ?, ?)",
            kind,
            period,
            rho,
            now_ns,
            self._wall_s(),
        )

    def released(self, source: Transaction | Vault, kind: str, period: int) -> bool:
        """Whether that period was released, ever. Raises VaultError."""
        return bool(source.rows("SELECT 1 FROM privacy_release WHERE kind = ? AND period = ?", kind, period))

    def standing(self) -> Standing:
        """Where the budget stands; writes nothing. Raises VaultError."""
        now_ns = self._running.read(self._vault)
        counted = self._vault.rows(_WINDOW, now_ns - YEAR_S * 10**9)
        kinds = [str(kind) for _, _, kind in counted]
        ever = self._vault.rows("SELECT kind, count(*) FROM privacy_release GROUP BY kind ORDER BY kind")
        returns_s = None if not counted else YEAR_S - (now_ns - _number(counted[0][1])) / 1e9
        return Standing(
            limits=self.limits,
            rho=fsum(_number(rho) for rho, _, _ in counted),
            releases={kind: kinds.count(kind) for kind in sorted(set(kinds))},
            ever={str(kind): int(_number(count)) for kind, count in ever},
            running_s=now_ns / 1e9,
            returns_s=returns_s,
        )

    def _require_small(self, kind: str, rho: float) -> None:
        limits = self.limits
        if rho > limits.rho_release:
            epsilon = epsilon_of(rho, limits.delta)
            most = min(limits.epsilon_release, limits.epsilon_year)
            problem = f"a release of {kind!r} would tell ε = {epsilon:.2f} (δ = {limits.delta:g}); {most:g} is allowed"
            raise BudgetError(problem, "Add more noise, or release less")

    def _require_room(self, transaction: Transaction, kind: str, rho: float, now_ns: int) -> None:
        counted = transaction.rows(_WINDOW, now_ns - YEAR_S * 10**9)
        spent = [_number(told) for told, _, _ in counted]
        most = self.limits.rho_year
        if fsum([*spent, rho]) <= most:
            return
        at = next(index for index in range(1, len(spent) + 1) if fsum([*spent[index:], rho]) <= most)
        wait_s = YEAR_S - (now_ns - _number(counted[at - 1][1])) / 1e9
        told = epsilon_of(fsum(spent), self.limits.delta)
        problem = (
            f"the privacy budget is spent: ε = {told:.2f} of {self.limits.epsilon_year:g} in the last year "
            f"(δ = {self.limits.delta:g}), and no room for this release of {kind!r}"
        )
        raise BudgetError(problem, f"Wait: it serves again {when(wait_s)}", wait_s)


def when(wait_s: float) -> str:
    """In how much running time something is due, as a phrase for people."""
    if wait_s >= 2 * DAY_S:
        return f"after {wait_s / DAY_S:.0f} more days in which the device runs"
    return f"after {max(1.0, wait_s / 3600):.0f} more hours in which the device runs"


def _number(value: object) -> float:
    if not isinstance(value, int | float):  # STRICT tables hold nothing else
        message = f"the ledger holds {value!r} where a number belongs"
        raise TypeError(message)
    return value


class BudgetLeft:
    """What is left, as it was when it was last looked up: whoever tells it to the home waits for no disk."""

    def __init__(self, ledger: Ledger) -> None:
        """Nothing is read yet."""
        self._ledger = ledger
        self._left: float | None = None

    def look(self) -> None:
        """Look it up. Raises VaultError, and then it is not known."""
        try:
            self._left = self._ledger.standing().epsilon_left
        except VaultError:
            self._left = None
            raise

    def __call__(self) -> float | None:
        """The ε that may still be spent within a year; None while it is not known. From any thread."""
        return self._left
