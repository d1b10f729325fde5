"""Try the privacy budget: years with clocks that lie, and attacks on what leaves."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from fleet.aggregates.attacks import Guess
    from fleet.aggregates.years import Told

LEAST_TRIALS = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``python -m fleet budget`` takes."""
    parser.add_argument("what", choices=("years", "attack"), help="simulated years, or attacks on one household")
    parser.add_argument("--years", type=float, default=3.0, help="to simulate")
    parser.add_argument("--seed", type=int, default=1, help="of the faults")
    parser.add_argument("--trials", type=int, default=300, help=f"households to attack, at least {LEAST_TRIALS}")
    parser.add_argument("--share", type=float, default=0.5, help="of the year's budget, privacy.aggregates_share")
    parser.add_argument("--every", type=int, default=24, help="hours, privacy.report_every_hours")
    parser.add_argument("--json", action="store_true", help="print an object")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when all held, 1 when a release went past the limit, 2 for arguments that cannot be."""
    wrong = _wrong(arguments)
    if wrong is not None:
        print(f"fleet: {wrong}.", file=sys.stderr)
        return 2
    if arguments.what == "years":
        return _years(arguments)
    from fleet.aggregates.attacks import attack, without_noise

    found = [without_noise(), *attack(arguments.share, arguments.every, arguments.trials, tell=_progress("attacked"))]
    if arguments.json:
        print(json.dumps({"trials": arguments.trials, "guesses": [asdict(guess) for guess in found]}))
    else:
        print("\n".join(_attack_lines(found, arguments.trials)))
    return 0


def _wrong(arguments: argparse.Namespace) -> str | None:
    if not 0 < arguments.years <= 100:  # noqa: PLR2004 - told in the sentence
        return f"--years is {arguments.years:g}; more than 0 up to 100 are allowed"
    if arguments.trials < LEAST_TRIALS:
        return f"--trials is {arguments.trials}; at least {LEAST_TRIALS} are allowed"
    if not 0 < arguments.share <= 1:
        return f"--share is {arguments.share:g}; more than 0 up to 1 is allowed"
    if not 1 <= arguments.every <= 744:  # noqa: PLR2004 - as in the settings
        return f"--every is {arguments.every}; 1 to 744 hours are allowed"
    return None


def _years(arguments: argparse.Namespace) -> int:
    from fleet.aggregates.years import simulate

    with tempfile.TemporaryDirectory(prefix="rapport-budget-") as directory:
        told = simulate(Path(directory) / "state", arguments.years, arguments.seed, _progress("simulated"))
    if arguments.json:
        print(json.dumps(asdict(told)))
    else:
        print("\n".join(_years_lines(told)))
    return int(told.past_limit > 0)


def _years_lines(told: Told) -> list[str]:
    faults = ", ".join(f"{count} × {name}" for name, count in told.faults.items())
    return [
        f"{told.years:g} years, {told.asked} askings, {told.released} releases, {sum(told.faults.values())} faults",
        f"({faults})",
        f"largest ε of any year of true time {told.most_epsilon:.4f}, of any release {told.most_release:.4f}",
        f"releases past the limit: {told.past_limit}",
    ]


def _attack_lines(found: list[Guess], trials: int) -> list[str]:
    from fleet.aggregates.attacks import BLIND

    head = f"{'reports':>8} {'ε':>7} {'AUC':>6} {'advantage':>10} {'allowed':>8} {'error, min':>11}"
    rows = [
        f"{guess.reports:>8} {'none' if guess.epsilon is None else f'{guess.epsilon:.2f}':>7} {guess.auc:>6.3f} "
        f"{guess.advantage:>10.3f} {guess.allowed:>8.3f} {guess.error:>11.1f}"
        for guess in found
    ]
    told = f"{trials} households; ε none: without noise; who knows nothing errs by {BLIND:.1f} minutes"
    return [head, *rows, told]


def _progress(done: str) -> Callable[[float], None]:
    """Says on a terminal how far it is."""
    last = -1

    def tell(part: float) -> None:
        nonlocal last
        percent = int(100 * part)
        if percent != last and sys.stderr.isatty():
            last = percent
            print(f"\r{percent:3d} % {done}", end="\r" if percent >= 99 else "", file=sys.stderr, flush=True)  # noqa: PLR2004

    return tell
