"""What the coordinator's own noise guarantees over all results (central differential privacy).

A result that was made of n updates, each at most ``clip`` long and weighing 1/n, changes by at most clip/n when one
device is left out; noise of deviation multiplier · clip/n makes it a Gaussian mechanism. Results compose; no gain by
sampling is claimed, as a device's not joining is no secret to the broker.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from edge.errors import FleetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fleet.coordinator.settings import CentralSection


def epsilon(multipliers: Sequence[float], delta: float) -> float:
    """ε at ``delta`` of releases with these noise multipliers (each > 0), by dp-accounting's Rényi accountant."""
    if not multipliers:
        return 0.0
    import dp_accounting

    accountant = dp_accounting.rdp.RdpAccountant()
    for multiplier, times in sorted(Counter(multipliers).items()):
        accountant.compose(dp_accounting.GaussianDpEvent(multiplier), times)
    return float(accountant.get_epsilon(delta))


def may_release(settings: CentralSection, before: Sequence[float]) -> None:
    """Raises FleetError when one more result would be past the limit.

    Results from a time without noise are outside of what can be promised, and say so as well.
    """
    if not settings.noise_multiplier:
        return
    if not all(before):
        problem = "central.noise_multiplier is set, but an earlier head was made without the coordinator's noise"
        raise FleetError(problem, "Set it to 0, or begin with a new database")
    spent = epsilon([*before, settings.noise_multiplier], settings.delta)
    if spent > settings.epsilon:
        problem = f"one more round would make ε {spent:.3f}, allowed is central.epsilon = {settings.epsilon:g}"
        raise FleetError(problem, "Keep the latest head; devices go on with it")
