"""``python -m converters evaluate fusion``: how well the senses are combined, on trios of held-out real data.

The Readings come from the device's perceivers and are kept (``converters.fusion_readings``), the trios are drawn by
label (``converters.fusion_sets``), and the pool is the device's own code. docs/understanding/fusion.md has the figures.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from converters import fusion_network
from converters.fusion_figures import figures, predict_by, scenarios, told_by
from converters.fusion_readings import readings
from converters.fusion_sets import MIXES, labels, paired, shared
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import EMOTIONS, Sense
from edge.errors import InputError
from edge.understanding import pooled
from edge.understanding.fusion import BUILT_IN

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from converters.fusion_figures import Predict, Told
    from converters.fusion_readings import Heard

TRIOS = 4000
NETWORK_LESSONS = 24000
HEAD = (
    "scenario",
    "best true sense alone",
    "together",
    "95 %",
    "gain",
    "95 %",
    "ECE",
    "precision at 70 % coverage",
    "told",
    "right of these",
)
TITLES = {
    "balanced": "each label equally often",
    "met": "labels as often as in the sets of faces and sentences",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What only ``evaluate fusion`` takes."""
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="fusion: runs of `train voice`, for its folds")
    parser.add_argument(
        "--readings", type=Path, default=Path("runs/fusion"), help="fusion: folder where Readings are kept"
    )
    parser.add_argument("--trios", type=int, default=TRIOS, help="fusion: how many are drawn")
    parser.add_argument("--seed", type=int, default=0, help="fusion: of all that is drawn")
    parser.add_argument("--rivals", action="store_true", help="fusion: also train and measure the networks")
    parser.add_argument("--plots", type=Path, metavar="FOLDER", help="fusion: draw the SVG pictures there")


def run(arguments: argparse.Namespace) -> int:
    """Measure, print, and draw if asked to. Exit 0 when it is done."""
    if arguments.trios < 100:  # noqa: PLR2004 - fewer say nothing
        problem = f"--trios is {arguments.trios}, at least 100 are needed"
        raise InputError(problem, "Give more, or leave it out")
    if arguments.plots is not None:
        from converters import fusion_plot, plot

        plot.require()
    heard = readings(arguments.data, arguments.models, arguments.runs, arguments.readings)
    fitted = pooled.load(Models(arguments.models, Cpu()))
    ways: dict[str, Predict] = {"pool": predict_by(fitted)}
    if arguments.rivals:
        ways |= rivals(heard, arguments.seed)
    found = measured(ways, heard["test"], arguments.trios, arguments.seed, told_by(fitted))
    found["items"] = counted(heard)
    print(json.dumps(found, ensure_ascii=False) if arguments.json else table(found))
    if arguments.plots is not None:
        fusion_plot.draw(found, arguments.plots)
    return 0


def rivals(heard: Mapping[str, Mapping[Sense, Heard]], seed: int) -> dict[str, Predict]:
    """What the pool is compared with: its built-in numbers, and the networks, trained on the part to fit on."""
    return {"built in": predict_by(BUILT_IN)} | {rival.name: rival.predict for rival in networks(heard, seed)}


def networks(heard: Mapping[str, Mapping[Sense, Heard]], seed: int) -> list[fusion_network.Rival]:
    """Trained on the part to fit on."""
    fit, test = heard["fit"], heard["test"]
    return [
        fusion_network.decisions(fit, NETWORK_LESSONS, seed),
        *fusion_network.features(fit, test, NETWORK_LESSONS, seed),
    ]


def measured(
    ways: Mapping[str, Predict], test: Mapping[Sense, Heard], number: int, seed: int, told: Told | None = None
) -> dict[str, Any]:
    """Mix → way → scenario → figures; ``told`` says of the way "pool" what would be told."""
    found: dict[str, Any] = {"seed": seed, "mixes": {}}
    for mix in MIXES:
        trios = paired(test, number, labels(test, mix, shared(test)), seed + 100)
        cases = list(scenarios(trios, test, seed + 200))
        found["mixes"][mix] = {
            name: [figures(case, predict(case.trios), seed, told if name == "pool" else None) for case in cases]
            for name, predict in ways.items()
        }
    return found


def counted(heard: Mapping[str, Mapping[Sense, Heard]]) -> dict[str, Any]:
    """Items of each part, sense and label, and what was abstained from."""
    return {
        part: {
            sense.value: {
                "n": len(one.truth),
                "abstained": one.abstained,
                "accuracy": round(float((one.probabilities.argmax(axis=1) == one.truth).mean()), 4),
                "labels": {emotion.value: int((one.truth == k).sum()) for k, emotion in enumerate(EMOTIONS)},
            }
            for sense, one in senses.items()
        }
        for part, senses in heard.items()
    }


def table(found: Mapping[str, Any]) -> str:
    """The figures as Markdown, one table for each mix and way."""
    lines = []
    for part, senses in found.get("items", {}).items():
        for sense, one in senses.items():
            each = ", ".join(f"{label} {count}" for label, count in one["labels"].items())
            lines.append(
                f"- {part}, {sense}: {one['n']} Readings ({each}), {one['abstained']} abstentions, "
                f"accuracy alone {one['accuracy']:.3f}"
            )
    for mix, ways in found["mixes"].items():
        for way, rows in ways.items():
            lines += ["", f"**{way}**, {TITLES[mix]}:", ""]
            lines.append("| " + " | ".join(HEAD) + " |")
            lines.append("| --- " * len(HEAD) + "|")
            lines += [_row(row) for row in rows]
    return "\n".join(lines)


def _row(row: Mapping[str, Any]) -> str:
    low, high = row["interval"]
    told = f"{row['told']:.0%} | {row['right_of_told']:.3f}" if "told" in row else " | "
    down, up = (100 * end for end in row["gain_interval"])
    return (
        f"| {row['scenario']} | {row['best_sense']} {row['best_single']:.3f} | {row['accuracy']:.3f} | "
        f"{low:.3f} to {high:.3f} | {100 * row['gain']:+.1f} | {down:+.1f} to {up:+.1f} | {row['ece']:.3f} | "
        f"{row['precision_at_70']:.3f} | {told} |"
    )
