"""Let devices by the thousand learn together, with the code that a device runs; prints a table, and draws pictures."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import InputError
from edge.understanding.pooled import parse
from fleet.simulation import engine, studies
from fleet.simulation.aggregate import NAMES, Strategy
from fleet.simulation.device import POISONS
from fleet.simulation.households import WORLDS
from fleet.simulation.predictions import learners, strangers

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from edge.understanding.fusion import Pool
    from fleet.simulation.engine import Crowd, Plan
    from fleet.simulation.studies import Case

MOST_DEVICES, MOST_ROUNDS = 100_000, 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``simulate`` takes."""
    plan = engine.Plan(1000, 50)
    add = parser.add_argument
    add("--predictions", type=Path, required=True, help="file of `python -m converters predictions`")
    add("--devices", type=int, default=plan.devices, help="households that learn (%(default)s)")
    add("--rounds", type=int, default=plan.rounds, help="rounds (%(default)s)")
    add("--models", type=Path, default=Path("models"), help="folder with fusion-pool, which is what is shipped")
    add("--engine", choices=("flower", "here"), default="flower", help="Flower on Ray, or this process (%(default)s)")
    add("--cores", type=int, default=2, help="flower: processes (%(default)s)")
    add("--nodes", type=int, default=200, help="flower: virtual nodes that the devices live on (%(default)s)")
    add("--world", choices=tuple(WORLDS), default="home", help="what homes are assumed to be like (%(default)s)")
    add("--strategy", choices=NAMES, default="trimmed-mean", help="how updates are put together (%(default)s)")
    add("--noise", type=float, default=plan.noise, help="deviation in the sum, in clips; 0: none (%(default)s)")
    add("--noise-by", choices=("coordinator", "devices", "device"), default="coordinator", help="who adds it")
    add("--clip", type=float, default=plan.clip, help="most that an update may be long (%(default)s)")
    add("--share", type=float, default=plan.share, help="chance with which a device joins (%(default)s)")
    add("--cohort", type=int, default=plan.cohort, help="least updates of which a head is made (%(default)s)")
    add("--drop-out", type=float, default=0.0, help="chance that a device that joins is lost (%(default)s)")
    add("--poison", choices=POISONS, default="none", help="what poisoners do (%(default)s)")
    add("--poisoners", type=float, default=0.0, help="part of the devices that poison (%(default)s)")
    add("--unseen", type=int, default=plan.unseen, help="households that accuracy is measured on (%(default)s)")
    add("--seed", type=int, default=0, help="of everything (%(default)s)")
    add("--study", choices=tuple(studies.STUDIES), help="many runs instead of one: against epsilon, drop-outs, …")
    add("--keep", type=Path, metavar="FILE", help="JSON file where finished runs of a study are kept and taken from")
    add("--plots", type=Path, metavar="FOLDER", help="draw the SVG pictures of a study there")
    add("--json", action="store_true", help="print the figures as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when it is done."""
    _require(arguments)
    told = logging.getLogger("edge")
    before = told.level
    told.setLevel(logging.ERROR)  # a thousand devices that say what they do
    try:
        return _run(arguments)
    finally:
        told.setLevel(before)


def _run(arguments: argparse.Namespace) -> int:
    base = _shipped(arguments.models)
    case = studies.Case(
        plan=engine.Plan(
            devices=arguments.devices,
            rounds=arguments.rounds,
            share=arguments.share,
            cohort=arguments.cohort,
            clip=arguments.clip,
            noise=arguments.noise,
            central=arguments.noise_by == "coordinator",
            strategy=Strategy(arguments.strategy),
            world=WORLDS[arguments.world],
            unseen=arguments.unseen,
        ),
        poison=arguments.poison,
        poisoners=arguments.poisoners,
        drop_out=arguments.drop_out,
        trust="nobody" if arguments.noise_by == "device" else "coordinator",
        seed=arguments.seed,
    )
    work = _worker(arguments, base)
    if arguments.study is None:
        rows = [studies.row("", case, work(case))]
    else:
        rows = studies.carried_out(arguments.study, case, work, arguments.keep)
        if arguments.plots is not None:
            from fleet.simulation import plot

            plot.draw(arguments.study, rows, arguments.plots)
    print(json.dumps(rows) if arguments.json else studies.table(rows))
    return 0


def _worker(arguments: argparse.Namespace, base: Pool) -> Callable[[Case], engine.Found]:
    learn, unseen = learners(arguments.predictions), strangers(arguments.predictions)

    def work(case: Case) -> engine.Found:
        plan = case.plan
        setup = engine.setup_of(
            plan,
            base,
            case.seed,
            trust=case.trust,
            poison=case.poison,
            poisoners=case.poisoners,
            drop_out=case.drop_out,
        )
        moments = engine.unseen_of(plan, unseen, case.seed)
        with _Bar(plan) as told:
            if arguments.engine == "here":
                crowd: Crowd = engine.Here(setup, learn, plan.world)
                return engine.run(plan, setup, moments, crowd, told)
            from fleet.simulation.flower import Place, on_flower

            place = Place(arguments.predictions, arguments.nodes, arguments.cores)
            return on_flower(plan, setup, moments, told, place)

    return work


class _Bar:
    """A line on standard error that says how far it is, where that is a terminal."""

    def __init__(self, plan: Plan) -> None:
        self._rounds = plan.rounds
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> Callable[[int], None]:
        """What hears of each round."""
        return self._told

    def __exit__(self, *_: object) -> None:
        """Leave the line."""
        if self._shown:
            print(file=sys.stderr)

    def _told(self, number: int) -> None:
        if self._shown:
            done = 30 * number // self._rounds
            print(f"\r[{'#' * done}{'.' * (30 - done)}] round {number} of {self._rounds}", end="", file=sys.stderr)


def _shipped(models: Path) -> Pool:
    path = models / "fusion-pool" / "parameters.toml"
    try:
        return parse(path.read_bytes())
    except OSError as error:
        problem = f"the shipped pool {path} cannot be read: {error.strerror}"
        raise InputError(problem, "Give --models the folder of the models") from error


def _require(arguments: argparse.Namespace) -> None:
    """Raises InputError for a number that is out of bounds."""
    bounds = {
        "devices": (2, MOST_DEVICES),
        "rounds": (1, MOST_ROUNDS),
        "cores": (1, 256),
        "nodes": (1, MOST_DEVICES),
        "noise": (0.0, 1000.0),
        "clip": (1e-3, 100.0),
        "share": (1e-4, 1.0),
        "cohort": (2, MOST_DEVICES),
        "drop_out": (0.0, 1.0),
        "poisoners": (0.0, 1.0),
        "unseen": (1, MOST_DEVICES),
    }
    for name, (low, high) in bounds.items():
        value = getattr(arguments, name)
        if not low <= value <= high:
            option = name.replace("_", "-")
            problem = f"--{option} is {value:g}, allowed is {low:g} to {high:g}"
            raise InputError(problem, "Give a number within that")
    if arguments.strategy == "krum" and arguments.noise and arguments.noise_by == "coordinator":
        problem = "--strategy krum with noise by the coordinator protects nobody: its result jumps"
        raise InputError(problem, "Give --noise-by devices, --noise 0, or another strategy")
    if arguments.plots is not None and arguments.study is None:
        problem = "--plots was given without --study"
        raise InputError(problem, "Name a study, or leave --plots out")
