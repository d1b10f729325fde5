"""What was released, and what is left of the privacy budget: ``rapport privacy ledger``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from edge.privacy.ledger import Ledger, when

if TYPE_CHECKING:
    from edge.privacy.ledger import Standing
    from edge.settings import Settings

DAY_S = 86_400.0


def show_ledger(settings: Settings, *, as_json: bool) -> int:
    """Print where the budget stands; exit 0. Makes no vault where there is none. Raises VaultError."""
    from edge.cli.opened import opened

    with opened(settings) as vault:
        standing = Ledger(vault, settings.privacy.limits).standing()
    if as_json:
        print(json.dumps(record(standing)))
    else:
        print("\n".join(lines(standing)))
    return 0


def record(standing: Standing) -> dict[str, Any]:
    """As plain data."""
    return {
        "limits": asdict(standing.limits),
        "epsilon": round(standing.epsilon, 6),
        "epsilon_left": round(standing.epsilon_left, 6),
        "left": round(standing.left, 6),
        "last_year": standing.releases,
        "ever": standing.ever,
        "running_days": round(standing.running_s / DAY_S, 3),
        "oldest_returns_s": standing.returns_s,
    }


def lines(standing: Standing) -> list[str]:
    """For people."""
    limits = standing.limits
    allowed = f"allowed: ε {limits.epsilon_year:g} a year, {limits.epsilon_release:g} a release, δ {limits.delta:g}"
    if not standing.ever:
        return ["Nothing was ever released.", allowed]
    spent = f"ε = {standing.epsilon:.3f} of {limits.epsilon_year:g} was spent in the last year"
    told = [
        f"{spent}; {100 * standing.left:.1f} % of the budget is left",
        allowed,
        f"released in the last year: {_counts(standing.releases)}; ever: {_counts(standing.ever)}",
    ]
    if standing.returns_s is not None:
        told.append(f"the oldest of them counts no more {when(standing.returns_s)}")
    told.append(f"a year is one of running time, of which {standing.running_s / DAY_S:.1f} days have passed")
    return told


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} × {kind}" for kind, count in counts.items()) or "nothing"
