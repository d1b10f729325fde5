"""Aggregates as the loop sees them: States, replies and feedback go in; now and then one hour, with noise, leaves.

All goes by running time (``edge.privacy.running_time``): it is divided into periods, and in each one hour is drawn by
lot beforehand, from the vault's secret. Whether, when and about which hour something is told so does not depend on what
was in it. The wall clock only names the hour, and only once it has run evenly for a while.
"""

from __future__ import annotations

import logging
import time
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from edge.affect import Reply, Sense, State
from edge.errors import BudgetError, OutletError, VaultError
from edge.outlets.aggregates.message import message_of
from edge.outlets.aggregates.tally import Tally
from edge.outlets.calendar import SETTLED_S, Calendar
from edge.outlets.outlet import Item, Outcome, Outlet, Withdrawal
from edge.privacy.accounting import epsilon_of
from edge.privacy.contribution import noised, rho_of_report, variances
from edge.privacy.pseudonym import Pseudonyms
from edge.safety.grants import Purpose

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.outlets.aggregates.message import AggregateMessage
    from edge.privacy.database import Transaction
    from edge.privacy.ledger import Ledger
    from edge.privacy.settings import PrivacySettings
    from edge.privacy.vault import Vault

log = logging.getLogger(__name__)

KIND = "aggregate"
HOUR_NS = 3_600_000_000_000
LOOK_NS = 1_000_000_000
MARK_NS = 600_000_000_000
"""Between two writings of the running time; more is lost of it when the power fails."""
AGAIN_NS = 60_000_000_000
"""Between two attempts to write where the vault cannot be written."""
LIFETIME_S = 30 * 86_400.0
"""A report waits so long for a broker; one that is older helps nobody."""
FIRST_DAY = date(2026, 1, 1)
"""A clock that says an earlier day was never set: boards without one of their own begin in 1970."""


class Sink(Protocol):
    """The outbox, as far as it is needed here."""

    def put(
        self, kind: str, topic: str, message: dict[str, Any], *, lifetime_s: float, transaction: Transaction | None
    ) -> str:
        """Store a message in the commit of ``transaction``; its id."""
        ...

    def recall(self, kind: str) -> int:
        """Take back what waits of a kind; how many."""
        ...


class Aggregates(Outlet):
    """Counts what every sense behind it was granted for; releases an hour a period."""

    name = "aggregates"
    takes = (State, Reply, Outcome, Withdrawal)
    capacity = 64

    def __init__(
        self,
        settings: PrivacySettings,
        device: str,
        *,
        vault: Vault,
        ledger: Ledger,
        sink: Sink,
        may_share: Callable[[], frozenset[Sense]],
        calendar: Calendar | None = None,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Nothing is counted yet.

        Args:
            settings: topic, pace and budget; the topic is not empty.
            device: its id, for the topic.
            vault: in which ledger and outbox are.
            ledger: of the device.
            sink: the device's outbox, in the same vault.
            may_share: the senses that are granted for aggregates just now.
            calendar: names the hour.
            monotonic_ns: paces what is looked at; tests set it.
        """
        super().__init__()
        self.refused: BudgetError | None = None
        """Why the latest report did not leave; None when it did."""
        self._topic, self._device = settings.topic, device
        self._vault, self._ledger, self._sink = vault, ledger, sink
        self._may_share = may_share
        self._calendar = calendar or Calendar("")
        self._monotonic_ns = monotonic_ns
        self._hours = settings.report_every_hours
        limits = ledger.limits
        self._noise = variances(rho_of_report(limits, settings.aggregates_share, self._hours * 3600))
        self._rho = float(self._noise.rho)
        self._pseudonyms: Pseudonyms | None = None
        self._tally: Tally | None = None
        self._due: tuple[int, Tally] | None = None
        """The period and the count of an hour that is over and waits to be released, until the next one is over."""
        self._running_ns = self._boot_ns = self._looked_ns = self._marked_ns = 0
        self._again_ns = 0
        self._forgotten = False

    def open(self) -> None:
        """Raises OutletError where the vault cannot be used."""
        self._calendar.look()
        self._begin()

    def forget(self, sense: Sense) -> None:  # noqa: ARG002 - what every sense gave is in one count
        """What was counted goes at the next item, and the vault is looked at anew: it may be another one."""
        self._forgotten = True

    def deliver(self, item: Item) -> None:
        """Count one item; release what is due. Raises OutletError."""
        if self._forgotten:
            self._forgotten = False
            self._tally = self._due = None  # of a running time that may be gone
            self._begin()
        now_ns = self._now_ns()
        tally = self._tally
        match item:
            case Withdrawal() if item.purpose in {Purpose.AGGREGATES, Purpose.EMOTION}:
                self._drop()
                self._recall()
            case State() if tally is not None:
                senses = {sense for sense, share in item.shares if share > 0}
                tally.see(item if senses <= self._may_share() else None, now_ns)
            case Reply() if tally is not None and self._may_share():
                tally.reply(now_ns)
            case Outcome() if tally is not None and item.taken and self._may_share():
                tally.judge(item.feedback, now_ns)
        if self._monotonic_ns() - self._looked_ns >= LOOK_NS:
            self._look()

    def close(self) -> None:
        """Keep the running time; an hour that is not over is given up."""
        if self._pseudonyms is not None:
            try:
                self._mark()
            except VaultError as error:
                self._report(error)

    def _now_ns(self) -> int:
        """The running time, between two writings of it."""
        return self._running_ns + max(0, self._monotonic_boot_ns() - self._boot_ns)

    def _monotonic_boot_ns(self) -> int:
        return self._calendar.boot_ns(self._monotonic_ns())

    def _mark(self) -> None:
        self._boot_ns = self._monotonic_boot_ns()
        self._running_ns = self._ledger.mark()
        self._marked_ns = self._monotonic_ns()

    def _look(self) -> None:
        """Once a second: the clocks, the hour that is counted, the one that is due."""
        self._looked_ns = self._monotonic_ns()
        settled = self._calendar.look() >= SETTLED_S and self._calendar.today() >= FIRST_DAY
        try:
            if self._looked_ns - self._marked_ns >= MARK_NS:
                self._mark()
            self._turn_hour()
            if self._due is not None and settled and self._looked_ns >= self._again_ns:
                self._again_ns = self._looked_ns + AGAIN_NS
                self._release(*self._due)
        except VaultError as error:
            raise OutletError(error.problem, error.remedy) from error

    def _turn_hour(self) -> None:
        """Begin to count the hour of this period, or end it."""
        now_ns = self._now_ns()
        if self._tally is not None and now_ns >= self._tally.end_ns:
            self._due = (self._period(self._tally.start_ns), self._tally)
            self._tally = None
            self._again_ns = 0
        if self._tally is None:
            start_ns = self._start_ns(self._period(now_ns))
            if start_ns <= now_ns < start_ns + HOUR_NS:
                self._tally = Tally(start_ns, start_ns + HOUR_NS)

    def _period(self, running_ns: int) -> int:
        return running_ns // (self._hours * HOUR_NS)

    def _start_ns(self, period: int) -> int:
        """When the hour of that period begins, in running time."""
        if self._pseudonyms is None:
            message = "the outlet was not opened"
            raise RuntimeError(message)
        return (period * self._hours + self._pseudonyms.chosen(period, self._hours)) * HOUR_NS

    def _release(self, period: int, tally: Tally) -> None:
        """Write the ledger and the outbox in one commit; before it nothing can leave, after it nothing is undone."""
        if not self._may_share():
            self._due = None
            return
        message = self._message(tally)
        topic = self._topic.format(device=self._device, pseudonym=message.pseudonym)
        try:
            with self._vault.transaction() as transaction:
                self._ledger.spend(transaction, KIND, self._rho, period)
                self._sink.put(KIND, topic, message.payload(), lifetime_s=LIFETIME_S, transaction=transaction)
        except BudgetError as error:
            if self.refused is None:
                log.warning("an aggregate is not released: %s", error)
            self.refused = error
        else:
            self.refused = None
        self._due = None

    def _message(self, tally: Tally) -> AggregateMessage:
        if self._pseudonyms is None:
            message = "the outlet was not opened"
            raise RuntimeError(message)
        middle_ns = (tally.start_ns + tally.end_ns) // 2
        moment = self._calendar.moment(self._monotonic_boot_ns() - (self._now_ns() - middle_ns))
        return message_of(
            noised(tally.hour(), self._noise),
            self._noise,
            pseudonym=self._pseudonyms.of_month(moment.date()),
            day=moment.date(),
            of_day=moment.hour,
            epsilon=epsilon_of(self._rho, self._ledger.limits.delta),
            delta=self._ledger.limits.delta,
        )

    def _begin(self) -> None:
        try:
            self._pseudonyms = Pseudonyms(self._vault)
            self._mark()
        except VaultError as error:
            raise OutletError(error.problem, error.remedy) from error

    def _recall(self) -> None:
        """What was released and has not left the device stays here. The ledger keeps its entry: better one too many."""
        try:
            count = self._sink.recall(KIND)
        except VaultError as error:
            raise OutletError(error.problem, error.remedy) from error
        if count:
            log.info("%d aggregates that waited for the broker were taken back with the consent", count)

    def _drop(self) -> None:
        """What was counted and not released goes; the hour goes on empty."""
        self._due = None
        if self._tally is not None:
            self._tally = Tally(self._tally.start_ns, self._tally.end_ns)
