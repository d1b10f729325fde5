"""What was released, and what is left of the privacy budget: ``rapport privacy ledger``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from edge.paths import state_directory
from edge.privacy.ledger import Ledger, when
from edge.privacy.limits import Limits

if TYPE_CHECKING:
    from edge.privacy.ledger import Standing
    from edge.settings import Settings

DAY_S = 86_400.0


def show_ledger(settings: Settings, *, as_json: bool) -> int:
    """Print where the budget stands; exit 0. Makes no vault where there is none. Raises VaultError."""
    from edge.privacy.vault import FILE, open_vault

    privacy = settings.privacy
    limits = Limits(privacy.epsilon_year, privacy.epsilon_release, privacy.delta)
    directory = state_directory(settings)
    standing = None
    if (directory / FILE).exists():
        vault = open_vault(directory)
        try:
            standing = Ledger(vault, limits).standing()
        finally:
            vault.close()
    if as_json:
        print(json.dumps(record(limits, standing)))
    else:
        print("\n".join(lines(limits, standing)))
    return 0


def record(limits: Limits, standing: Standing | None) -> dict[str, Any]:
    """As plain data; without a vault nothing was ever released."""
    return {
        "limits": asdict(limits),
        "epsilon": 0.0 if standing is None else round(standing.epsilon, 6),
        "epsilon_left": limits.epsilon_year if standing is None else round(standing.epsilon_left, 6),
        "left": 1.0 if standing is None else round(standing.left, 6),
        "last_year": {} if standing is None else standing.releases,
        "ever": {} if standing is None else standing.ever,
        "running_days": 0.0 if standing is None else round(standing.running_s / DAY_S, 3),
        "oldest_returns_s": None if standing is None else standing.returns_s,
    }


def lines(limits: Limits, standing: Standing | None) -> list[str]:
    """For people."""
    allowed = f"allowed: ε {limits.epsilon_year:g} a year, {limits.epsilon_release:g} a release, δ {limits.delta:g}"
    if standing is None or not standing.ever:
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
