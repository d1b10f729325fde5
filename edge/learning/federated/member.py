"""What of this room the device's loop, its clerk and its line to the broker meet: corrections in, a pool out.

``answered``, ``said`` and ``take`` are the loop's, and wait for nothing. ``announced`` and ``published`` may be called
by any thread. All else is work that is handed over (``put``) to the one thread that waits for the vault.
"""

from __future__ import annotations

import logging
import time
from itertools import count
from typing import TYPE_CHECKING

from edge.errors import FleetError
from edge.learning.federated.examples import example_of
from edge.learning.federated.head import pool_of
from edge.learning.federated.shelf import Role
from edge.learning.federated.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.affect import Emotion, Sense
    from edge.learning.federated.client import Client
    from edge.learning.federated.examples import Example
    from edge.learning.federated.shelf import VaultShelf
    from edge.understanding.fusion import Evidence, Pool

    Put = Callable[[tuple[str, ...], Callable[[], None]], None]

log = logging.getLogger(__name__)

ROOM = "head"
"""First of the key of each job."""
REMEMBERED = 8
"""Answers of which it is known which example came of them: a verdict may be taken back a few replies later."""


class Member:
    """A ``Taught`` of ``edge.learning.learner``.

    Args:
        shelf: where examples and heads lie.
        base: the shipped pool.
        put: hands over a job under its key; the clerk's.
        rests_on: what the newest State rests on; asked on the loop's thread.
        allowed: senses of which something may be kept for the person.
        client: the part in the rounds; None: the household does not join, and a head of the fleet is not used.
        own: whether the device fits a head of its own.
        now_utc_s: Unix time.
    """

    def __init__(
        self,
        shelf: VaultShelf,
        base: Pool,
        put: Put,
        *,
        rests_on: Callable[[], list[Evidence]],
        allowed: Callable[[], frozenset[Sense]],
        client: Client | None = None,
        own: bool = True,
        now_utc_s: Callable[[], float] = time.time,
    ) -> None:
        self.refused = 0
        """Messages of the fleet that were none, since the start."""
        self._shelf = shelf
        self._base = base
        self._put = put
        self._rests_on = rests_on
        self._allowed = allowed
        self._client = client
        self._trial = Trial(shelf, base) if client is None else client.trial
        self._own = own
        self._now_utc_s = now_utc_s
        self._numbers = count()
        self._rested: tuple[int, Emotion | None, list[Evidence]] | None = None
        self._kept: dict[int, int] = {}
        """Answer → the example that came of it. The worker's."""
        self._fresh: Pool | None = None
        self._used = base
        put((ROOM, "begin"), self._begin)

    def answered(self, number: int, told: Emotion | None) -> None:
        """A State with this label led to the answer of that number."""
        self._rested = (number, told, self._rests_on())

    def said(self, number: int, profile: str, truth: Emotion | None, *, confirmed: bool) -> None:
        """Something was said of that answer, and may be kept for ``profile``."""
        if self._rested is None or self._rested[0] != number:
            return
        _, told, evidence = self._rested
        felt = told if confirmed else truth
        example = None if felt is None else example_of(evidence, felt, self._allowed(), confirmed=confirmed)
        self._hand("example", lambda: self._keep(number, profile, example))

    def take(self) -> Pool | None:
        """Another pool to understand by; None: as before."""
        fresh, self._fresh = self._fresh, None
        return fresh

    def withdraw(self, senses: frozenset[Sense]) -> None:
        """What was kept of these senses has to go."""
        self._hand("withdraw", lambda: self._gone(self._shelf.withdraw(senses)))

    def forget(self, profile: str | None = None) -> None:
        """What was kept of a profile, or of all, has to go."""
        self._hand("forget", lambda: self._gone(self._shelf.forget(profile)))

    def announced(self, payload: bytes) -> None:
        """A round was announced."""
        client = self._client
        if client is not None:
            self._hand("round", lambda: self._guarded(lambda: client.heard(payload, self._now_utc_s())))

    def published(self, payload: bytes) -> None:
        """A head was published."""
        client = self._client
        if client is not None:
            self._hand("published", lambda: self._guarded(lambda: self._adopt(client, payload)))

    def turn(self) -> None:
        """What is due in the open round, and what another process changed; by the worker, again and again.

        Raises:
            VaultError: the vault is out of reach.
        """
        if self._client is not None:
            self._client.turn(self._now_utc_s())
        self._use()

    def _begin(self) -> None:
        unused = [] if self._client is not None else [Role.FLEET, Role.BEFORE, Role.PUBLISHED]
        for role in [*unused, *([] if self._own else [Role.OWN])]:
            if self._shelf.head(role) is not None:
                self._shelf.put(role, None)
        self._use()

    def _hand(self, what: str, work: Callable[[], None]) -> None:
        self._put((ROOM, what, str(next(self._numbers))), work)  # each is done: none takes the place of another

    def _keep(self, number: int, profile: str, example: Example | None) -> None:
        before = self._kept.pop(number, None)
        if example is None:
            if before is not None:
                self._shelf.remove(before)
            return
        self._kept[number] = self._shelf.add(profile, example, self._now_utc_s(), before)
        while len(self._kept) > REMEMBERED:
            del self._kept[next(iter(self._kept))]
        self._trial.learned_more()
        self._refit()

    def _gone(self, examples: int) -> None:
        self._kept.clear()
        if examples:
            log.info("%d examples are forgotten, and what was learned from them", examples)
        self._refit()

    def _adopt(self, client: Client, payload: bytes) -> None:
        verdict = client.published(payload)
        if verdict is not None and verdict.kept:
            self._refit()

    def _refit(self) -> None:
        if self._own:
            self._trial.refit()
        self._use()

    def _use(self) -> None:
        """Bring the pool of the head that is in use to the loop, where it is another one."""
        pool = pool_of(self._trial.in_use().vector, self._base)
        if pool != self._used:
            self._used = self._fresh = pool
            log.info("the senses are taken by %s", pool.name)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except FleetError as error:
            self.refused += 1
            if str(self.refused).strip("0") == "1":  # the 1st, 10th, 100th …: a flood must not fill the log
                log.warning("a message of the fleet is refused (%d so far): %s", self.refused, error)
