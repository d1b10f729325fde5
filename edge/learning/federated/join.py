"""What of a device's examples goes into a round: local steps, clip, noise where the device adds it, budget, signature.

The privacy is zCDP (``edge.privacy.accounting``): the neighbour has any other update in place of this one, which moves
the sum of updates by at most twice the clip; with noise of deviation ``z · clip`` in the sum that is
ρ = (2 · clip)² / (2 · (z · clip)²) = 2 / z². No gain by sampling is claimed: the broker sees who joins. Who adds the
noise, the signed announcement says:

- **coordinator**: it is trusted with the clipped updates of single devices, and adds the noise before anybody else sees
  what they come to. The device charges its budget with what is promised, and joins only where the household's settings
  trust the coordinator.
- **devices**: each adds noise of deviation ``z · clip / √cohort`` to its own, so that the sum of a cohort has what is
  promised (the distributed discrete Gaussian: Kairouz, Liu & Steinke, ICML 2021). That holds against whoever sees the
  head. The coordinator, who sees each update with a cohort's part of the noise only, is trusted here as well.

A household that trusts nobody has its device add **all** of it: ``z · clip`` to its own update, which is clipped once
more. The same ρ holds against the coordinator, and little is left of the update.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from edge.learning.federated import vectors
from edge.learning.federated.local import ROUND, clipped, learned
from edge.learning.federated.messages import MOST_EXAMPLES, Update, sign
from edge.privacy.accounting import epsilon_of
from edge.privacy.noise import discrete_gaussian

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from numpy.typing import NDArray

    from edge.learning.federated.head import Floats
    from edge.learning.federated.local import Steps
    from edge.learning.federated.loss import Batch
    from edge.learning.federated.messages import Announcement
    from edge.privacy.database import Transaction
    from edge.understanding.fusion import Pool

Trust = Literal["coordinator", "fleet", "nobody"]
"""Whom a household trusts: the coordinator to add the noise, the fleet to add it together, or nobody."""
GRID = 4096
"""Steps of the grid in one clip: noise that is exact comes in whole numbers."""
SHAVE = 1e-6
"""By which the clip is undercut, so that no rounding to float32 goes beyond it."""
KIND = "update"


class Budget(Protocol):
    """The household's budget; ``edge.privacy.ledger.Ledger`` is one."""

    def spend(self, transaction: Transaction, kind: str, rho: float, period: int | None = None) -> None:
        """Charge ``rho`` for one period; raises BudgetError where there is no room."""
        ...


class Outbox(Protocol):
    """What must arrive; ``edge.privacy.outbox.Outbox`` is one."""

    def put(
        self,
        kind: str,
        topic: str,
        message: Mapping[str, object],
        *,
        lifetime_s: float,
        transaction: Transaction | None = None,
    ) -> str:
        """Store a message; its id."""
        ...


def rho_of(announcement: Announcement) -> float:
    """What an update of the round tells of a household, in zCDP; infinite where no noise is announced."""
    z = announcement.noise_multiplier
    return 2 / z**2 if z > 0 else float("inf")


def delta_of(
    start: NDArray[np.floating], base: Pool, batch: Batch, announcement: Announcement, steps: Steps = ROUND
) -> Floats:
    """(size,) what the device learned from ``batch`` since ``start``, no longer than the clip."""
    moved = learned(start, base, batch, steps).astype(np.float64) - np.asarray(start, np.float64)
    return clipped(moved, announcement.clip * (1 - SHAVE))


def allowed(announcement: Announcement, trust: Trust) -> bool:
    """Whether a household that trusts so may join: one that trusts the fleet does not take the coordinator's word."""
    return announcement.noise == "devices" or trust != "fleet"


def noised(
    delta: Floats,
    announcement: Announcement,
    trust: Trust,
    sample: Callable[[Fraction | int], int] = discrete_gaussian,
) -> Floats:
    """``delta`` with the device's exact Gaussian noise: none where the coordinator adds it, its part, or all of it.

    It is brought to whole numbers of clip / GRID first, and shortened so that rounding does not carry it beyond the
    clip.
    """
    alone = trust == "nobody"
    if not announcement.noise_multiplier or not (alone or announcement.noise == "devices"):
        return delta
    rounding = (isqrt(len(delta)) + 1) / (2 * GRID)
    whole = np.rint(clipped(delta, announcement.clip * (1 - rounding)) / announcement.clip * GRID)
    variance = (Fraction(announcement.noise_multiplier) * GRID) ** 2 / (1 if alone else announcement.cohort)
    noise = np.array([sample(variance) for _ in range(len(delta))], np.float64)
    found = np.asarray((whole + noise) / GRID * announcement.clip)
    return clipped(found, announcement.clip * (1 - SHAVE)) if alone else found


def update_of(
    delta: Floats,
    announcement: Announcement,
    device: str,
    key: Ed25519PrivateKey,
    line: str,
    *,
    count: int,
    delta_dp: float,
) -> Update:
    """The signed message; ``line``: the public key as text."""
    rho = rho_of(announcement)
    return sign(
        Update(
            round=announcement.round,
            head=announcement.head,
            device=device,
            public_key=line,
            delta=vectors.encode(delta),
            count=min(max(count, 1), MOST_EXAMPLES),
            epsilon=epsilon_of(rho, delta_dp) if np.isfinite(rho) else 0.0,
            delta_dp=delta_dp,
        ),
        key,
    )
