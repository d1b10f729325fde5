"""``python -m fleet``: the operator's command line. Exit codes: 0 done, 1 the work failed, 2 wrong use."""

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


COMMANDS: dict[str, Command] = {
    "coordinate": Command("fleet.coordinator.command", "run the rounds in which devices learn together"),
}
OPERATOR = {
    "dp_accounting": "dp-accounting",
    "flwr": "flwr",
    "matplotlib": "matplotlib",
    "pg8000": "pg8000",
    "ray": "flwr[simulation]",
    "sqlalchemy": "SQLAlchemy",
}
"""Modules that only the operator's environment has, and the packages that bring them."""
FAILED, WRONG_USE = 1, 2
INTERRUPTED = 130
"""128 + SIGINT, as shells count it."""


def main(given: Sequence[str] | None = None) -> int:
    """Parse and run one command; returns the exit code."""
    for library in ("OPENBLAS", "OMP"):  # before numpy is loaded: on vectors this short its threads only wait
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    words = list(sys.argv[1:] if given is None else given)
    arguments = _parser(words).parse_args(words)
    return guarded(lambda: int(arguments.run(arguments)))


def guarded(work: Callable[[], int]) -> int:
    """The exit code of ``work``; what stops it is told in a sentence."""
    try:
        return work()
    except RapportError as error:
        print(f"fleet: {error}", file=sys.stderr)
        return WRONG_USE if isinstance(error, SettingsError) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe has gone, as `| head` does; Python would complain at exit
        return FAILED
    except ImportError as error:
        package = OPERATOR.get((error.name or "").partition(".")[0])
        if package is None:
            raise
        remedy = "Run `pip install -c constraints-fleet.txt -e .[fleet]` in an environment of its own"
        print(f"fleet: this command needs the package {package}, which isn't installed. {remedy}.", file=sys.stderr)
        return FAILED


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The whole tree; only the command in ``words`` pulls in its module."""
    parser = argparse.ArgumentParser(prog="python -m fleet", description="Ten thousand devices, and one operator.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        typed = words[:1] == [name]
        module = importlib.import_module(command.module) if typed else None
        about = (module.__doc__ or command.help).partition("\n")[0] if module else command.help
        one = commands.add_parser(name, help=command.help, description=about)
        if module is not None:
            module.add_arguments(one)
            one.set_defaults(run=module.run)
    return parser
