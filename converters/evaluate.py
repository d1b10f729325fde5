"""``python -m converters evaluate {face,voice,text}``: the figures of a packaged model on any labelled data.

``… evaluate driver | person | wellbeing | challenge | time | fusion | replies | redteam | week | claims | expression |
bandit``: parts of understanding, and answers, each described in its own module, ``converters.evaluate_…``.

The int8 file runs in the real interpreter behind the device's own loader and feature extraction. TensorFlow is not
needed; matplotlib only for ``--plot``.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from converters import evaluate_fusion, plot
from converters.replies_run import SOURCES
from edge.errors import InputError

OPTIONS: dict[str, str | tuple[str, ...]] = {
    "--truth": "face",
    "--usage": "face",
    "--where": "voice",
    "--head": "text",
    "--half": "challenge",
    "--minutes": "time",
    "--cache": "time",
    "--most": ("replies", "redteam"),
    "--source": ("replies", "redteam", "week", "claims"),
    "--errors": "replies",
    "--listed": "redteam",
    "--places": "redteam",
    "--language": ("week", "claims"),
}
"""Which sense an option is for."""
WITHOUT_DATA = ("wellbeing", "challenge", "redteam", "week", "claims", "bandit")
"""What can be measured without --data."""
WHOLE = ("wellbeing", "challenge", "time", "fusion", "replies", "redteam", "week", "claims", "expression", "bandit")
"""What is no model but all of understanding or response, or a part of it; each has a module of its own."""
MINUTES = 3.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters evaluate``."""
    kinds = ("face", "voice", "text", "driver", "person", *WHOLE)
    parser.add_argument("sense", choices=kinds)
    told = (
        "face: .npz; voice: .csv; text: JSON lines; driver: portrait or .npz; wellbeing, bandit: none; "
        "person: a folder; challenge, time, fusion, expression: folder of all sets; replies: folder of all texts"
    )
    parser.add_argument("--data", type=Path, help=told)
    parser.add_argument("--models", type=Path, default=Path("models"), help="the folder with one folder per model")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--classes", default="", help="score only rows of these labels, separated by commas")
    parser.add_argument("--truth", choices=("label", "ferplus"), default="label", help="face: which truth is believed")
    parser.add_argument("--usage", help="face: only rows of this part, e.g. PublicTest")
    parser.add_argument(
        "--where", type=_pair, action="append", default=[], metavar="COLUMN=VALUE", help="voice: only rows with it"
    )
    parser.add_argument(
        "--head", choices=("emotion", "fine", "affect"), default="emotion", help="text: which output is measured"
    )
    parser.add_argument("--half", choices=("dev", "test"), default="dev", help="challenge: which half is measured")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="time: for which each steady input is watched")
    parser.add_argument(
        "--cache", type=Path, metavar="NPZ", help="time: keeps what the face sense said for the next run"
    )
    parser.add_argument("--most", type=int, default=0, metavar="N", help="replies, redteam: only the first N of each")
    parser.add_argument(
        "--source", choices=SOURCES, default="whole", help="replies, redteam, week, claims: where a reply may come from"
    )
    parser.add_argument("--errors", action="store_true", help="replies: list each answer by another strategy")
    parser.add_argument("--listed", action="store_true", help="redteam: print every prompt with its replies")
    parser.add_argument("--places", default="", help="redteam: contexts, separated by commas; all without it")
    parser.add_argument("--language", choices=("en", "zh"), help="week, claims: only of this language")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="draw the figures into this file (.png; time, bandit: or .svg)"
    )
    evaluate_fusion.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the figures, and draw them if asked to."""
    if arguments.sense == "driver":
        return _driver(arguments)
    _check(arguments)
    if arguments.sense == "person":
        return _person(arguments)
    if arguments.sense in WHOLE:
        return int(import_module(f"converters.evaluate_{arguments.sense}").run(arguments))
    found = _measured(arguments)
    for sentence in found["left_out"]["broken"]:
        print(f"left out, {sentence}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, allow_nan=False))
    else:
        print(table(found))
    if arguments.plot is not None:
        plot.draw(found, f"{found['model']['name']} on {arguments.data.name}", arguments.plot)
    return 0


def _driver(arguments: argparse.Namespace) -> int:
    """Known drives, made of a portrait, or the eyes of strangers: another kind of figures."""
    from converters import driver_crowd, evaluate_driver

    data: Path = arguments.data or evaluate_driver.PORTRAIT
    if data.suffix == ".npz":
        found, tell = driver_crowd.crowd(data, arguments.models, arguments.plot), driver_crowd.table
    else:
        found, tell = evaluate_driver.evaluate(arguments.models, data), evaluate_driver.table
    print(json.dumps(found, allow_nan=False) if arguments.json else tell(found))
    return 0


def _person(arguments: argparse.Namespace) -> int:
    """What it is worth to know a person: figures of cues, not of a model."""
    from converters import evaluate_person

    told = evaluate_person.evaluate(arguments.models, arguments.data)
    print(json.dumps(told, allow_nan=False) if arguments.json else evaluate_person.table(told))
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Raises InputError when options contradict each other, before anything takes time."""
    given = {
        "--truth": arguments.truth != "label",
        "--usage": arguments.usage is not None,
        "--where": bool(arguments.where),
        "--head": arguments.head != "emotion",
        "--half": arguments.half != "dev",
        "--minutes": arguments.minutes != MINUTES,
        "--cache": arguments.cache is not None,
        "--most": arguments.most != 0,
        "--source": arguments.source != "whole",
        "--errors": arguments.errors,
        "--listed": arguments.listed,
        "--places": bool(arguments.places),
        "--language": arguments.language is not None,
    }
    for option, meant in OPTIONS.items():
        senses = (meant,) if isinstance(meant, str) else meant
        if given[option] and arguments.sense not in senses:
            problem = f"{option} was given, which is for {', '.join(senses)}, not for {arguments.sense}"
            raise InputError(problem, f"Leave {option} out")
    if arguments.data is None and arguments.sense not in WITHOUT_DATA:
        problem = f"--data was not given, which {arguments.sense} needs"
        raise InputError(problem, "Name the file of labelled data")
    if arguments.sense == "person" and (arguments.plot is not None or arguments.classes):
        problem = "--plot or --classes was given, which are for face, voice and text, not for person"
        raise InputError(problem, "Leave them out")
    if arguments.minutes <= 0:
        problem = f"--minutes is {arguments.minutes:g}"
        raise InputError(problem, "Give it more than 0")
    if arguments.sense == "fusion" and (arguments.plot is not None or arguments.classes):
        problem = "--plot or --classes was given, which are for one sense"
        raise InputError(problem, "Leave them out; --plots FOLDER draws the pictures of fusion")
    if arguments.plot is not None:
        if arguments.head != "emotion":
            problem = f"--plot was given with --head {arguments.head}, which has no confusion"
            raise InputError(problem, "Leave --plot out: it is for one label a row")
        plot.require()


def _measured(arguments: argparse.Namespace) -> dict[str, Any]:
    classes = [name.strip() for name in arguments.classes.split(",") if name.strip()]
    if arguments.sense == "face":
        from converters import evaluate_face

        return evaluate_face.evaluate(
            arguments.models, arguments.data, truth=arguments.truth, usage=arguments.usage, classes=classes
        )
    if arguments.sense == "voice":
        from converters import evaluate_voice

        return evaluate_voice.evaluate(arguments.models, arguments.data, where=dict(arguments.where), classes=classes)
    from converters import evaluate_text

    return evaluate_text.evaluate(arguments.models, arguments.data, head=arguments.head, classes=classes)


def table(found: dict[str, Any]) -> str:
    """The figures for a reader."""
    lines = [f"{found['model']['name']} (sha256 {found['model']['sha256'][:12]}…), {found['n']} rows"]
    ends = found["intervals"]
    if "pearson" in found:
        lines += [_line(f"Pearson, {name}", value, ends["pearson"][name]) for name, value in found["pearson"].items()]
    else:
        titles = {
            "accuracy": "accuracy",
            "macro_f1": "macro-F1",
            "uar": "unweighted average recall",
            "ece": "calibration error",
            "ece_before": "  before the temperature",
            "coverage_at_precision_90": "coverage at 90 % precision",
        }
        lines += [_line(title, found[name], ends[name]) for name, title in titles.items() if name in found]
        lines += ["", f"{'label':16} {'recall':>7} {'precision':>10} {'rows':>6}"]
        lines += [
            f"{label:16} {row['recall']:7.3f} {row['precision']:10.3f} {row['n']:6}"
            for label, row in found["per_class"].items()
        ]
    if found.get("abstained"):
        lines.append(f"The device says nothing of {found['abstained']} rows; each is scored as a guess at random.")
    if "unadapted" in found:
        plain = found["unadapted"]
        lines.append(
            f"Each speaker is told by what came before of them; as strangers: UAR {plain['uar']:.3f}, "
            f"accuracy {plain['accuracy']:.3f}, calibration error {plain['ece']:.3f}."
        )
    left = found["left_out"]
    if left["n"]:
        reasons = "; ".join(f"{count} with {reason}" for reason, count in left["reasons"].items())
        labels = ", ".join(f"{label} {count}" for label, count in left["labels"].items())
        lines += ["", f"{left['n']} rows are left out: {reasons}{f' ({labels})' if labels else ''}."]
    return "\n".join(lines)


def _line(title: str, value: float, ends: list[float]) -> str:
    return f"{title:28} {value:6.3f}   95 % interval {ends[0]:.3f} to {ends[1]:.3f}"


def _pair(text: str) -> tuple[str, str]:
    column, sign, value = text.partition("=")
    if not sign or not column:
        message = f"{text!r} is not COLUMN=VALUE, e.g. --where dataset=emodb"
        raise argparse.ArgumentTypeError(message)
    return column, value
