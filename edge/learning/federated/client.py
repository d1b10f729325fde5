"""A device's part in the rounds: it hears, draws, waits until it is idle and cool, learns, and sends once.

``heard`` and ``published`` take what came over MQTT; ``turn`` does what is due. All of it belongs to one thread that
may wait for the disk. What was decided is on the shelf, so that a restart neither draws again nor sends twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from random import SystemRandom
from typing import TYPE_CHECKING, cast

from edge.errors import BudgetError, FleetError
from edge.learning.federated import vectors
from edge.learning.federated.head import SIZE, checked
from edge.learning.federated.join import KIND, allowed, delta_of, noised, rho_of, update_of
from edge.learning.federated.local import ROUND
from edge.learning.federated.messages import Announcement, Result, public_key, read, verify
from edge.learning.federated.shelf import SHIPPED, Kept, Role
from edge.learning.federated.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from edge.accelerators.keys import PublicKey
    from edge.affect import Sense
    from edge.learning.federated.join import Budget, Outbox, Trust
    from edge.learning.federated.local import Steps
    from edge.learning.federated.shelf import Shelf
    from edge.learning.federated.trial import Verdict
    from edge.privacy.database import Transaction
    from edge.understanding.fusion import Pool

log = logging.getLogger(__name__)

_DRAW = SystemRandom().random

LEAST_EXAMPLES = 3
"""To learn from before a device joins."""
LONGEST_ROUND_S = 30 * 86_400.0
"""A round that is open for longer is none: the outbox keeps a message no longer."""


@dataclass(frozen=True, slots=True)
class Self:
    """Who the device is in a fleet.

    Attributes:
        device: its id, the CN of its certificate.
        key: that it signs with.
        coordinator: the key that announcements and results are signed with.
        delta_dp: the budget's δ.
        trust: whom the household trusts with its update.
        base: the pool that is shipped.
    """

    device: str
    key: Ed25519PrivateKey
    coordinator: PublicKey
    delta_dp: float
    trust: Trust
    base: Pool


class Client:
    """One device in the rounds.

    Args:
        me: who it is.
        shelf: where examples, heads and decisions lie.
        budget: is charged for each update.
        outbox: takes each update.
        may: senses of which something may leave, by the household's consent now; none: nothing may.
        hindrance: why it is not the time to work, as a clause; empty: the device is idle and cool.
        chance: draws a number from 0 to 1; the system's secure source by default.
        steps: how it learns in a round.
    """

    def __init__(
        self,
        me: Self,
        shelf: Shelf,
        budget: Budget,
        outbox: Outbox,
        *,
        may: Callable[[], frozenset[Sense]],
        hindrance: Callable[[], str] = lambda: "",
        chance: Callable[[], float] = _DRAW,
        steps: Steps = ROUND,
    ) -> None:
        self.trial = Trial(shelf, me.base)
        self.refused = 0
        """Messages that were not taken, since the start."""
        self.waits = ""
        """Why an open round was not joined yet; empty where there is none."""
        self._me = me
        self._line = public_key(me.key, me.device).line
        self._shelf = shelf
        self._budget = budget
        self._outbox = outbox
        self._may = may
        self._hindrance = hindrance
        self._chance = chance
        self._steps = steps
        self._open: Announcement | None = None
        self._drawn = False

    def heard(self, payload: bytes, now_utc_s: float) -> None:
        """An announcement came. A retained one comes again with every connection, which is no fault.

        Raises:
            FleetError: it is none, not the coordinator's, over, or not for this version.
            VaultError: the shelf is out of reach.
        """
        with self._counted():
            one = read(Announcement, payload)
            verify(one, self._me.coordinator)
            _require_timely(one, now_utc_s)
            if one.size != SIZE:
                problem = f"round {one.round} is about heads of {one.size} numbers, this device has {SIZE}"
                raise FleetError(problem, "Bring the device and the coordinator to the same version")
            newest = self._shelf.newest_round()
            if one.round < newest:
                problem = f"round {one.round} is announced after round {newest} was decided on"
                raise FleetError(problem, "Nothing: it is an old announcement, or somebody replays one")
        if one.round > newest and one != self._open:
            self._open, self._drawn = one, False

    def turn(self, now_utc_s: float) -> str | None:
        """Do what is due in the open round; the id of the update that was put into the outbox. Raises VaultError."""
        one = self._open
        if one is None:
            return None
        if now_utc_s >= one.closes_s:
            self._decide(one, "it closed before the device was ready", now_utc_s)
            return None
        if now_utc_s < one.opens_s or not self._may():
            self.waits = "the household did not agree" if now_utc_s >= one.opens_s else f"round {one.round} opens later"
            return None
        why = self._out(one)
        if why:
            self._decide(one, why, now_utc_s)
            return None
        self.waits = self._hindrance()
        return None if self.waits else self._join(one, now_utc_s)

    def published(self, payload: bytes) -> Verdict | None:
        """A head came; what became of it. None: it was there already.

        Raises:
            FleetError: it is none, not the coordinator's, older than the one before, or out of bounds.
            VaultError: the shelf is out of reach.
        """
        with self._counted():
            result = read(Result, payload)
            verify(result, self._me.coordinator)
            new = Kept(result.round, checked(result.vector(SIZE)))
            known = self._shelf.head(Role.PUBLISHED) or SHIPPED
            if result.round < known.round:
                problem = f"the head of round {result.round} comes after that of round {known.round}"
                raise FleetError(problem, "Nothing: it is an old result, or somebody replays one")
            if result.round == known.round and vectors.digest(known.vector) != result.head:
                problem = f"there are two heads of round {result.round}"
                raise FleetError(problem, "Check the coordinator: it signed both")
        if result.round == known.round:
            return None
        self._shelf.put(Role.PUBLISHED, new)
        return self.trial.arrived(new)

    def _out(self, one: Announcement) -> str:
        """Why the device takes no part in the round, as a clause; drawn once."""
        if not allowed(one, self._me.trust):
            return "the coordinator would add the noise, and the household trusts the fleet only"
        if not self._drawn and self._chance() >= one.share:
            return "not drawn"
        self._drawn = True
        return ""

    def _join(self, one: Announcement, now_utc_s: float) -> str | None:
        start = self._shelf.head(Role.PUBLISHED) or SHIPPED
        if vectors.digest(start.vector) != one.head:
            self.waits = f"round {one.round} starts from the head {one.head[:16]}…, which is not here yet"
            return None
        learn = self._shelf.examples(held=False).only(self._may())
        if len(learn) < LEAST_EXAMPLES:
            self._decide(one, f"{len(learn)} examples are too few", now_utc_s)
            return None
        delta = noised(delta_of(start.vector, self._me.base, learn, one, self._steps), one, self._me.trust)
        update = update_of(
            delta, one, self._me.device, self._me.key, self._line, count=len(learn), delta_dp=self._me.delta_dp
        )
        topic = f"fleet/{self._me.device}/update"
        try:
            # One commit: the budget is charged, the message waits and the round is decided, or none of it.
            with self._shelf.transaction() as transaction:
                # A shelf in memory has no transaction, and then the budget lies in memory as well.
                self._budget.spend(cast("Transaction", transaction), KIND, rho_of(one), one.round)
                ident = self._outbox.put(
                    KIND, topic, update.message(), lifetime_s=one.closes_s - now_utc_s, transaction=transaction
                )
                self._shelf.decide(one.round, "joined", now_utc_s, joined=True, by=transaction)
        except BudgetError as error:
            self._decide(one, f"no budget: {error.problem}", now_utc_s)
            return None
        self._open, self.waits = None, ""
        log.info("round %d: an update of %d examples waits to be sent", one.round, len(learn))
        return ident

    def _decide(self, one: Announcement, why: str, now_utc_s: float) -> None:
        self._shelf.decide(one.round, why, now_utc_s, joined=False)
        self._open, self.waits = None, ""
        log.info("round %d is not joined: %s", one.round, why)

    def _counted(self) -> _Counted:
        return _Counted(self)


class _Counted:
    """Counts what is refused inside."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __enter__(self) -> None:
        """Nothing is refused yet."""

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        """A FleetError goes on, counted."""
        if kind is not None and issubclass(kind, FleetError):
            self._client.refused += 1


def _require_timely(one: Announcement, now_utc_s: float) -> None:
    if now_utc_s >= one.closes_s:
        problem = f"round {one.round} closed at {one.closes_utc}"
        raise FleetError(problem, "Nothing, if the clock of the device is right; else set it")
    if one.closes_s - now_utc_s > LONGEST_ROUND_S:
        problem = (
            f"round {one.round} closes at {one.closes_utc}, more than {LONGEST_ROUND_S / 86_400:.0f} days from now"
        )
        raise FleetError(problem, "Announce shorter rounds, or set the device's clock")
