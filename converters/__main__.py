"""``python -m converters``: the workstation's command line. Exit codes: 0 done, 1 the work failed, 2 wrong use."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from converters import table
from edge.errors import RapportError

SENSES = ("face", "voice", "text")


def main() -> int:
    """Parse and run one command."""
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")  # the model-optimization toolkit knows only Keras 2
    parser = argparse.ArgumentParser(prog="python -m converters", description="From a data set to a file on a device.")
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train, quantise, measure and package the model of one sense")
    senses = train.add_subparsers(dest="sense", required=True)
    given = sys.argv[1:]
    for sense in SENSES:
        chosen = senses.add_parser(sense)
        if given[:2] == ["train", sense]:  # only the sense that was typed pulls in its libraries
            module = importlib.import_module(f"converters.train.{sense}")
            module.add_arguments(chosen)
            chosen.set_defaults(run=module.run)
    shown = commands.add_parser("table", help="print docs/models.md, made from the cards")
    table.add_arguments(shown)
    shown.set_defaults(run=table.run)
    arguments = parser.parse_args(given)
    try:
        return int(arguments.run(arguments))
    except RapportError as error:
        print(f"converters: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
