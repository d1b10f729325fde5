"""Which head is in use: a new one only while it does no worse on what the household itself said of the device.

Judged by the mean loss on examples that nothing was learned from. Where there are none yet the new head is on trial: it is
judged again with every example that comes, until TRIAL of them have spoken, and rolled back as soon as it does worse.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.learning.federated.local import OWN, learned
from edge.learning.federated.loss import mean_loss
from edge.learning.federated.shelf import SHIPPED, Kept, Role

if TYPE_CHECKING:
    from edge.learning.federated.shelf import Shelf
    from edge.understanding.fusion import Pool

log = logging.getLogger(__name__)

TRIAL = 20
"""Held-out examples after which a head that did no worse is no more on trial."""
LEAST_OWN = 12
"""Examples to learn from before the device fits a head of its own …"""
LEAST_JUDGES = 6
"""… and held-out ones to judge it by."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a head: whether it is kept, and why, as a clause."""

    kept: bool
    why: str


class Trial:
    """Judges heads on a shelf. Methods raise VaultError where the shelf's do."""

    def __init__(self, shelf: Shelf, base: Pool) -> None:
        """``base``: the shipped pool."""
        self._shelf = shelf
        self._base = base

    def in_use(self) -> Kept:
        """The own head, else the fleet's, else what is shipped."""
        return self._shelf.head(Role.OWN) or self._fleet()

    def arrived(self, new: Kept) -> Verdict:
        """A head of the fleet came; it takes the place of the one before where it does no worse."""
        present = self._fleet()
        verdict = self.judge(new, present)
        if verdict.kept:
            self._shelf.put(Role.BEFORE, present)
            self._shelf.put(Role.FLEET, new)
            self.refit()
        log.info("the head of round %d is %s: %s", new.round, "kept" if verdict.kept else "left", verdict.why)
        return verdict

    def learned_more(self) -> Verdict | None:
        """There is a new example: judge what is on trial again, and fit the own head anew. None: nothing was on trial."""
        before, fleet = self._shelf.head(Role.BEFORE), self._shelf.head(Role.FLEET)
        verdict = None
        if before is not None and fleet is not None:
            verdict = self.judge(fleet, before)
            if not verdict.kept:
                self._shelf.put(Role.FLEET, before)
                self._shelf.put(Role.BEFORE, None)
                log.warning("the head of round %d is rolled back: %s", fleet.round, verdict.why)
            elif len(self._shelf.examples(held=True)) >= TRIAL:
                self._shelf.put(Role.BEFORE, None)
        self.refit()
        return verdict

    def refit(self) -> Verdict:
        """Fit the own head on the device's examples, from the fleet's; kept where it does no worse than that."""
        learn, held = self._shelf.examples(held=False), self._shelf.examples(held=True)
        if len(learn) < LEAST_OWN or len(held) < LEAST_JUDGES:
            verdict = Verdict(False, f"{len(learn)} and {len(held)} examples are too few for a head of its own")
        else:
            fleet = self._fleet()
            own = Kept(fleet.round, learned(fleet.vector, self._base, learn, OWN))
            verdict = self.judge(own, fleet)
            if verdict.kept:
                self._shelf.put(Role.OWN, own)
        if not verdict.kept and self._shelf.head(Role.OWN) is not None:
            self._shelf.put(Role.OWN, None)
        return verdict

    def judge(self, new: Kept, old: Kept) -> Verdict:
        """Whether ``new`` does no worse than ``old`` on the held-out examples."""
        held = self._shelf.examples(held=True)
        if not len(held):
            return Verdict(True, "on trial, as the household has said nothing yet to judge it by")
        if np.array_equal(new.vector, old.vector):
            return Verdict(True, "it is the same")
        found, known = (mean_loss(one.vector, self._base, held) for one in (new, old))
        told = f"its loss on {len(held)} held-out examples is {found:.3f}, that of the one before {known:.3f}"
        return Verdict(found <= known, told)

    def _fleet(self) -> Kept:
        return self._shelf.head(Role.FLEET) or SHIPPED
