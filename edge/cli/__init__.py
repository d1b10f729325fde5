"""The command line: ``rapport <command>``, one module per command, imported when it is the one that was typed.

Exit codes: 0 done, 1 the work failed, 2 wrong use.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from typing import TYPE_CHECKING

from edge import __version__
from edge.errors import RapportError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMANDS = {
    "run": "run the device that a settings file describes",
    "demo": "run the bundled session: no hardware, no broker",
    "sense": "one picture, sound or sentence → what is perceived",
    "converse": "talk to the device in the terminal",
    "explain": "the State in words, and why; its changes",
    "avatar": "draw the face: a look, a sheet of all, a film",
    "record": "write down what is sensed and understood, for development",
    "replay": "play a recording again and compare",
    "doctor": "what is there, what is missing, and the remedy",
    "bench": "measure latency, CPU time and memory of every stage",
    "models": "list, verify and fetch models",
    "consent": "see, give and withdraw what may be sensed",
    "feedback": "say of the latest reply that it helped, was not now, or read you wrong",
    "learned": "what feedback taught the device; forget it",
    "report": "what replies did to how people felt",
    "wellbeing": "summaries of days, a weekly report, your own mood by a tap",
    "privacy": "what is kept, why and until when; export it, forget it",
    "profile": "whose usual is learned and used; show or forget it",
    "fleet": "where the device stands in its fleet; its key for the operator",
    "mqtt": "topics and schemas of the home; take a device out of it",
    "settings": "every setting with its default, what is allowed and what it does",
}
FAILED, WRONG_USE = 1, 2
INTERRUPTED = 130
"""128 + SIGINT, as shells count it; a device that is running ends with its summary and 0 instead."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of ``rapport``; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese still gets its answer
    for library in (
        "OPENBLAS",
        "OMP",
    ):  # before numpy is loaded: on small matrices its threads only wait for each other
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in COMMANDS:
        name = given[0]
        module = importlib.import_module(f"edge.cli.{name}")
        parser = argparse.ArgumentParser(prog=f"rapport {name}", description=(module.__doc__ or "").partition("\n")[0])
        module.add_arguments(parser)
        return _guarded(module.run, parser.parse_args(given[1:]))
    parser = argparse.ArgumentParser(
        prog="rapport",
        description="The emotion runtime that lives in the room or the car.",
        epilog="commands:\n" + "\n".join(f"  {name:<9} {text}" for name, text in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"rapport {__version__}")
    parser.add_argument(
        "command", choices=COMMANDS, metavar="command", help="what to do; `rapport COMMAND -h` says more"
    )
    parser.parse_args(given)
    return WRONG_USE


def _guarded(run: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    try:
        return run(arguments)
    except SettingsError as error:
        print(f"rapport: {error}", file=sys.stderr)
        return WRONG_USE
    except RapportError as error:
        print(f"rapport: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe has gone, as `| head` does; Python would complain at exit
        return FAILED
