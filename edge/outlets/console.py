"""The live view in a terminal: what is seen, heard and read, what is understood and why, what is answered."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TextIO

from edge.affect import Alertness, Episode, Reading, Reply, Sense, State
from edge.outlets.outlet import Item, Notice, Outcome, Outlet
from edge.response.proposal import Act, Proposal

if TYPE_CHECKING:
    from edge.outlets.settings import ConsoleSettings

VERBS = {Sense.FACE: "sees", Sense.VOICE: "hears", Sense.TEXT: "reads"}
COLOURS = {
    "sees": "36",
    "hears": "35",
    "reads": "34",
    "thinks": "33",
    "says": "1;32",
    "note": "2",
    "episode": "33",
    "driver": "31",
    "offers": "32",
    "acts": "32",
}
QUIET_S = 0.7
"""Least time between two lines of the same kind, words and replies excepted; the latest change is always told."""


class Console(Outlet):
    """Prints a line when something changes. The only outlet that takes Readings: they stay on the device."""

    name = "console"
    takes = (State, Reply, Reading, Notice, Episode, Alertness, Proposal, Act, Outcome)
    capacity = 64

    def __init__(self, settings: ConsoleSettings, stream: TextIO | None = None) -> None:
        super().__init__()
        self._settings = settings
        self._stream = stream or sys.stdout
        self._start_ns = time.monotonic_ns()
        self._told: dict[str, tuple[object, float]] = {}

    def adopt(self, settings: ConsoleSettings) -> None:
        """Go on with or without colour."""
        self._settings = settings

    def open(self) -> None:
        """Nothing to open: a terminal is always there."""

    def deliver(self, item: Item) -> None:
        """Print words and Replies, and the rest when it changed."""
        match item:
            case Reading():
                self._show(item)
            case Reply():
                self._line("says", f"“{item.text}”  [{item.strategy}, {item.language}]")
            case Proposal():
                self._line("offers", f"{item.title}  [{item.action}]")
            case Act():
                self._line("acts", f"{item.proposal.title}  [{item.proposal.action}, by {item.by}]")
            case Notice() | Outcome():
                self._line("note", str(item))
            case Episode():
                self._line("episode", _of_episode(item))
            case Alertness():
                if item.warn:
                    self._told.pop("driver", None)  # a warning is always told
                self._line_on_change("driver", item.stage, f"{item.stage}: {item.reason}")
            case State():
                self._think(item)

    def _think(self, item: State) -> None:
        share = ", ".join(f"{sense} {part:.0%}" for sense, part in item.shares)
        doubt = f": {item.reason}" if item.reason else f" {item.confidence:.2f}"
        detail = f"  valence {item.affect.valence:+.2f} arousal {item.affect.arousal:+.2f}  ({share})" if share else ""
        self._line_on_change("thinks", (item.label, item.reason is None), f"{item.name}{doubt}{detail}")

    def close(self) -> None:
        """Nothing to close: each line was flushed, and a terminal that takes nothing must not hold the stop."""

    def _show(self, reading: Reading) -> None:
        verb = VERBS[reading.sense]
        if reading.words is not None:
            self._line(verb, f"“{reading.words}” → {_summary(reading)}")
        else:
            self._line_on_change(verb, reading.affect.label if reading.affect else reading.reason, _summary(reading))

    def _line_on_change(self, verb: str, key: object, text: str) -> None:
        now = time.monotonic()
        told, at = self._told.get(verb, (None, -QUIET_S))
        if told != key and now - at >= QUIET_S:
            self._told[verb] = (key, now)
            self._line(verb, text)

    def _line(self, verb: str, text: str) -> None:
        seconds = (time.monotonic_ns() - self._start_ns) / 1e9
        colour = COLOURS[verb] if self._settings.colour and self._stream.isatty() else ""
        head = f"\x1b[{colour}m{verb:<7}\x1b[0m" if colour else f"{verb:<7}"
        print(f"{seconds:6.1f} s  {head} {text}", file=self._stream, flush=True)


def _of_episode(episode: Episode) -> str:
    if episode.end_ns is None:
        return f"{episode.emotion} begins"
    lasted_s = (episode.end_ns - episode.onset_ns) / 1e9
    return f"{episode.emotion} ends after {lasted_s:.0f} s; at its most {episode.peak:.2f}"


def _summary(reading: Reading) -> str:
    if reading.affect is None:
        return reading.reason or "nothing"
    signs = sorted(reading.cues, key=lambda cue: -cue.strength)[:3]
    told = "  · " + ", ".join(cue.phrase for cue in signs) if signs else ""
    return f"{reading.affect.label} {reading.affect.confidence:.2f}{told}"
