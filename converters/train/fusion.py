"""Fits ``models/fusion-pool`` on held-out Readings, measures it beside its rivals, and writes its folder."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from converters import evaluate_fusion
from converters.fusion_figures import predict_by, told_by
from converters.fusion_fit import Fit, fit
from converters.fusion_readings import readings
from converters.package import dumps
from edge.accelerators.card import CARD_FILE, PARAMETERS_FILE, Card, Metric, Tensor, Try
from edge.accelerators.fetch import put
from edge.affect import Sense
from edge.understanding.fusion import KINDS
from edge.understanding.pooled import LABELS, NAME, TASK, parameters_of, parse

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from converters.fusion_readings import Heard

COMMAND = "python -m converters train fusion --data DIR --runs RUNS"
VERSION = "1"
SCORES = {
    "accuracy": "accuracy",
    "gain": "gain over the best true sense alone",
    "ece": "expected calibration error",
    "precision_at_70": "precision at 70 % coverage",
    "told": "part that is told, the rest is unsure",
    "right_of_told": "precision of what is told",
}
DATA = (
    "FER2013 with FER+ majorities: fitted on the 8 % of Training that the face model held out, tested on PublicTest",
    "EMO-DB (CC0-1.0), each clip by a model that never heard its speaker: fitted on folds 1, 3, 5, tested on 2 and 4",
    "GoEmotions (CC BY 4.0), one label a row: fitted on dev, tested on test",
)
NOTES = (
    "The senses are of different people, paired by label: they err independently, which those of one person do not.",
    "So the figures tell how well evidence is combined; a person will be understood less well.",
    "The voice is that of ten German actors. Where people show less than actors do, it is trusted too much.",
    "A sure Reading of another label (a smile, the words are angry) looks like a true one: see the figures.",
    "With one sense alone beside one at random nothing says which of the two to believe.",
    "The voice's clips keep the temperature of the shipped model, which was fitted on all ten speakers: one number.",
    "While the pool's form was found, some 25 settings were measured on the test; those kept were chosen without it.",
    "The prior is flat: how often people feel what is not known of a home.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``python -m converters train fusion``."""
    parser.add_argument("--data", type=Path, required=True, help="folder with face/, voice/ and text/")
    parser.add_argument("--models", type=Path, default=Path("models"), help="where fusion-pool/ is written")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="runs of `train voice`, for its folds")
    parser.add_argument("--readings", type=Path, default=Path("runs/fusion"), help="folder where Readings are kept")
    parser.add_argument("--trios", type=int, default=evaluate_fusion.TRIOS, help="how many are drawn for the figures")
    parser.add_argument("--seed", type=int, default=0, help="of all that is drawn")


def run(arguments: argparse.Namespace) -> int:
    """Fit, measure and write. Exit 0 when it is done; sign the models afterwards."""
    heard = readings(arguments.data, arguments.models, arguments.runs, arguments.readings)
    made = fit(heard["fit"], seed=arguments.seed)
    ways = {"pool": predict_by(made.pool)} | evaluate_fusion.rivals(heard, arguments.seed)
    found = evaluate_fusion.measured(ways, heard["test"], arguments.trios, arguments.seed, told_by(made.pool))
    card = write(arguments.models / NAME, made, found, heard)
    print(evaluate_fusion.table({"mixes": {mix: {"pool": ways["pool"]} for mix, ways in found["mixes"].items()}}))
    print(f"{arguments.models / NAME}: {card.parameters} numbers; sign the models now (docs/signing.md)")
    return 0


def write(folder: Path, made: Fit, found: Mapping[str, Any], heard: Mapping[str, Mapping[Sense, Heard]]) -> Card:
    """The parameters and the card in ``folder``."""
    import tomli_w

    content = tomli_w.dumps(parameters_of(made.pool).model_dump(mode="json")).encode()
    parse(content)
    folder.mkdir(parents=True, exist_ok=True)
    seven = (KINDS,)
    card = Card(
        name=NAME,
        task=TASK,
        version=VERSION,
        date=dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%d"),
        licence="Apache-2.0",
        command=COMMAND,
        file="parameters.toml",
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        parameters=sum(2 * sum(trust.knows) + 2 for trust in made.pool.trusts.values()) + 1,
        macs=0,
        labels=LABELS,
        inputs=tuple(
            Tensor(name=sense.value, shape=seven, dtype="float32", unit="probabilities of one sense") for sense in Sense
        ),
        outputs=(Tensor(name="probabilities", shape=seven, dtype="float32", unit="probabilities of all together"),),
        data=DATA,
        notes=(*NOTES, _default(found), _ties(made, heard)),
        metrics=tuple(metrics(found)),
        tries=tuple(tries(found)),
    )
    put(folder / PARAMETERS_FILE, content)
    put(folder / CARD_FILE, dumps(card))
    return card


def metrics(found: Mapping[str, Any]) -> list[Metric]:
    """Of the pool: all of its figures with all three senses, accuracy and gain in the other scenarios."""
    made = []
    for mix, ways in found["mixes"].items():
        for row in ways["pool"]:
            if "beside" in row["scenario"]:
                continue
            on = f"{row['scenario']}; test trios, {evaluate_fusion.TITLES[mix]}"
            for key, name in SCORES.items():
                if key not in row or (row["scenario"] != "all three" and key not in {"accuracy", "gain"}):
                    continue
                low, high = {"accuracy": row["interval"], "gain": row["gain_interval"]}.get(key, (None, None))
                made.append(Metric(name=name, value=row[key], low=low, high=high, on=on, n=row["n"]))
    return made


def tries(found: Mapping[str, Any]) -> list[Try]:
    """The rivals, each by its accuracy with all three senses, and how far it falls when one talks at random."""
    made = []
    ways = found["mixes"]["balanced"]
    for name, rows in ways.items():
        if name == "pool":
            continue
        made.append(
            Try(
                idea=name,
                figure="accuracy",
                value=rows[0]["accuracy"],
                on=f"all three; the pool has {ways['pool'][0]['accuracy']:.3f}",
                kept=False,
                why=f"worst gain with one missing {_worst(rows, 'without', 'only'):+.1f} points, with one at random "
                f"{_worst(rows, 'random'):+.1f}; the pool {_worst(ways['pool'], 'without', 'only'):+.1f} and "
                f"{_worst(ways['pool'], 'random'):+.1f}",
            )
        )
    return made


def _worst(rows: Sequence[Mapping[str, Any]], *words: str) -> float:
    """Least gain, in points, among the scenarios whose name has one of the words."""
    chosen = [row for row in rows if "beside" not in row["scenario"] and any(word in row["scenario"] for word in words)]
    return min(100 * float(row["gain"]) for row in chosen)


def _default(found: Mapping[str, Any]) -> str:
    ways = found["mixes"]["balanced"]
    joint = ways["network on decisions"]
    return (
        f"The pool is the default. A network of 1,127 numbers, trained on the same lessons with modality dropout, has "
        f"{joint[0]['accuracy']:.3f} with all three senses against {ways['pool'][0]['accuracy']:.3f}, and with one "
        f"sense at random its worst gain is {_worst(joint, 'random'):+.1f} points against "
        f"{_worst(ways['pool'], 'random'):+.1f}."
    )


def _ties(made: Fit, heard: Mapping[str, Mapping[Sense, Heard]]) -> str:
    items = ", ".join(f"{len(one.truth)} of the {sense}" for sense, one in heard["fit"].items())
    return (
        f"Fitted on {items}; ties {made.ties.strength:g} (the voice's {made.ties.voice:g} times as strong), nonsense "
        f"{made.ties.nonsense:g}, the best of {len(made.chosen)} by thirds of these items, not by the test."
    )
