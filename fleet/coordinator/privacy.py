"""What the noise in the sum of updates guarantees over several results (central differential privacy).

A head is made of the mean of n updates, each at most ``clip`` long. Another update in the place of one moves the mean
by at most 2 · clip / n; noise of deviation multiplier · clip / n on it is a Gaussian mechanism whose noise is
multiplier / 2 sensitivities, of ρ = 2 / multiplier² in zCDP: what every device charges to its own budget for a round
that it joins (``edge.learning.federated.join``). No gain by sampling is claimed, as the broker sees who joins.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DELTA = 1e-6
"""Chance for which ε does not hold, as devices have it at most."""
YEAR_S = 365 * 86_400.0


def epsilon(multipliers: Sequence[float], delta: float = DELTA) -> float:
    """ε at ``delta`` for a device that was in every one of these results, by dp-accounting's Rényi accountant.

    Args:
        multipliers: of the noise of each result; with a 0 among them nothing is guaranteed, and ε is infinite.
        delta: from 0 to 1.
    """
    if not multipliers:
        return 0.0
    if not all(multipliers):
        return float("inf")
    import dp_accounting

    accountant = dp_accounting.rdp.RdpAccountant()
    for multiplier, times in sorted(Counter(multipliers).items()):
        accountant.compose(dp_accounting.GaussianDpEvent(multiplier / 2), times)
    return float(accountant.get_epsilon(delta))
