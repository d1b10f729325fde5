"""Plays a recording through understanding and its views, and holds what comes out against what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edge.affect import EMOTIONS, State
from edge.replay.codec import plain
from edge.replay.reading import Adopted, Ended, Happened, Recording, Step, Unwatched
from edge.understanding.driver.view import DriverView
from edge.understanding.fusion import BUILT_IN, Pool
from edge.understanding.understanding import Understanding
from edge.understanding.views import views
from edge.understanding.wellbeing.day import Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.affect import Alertness, Episode, Sense
    from edge.understanding.settings import UnderstandingSettings


@dataclass(frozen=True, slots=True)
class Played:
    """One step as it was recorded, and what came out when it was played."""

    step: Step
    state: State
    events: tuple[Episode | Alertness, ...]

    @property
    def same(self) -> bool:
        """Whether State and events are the recorded ones, bit for bit."""
        return self.difference() is None

    def difference(self) -> str | None:
        """The first field that differs, in words; None when all are the same."""
        found = _first(plain(self.step.state), plain(self.state), "")
        if found is not None:
            return f"the State's {found}"
        found = _first(_told(self.step.events), _told(self.events), "")
        return None if found is None else f"the views' {found}"


@dataclass(slots=True)
class Verdict:
    """What a whole replay came to."""

    path: Path
    words: bool
    steps: int = 0
    differing: int = 0
    first: str | None = None
    """Where and what differs first, in words."""
    changes: int = 0
    """Times that settings, consent or a lane changed."""
    ended: str = ""
    cut: bool = False


class Device:
    """Understanding and its views, driven by the steps of a recording as the runtime drives them."""

    def __init__(self, settings: UnderstandingSettings, by: Pool = BUILT_IN) -> None:
        """``by``: the pool that combined the senses when the recording was made."""
        self._understanding = Understanding(settings, by)
        self._views = views(settings)
        self._driver = DriverView(settings.driver)

    def adopt(self, settings: UnderstandingSettings) -> None:
        """Go on with other settings."""
        self._understanding.adopt(settings)
        self._driver.adopt(settings.driver)

    def unwatch(self, sense: Sense) -> None:
        """Forget what was learned of the driver by this sense."""
        self._driver.forget(sense)

    def take(self, step: Step) -> Played:
        """Do anew what led to the step. Time is that of the recording."""
        events: list[Episode | Alertness] = []
        if step.reading is not None:
            take = self._understanding.update
            state = take(step.reading) if step.published else self._understanding.now(step.reading.captured_ns)
        elif step.forgot is not None:
            for view in self._views:
                view.forget(step.forgot)
            state = self._understanding.forget(step.forgot, step.state.captured_ns)
        else:
            state = self._understanding.now(step.state.captured_ns)
        if step.published:
            seen = [event for view in self._views for event in view.see(state, step.reading)]
            events += [event for event in seen if not isinstance(event, Span)]
        if step.watched:
            events += self._driver.see(state, step.reading)
        return Played(step, state, tuple(events))


def play(recording: Recording, verdict: Verdict, by: Pool | None = None) -> Iterator[Played]:
    """Every step as it is played; ``verdict`` is complete when the last was taken. Raises InputError.

    ``by`` is the pool that combines the senses; None: the recorded one, so that the very same States come out.
    """
    device = Device(recording.settings, by or recording.pool or BUILT_IN)
    begin_ns: int | None = None
    for entry in recording.entries():
        match entry:
            case Step():
                played = device.take(entry)
                begin_ns = entry.state.captured_ns if begin_ns is None else begin_ns
                verdict.steps += 1
                difference = played.difference()
                if difference is not None:
                    verdict.differing += 1
                    if verdict.first is None:
                        seconds = (entry.state.captured_ns - begin_ns) / 1e9
                        verdict.first = f"line {entry.number}, {seconds:.1f} s after the first State: {difference}"
                yield played
            case Unwatched():
                verdict.changes += 1
                device.unwatch(entry.sense)
            case Adopted():
                verdict.changes += 1
                device.adopt(entry.settings)
            case Happened():
                verdict.changes += 1
            case Ended():
                verdict.ended, verdict.cut = entry.why, entry.cut


def _told(events: tuple[Episode | Alertness, ...]) -> list[Any]:
    return [[type(event).__name__, plain(event)] for event in events]


def _first(recorded: object, played: object, path: str) -> str | None:
    """The first place where two plain values differ; floats by their shortest decimals, and so by their bits."""
    if isinstance(recorded, dict) and isinstance(played, dict):
        pairs = ((recorded.get(key), played[key], f"{path}.{key}".lstrip(".")) for key in played)
        return next((found for pair in pairs if (found := _first(*pair)) is not None), None)
    if isinstance(recorded, list) and isinstance(played, list):
        inside = (
            _first(one, other, f"{path}[{_place(path, index)}]")
            for index, (one, other) in enumerate(zip(recorded, played, strict=False))
        )
        more = f"{path or 'events'} has {len(played)} entries where {len(recorded)} were recorded"
        return next((found for found in inside if found), more if len(recorded) != len(played) else None)
    if repr(recorded) != repr(played):
        return f"{path} is {played!r} where {recorded!r} was recorded"
    return None


def _place(path: str, index: int) -> str:
    return EMOTIONS[index].value if path == "affect.probabilities" else str(index)
