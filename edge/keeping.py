"""What a running device keeps: its vault, the clerk who works for it, and what ends there by the clock or a wish."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from edge.forgetting import forget_all
from edge.kept import try_open
from edge.loop.lifetimes import EVERY_S, Lifetimes
from edge.outlets.mqtt.clearing import clear_owed
from edge.paths import state_directory
from edge.privacy.clerk import Clerk
from edge.privacy.ledger import BudgetLeft
from edge.privacy.outbox import Outbox
from edge.understanding.person.choice import ProfileChoice
from edge.understanding.person.profiles import Profiles
from edge.wiring import identity, ledger_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.settings import Settings

log = logging.getLogger(__name__)


class Keeping:
    """Of one device. Where the vault could not be opened it senses on, and keeps nothing.

    Attributes:
        vault: None where it could not be opened.
        clerk: does the work on it, on a thread of its own, so that the loop waits for no disk.
        outbox: what must arrive; None where there is no vault to keep it in.
        budget: what the home is told of the budget; None where nothing can ever leave.
    """

    def __init__(self, settings: Settings, now: Callable[[], Settings]) -> None:
        """Opens the vault; the clerk is not started.

        Args:
            settings: with which the device begins.
            now: those that it has by now.
        """
        self._settings = settings
        self._now = now
        self.vault, self._trouble = try_open(state_directory(settings))
        self.clerk = Clerk(self.vault)
        self.outbox = None if self.vault is None else Outbox(self.vault, settings.outbox)
        self._renewals = 0
        if self.vault is not None:
            self.clerk.every(EVERY_S, ("lifetimes",), Lifetimes(self.vault).look)
        if settings.mqtt.active:
            self.clerk.every(EVERY_S, ("broker",), self._clear_broker)
        ledger = ledger_of(settings, self.vault)
        self.budget = None if ledger is None else BudgetLeft(ledger)
        if self.budget is not None:
            self.clerk.every(EVERY_S, ("budget",), self.budget.look)

    @property
    def trouble(self) -> str | None:
        """Why nothing, or not all, is kept; None where all is well."""
        return self._trouble if self.vault is None else self.clerk.trouble

    def profiles(self) -> ProfileChoice | None:
        """What lets the home choose a profile; None where nothing is kept."""
        if self.vault is None:
            return None
        return ProfileChoice(Profiles(self.vault), lambda: self._now().understanding.person.profile, self.clerk.notice)

    def renewed(self) -> bool:
        """Whether everything was forgotten since this was last asked, by whoever did it."""
        if self.vault is None or self.vault.renewals == self._renewals:
            return False
        self._renewals = self.vault.renewals
        return True

    def forget(self) -> None:
        """Somebody at home wants all forgotten; the broker is cleared as soon as it can be. Raises VaultError."""
        _, trouble = forget_all(self._settings)
        if trouble is not None:
            log.error("the broker may keep what it has: %s", trouble)
        self.clerk.put(("broker",), self._clear_broker)

    def close(self) -> None:
        """After the clerk's stop."""
        if self.vault is not None:
            self.vault.close()

    def _clear_broker(self) -> None:
        settings = self._settings
        clear_owed(settings.mqtt, identity(settings), state_directory(settings))
