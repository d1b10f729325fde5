"""What of a device's examples goes into a round: local steps, clip, noise where the device adds it, budget, signature.

Two models of privacy, both of zCDP (``edge.privacy.accounting``) with a neighbour that has any other update in place of
this one, which moves the sum of updates by at most twice the clip; with noise of deviation ``z · clip`` in the sum,
ρ = (2 · clip)² / (2 · (z · clip)²) = 2 / z²:

- noise by the **coordinator** (default): it is trusted with the clipped updates of single devices, and adds the noise to
  their sum before anybody else sees it. The device charges its budget with what the signed announcement promises.
- noise by the **device**: the same deviation is added here to the device's own update, which is then clipped once more, so
  that nobody has to be trusted and the same ρ holds against the coordinator itself. Of a single update little is left under
  it: only with many thousands of devices is anything learned.

Noise that each device adds its part of is not offered: without secure aggregation it keeps nothing from the coordinator,
and an update under it is longer than the clip by which the coordinator tells a poisoner.
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
    from edge.privacy.vault import Transaction
    from edge.understanding.fusion import Pool

Model = Literal["coordinator", "device"]
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


def noised(
    delta: Floats,
    announcement: Announcement,
    sample: Callable[[Fraction | int], int] = discrete_gaussian,
) -> Floats:
    """``delta`` with exact Gaussian noise of the announced deviation, and clipped again.

    It is brought to whole numbers of clip / GRID first, and shortened so that rounding does not carry it beyond the clip.
    """
    rounding = (isqrt(len(delta)) + 1) / (2 * GRID)
    whole = np.rint(clipped(delta, announcement.clip * (1 - rounding)) / announcement.clip * GRID)
    variance = (Fraction(announcement.noise_multiplier) * GRID) ** 2
    noise = np.array([sample(variance) for _ in range(len(delta))], np.float64)
    return clipped((whole + noise) / GRID * announcement.clip, announcement.clip * (1 - SHAVE))


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
