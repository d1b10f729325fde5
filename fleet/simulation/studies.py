"""What is asked of a simulation: one run, or many that differ in one thing, kept so that a broken-off study goes on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from edge.errors import InputError
from edge.privacy.accounting import rho_within
from fleet.simulation.aggregate import NAMES
from fleet.simulation.device import DELTA, POISONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from edge.learning.federated.join import Trust
    from fleet.simulation.device import Poison
    from fleet.simulation.engine import Found, Plan

EPSILONS = (8.0, 4.0, 2.0, 1.0)
DROP_OUTS = (0.0, 0.1, 0.2, 0.4)
POISONERS = (0.0, 0.1)
HEAD = ("study", "strategy", "noise", "ε", "drop-outs", "poisoners", "updates", "before", "after", "gain", "95 %")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One run."""

    plan: Plan
    poison: Poison = "none"
    poisoners: float = 0.0
    drop_out: float = 0.0
    trust: Trust = "coordinator"
    seed: int = 0


def epsilon(case: Case) -> Iterator[tuple[str, Case]]:
    """Accuracy against ε: devices join as often, and the noise is what ε leaves; by the coordinator and by devices."""
    plan = case.plan
    yield "no noise", replace(case, plan=replace(plan, noise=0.0))
    full = rho_within(EPSILONS[0], DELTA)
    for central in (True, False):
        for value in EPSILONS:
            noise = round(plan.noise * (full / rho_within(value, DELTA)) ** 0.5, 2)
            yield f"ε {value:g}", replace(case, plan=replace(plan, noise=noise, central=central))
    yield "each device alone", replace(case, plan=replace(plan, central=False), trust="nobody")


def drop_outs(case: Case) -> Iterator[tuple[str, Case]]:
    """Accuracy against drop-outs."""
    for value in DROP_OUTS:
        yield f"{value:.0%}", replace(case, drop_out=value)


def poisoners(case: Case) -> Iterator[tuple[str, Case]]:
    """Accuracy against poisoners, with the trimmed mean and with the mean; the coordinator adds the noise."""
    for name in ("trimmed-mean", "fedavg"):
        plan = replace(case.plan, strategy=replace(case.plan.strategy, name=name))
        for value in POISONERS:
            for poison in POISONS[1:] if value else POISONS[:1]:
                yield poison, replace(case, plan=plan, poison=poison, poisoners=value)


def strategies(case: Case) -> Iterator[tuple[str, Case]]:
    """The four strategies; without noise, which Krum cannot have."""
    for name in NAMES:
        for value in (0.0, 0.1):
            plan = replace(case.plan, noise=0.0, strategy=replace(case.plan.strategy, name=name))
            yield name, replace(case, plan=plan, poison="scaling" if value else "none", poisoners=value)


STUDIES: dict[str, Callable[[Case], Iterator[tuple[str, Case]]]] = {
    "epsilon": epsilon,
    "drop-outs": drop_outs,
    "poisoners": poisoners,
    "strategies": strategies,
}


def carried_out(study: str, case: Case, work: Callable[[Case], Found], keep: Path | None) -> list[Row]:
    """The rows of a study; what ``keep`` holds already is not run again. Raises InputError for a damaged file."""
    kept = _read(keep)
    rows = []
    for name, one in STUDIES[study](case):
        key = json.dumps(asdict(one), sort_keys=True)
        if key not in kept:
            kept[key] = row(name, one, work(one))
            if keep is not None:
                unfinished = keep.with_suffix(".part")
                unfinished.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
                unfinished.replace(keep)
        rows.append({**kept[key], "study": name})
    return rows


def row(study: str, case: Case, found: Found) -> Row:
    """Plain data of one run."""
    plan = case.plan
    return {
        "study": study,
        "devices": plan.devices,
        "rounds": plan.rounds,
        "strategy": plan.strategy.name,
        "noise": plan.noise,
        "noise_by": "nobody" if not plan.noise else _by(case),
        "epsilon": round(found.epsilon, 3) if plan.noise else None,
        "drop_out": case.drop_out,
        "poison": case.poison,
        "poisoners": case.poisoners,
        "updates": found.joined,
        "refused": found.refused,
        "missed": found.missed,
        "before": round(found.start, 5),
        "after": round(found.end, 5),
        "gain": round(found.gain, 3),
        "interval": [round(end, 3) for end in found.interval],
        "accuracy": [[number, round(value, 5)] for number, value in found.accuracy],
        "seconds": round(found.seconds, 1),
        "processor_s": round(found.processor_s, 1),
        "peak_mib": round(found.peak_mib, 1),
    }


def table(rows: list[Row]) -> str:
    """As Markdown, and a line on what it took."""
    lines = ["| " + " | ".join(HEAD) + " |", "| --- " * len(HEAD) + "|"]
    for one in rows:
        low, high = one["interval"]
        noise = f"{one['noise']:g} by {one['noise_by']}" if one["noise"] else "none"
        told = "" if one["epsilon"] is None else f"{one['epsilon']:.2f}"
        lines.append(
            f"| {one['study']} | {one['strategy']} | {noise} | {told} | {one['drop_out']:.0%} | "
            f"{one['poisoners']:.0%} {'' if one['poison'] == 'none' else one['poison']} | {one['updates']} | "
            f"{one['before']:.3f} | {one['after']:.3f} | {one['gain']:+.2f} | {low:+.2f} to {high:+.2f} |"
        )
    lines += [
        f"- {one['study']}: refused {one['refused']}, {one['missed']} rounds without a cohort"
        for one in rows
        if one["refused"] or one["missed"]
    ]
    first = rows[0]
    lines.append(
        f"\n{first['devices']} devices, {first['rounds']} rounds: {first['seconds']:.0f} s, "
        f"{first['processor_s']:.0f} s of processor, {first['peak_mib']:.0f} MiB"
    )
    return "\n".join(lines)


def _by(case: Case) -> str:
    if case.trust == "nobody":
        return "each alone"
    return "coordinator" if case.plan.central else "devices"


def _read(keep: Path | None) -> dict[str, Row]:
    if keep is None or not keep.exists():
        return {}
    try:
        found = json.loads(keep.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        problem = f"--keep {keep} cannot be read: {error}"
        raise InputError(problem, "Remove it, and what it held is run again") from error
    if not isinstance(found, dict):
        problem = f"--keep {keep} holds no runs"
        raise InputError(problem, "Give a file that this command wrote, or a new one")
    return found
