"""Run the bundled session: the whole device on scripted pictures, speech and sentences, without hardware or broker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, Episode
from edge.errors import InputError
from edge.paths import cache_directory, configs_directory
from edge.replay.witness import Witness
from edge.settings import load
from edge.understanding.wellbeing.day import Span, Sums, day_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from edge.affect import Reading, Sense, State
    from edge.outlets.avatar.outlet import Avatar
    from edge.understanding.views import Event


class Summed(Witness):
    """What wellbeing would keep of the session, if it were a day of somebody who granted it."""

    def __init__(self) -> None:
        self._sums = Sums()
        self._episodes = 0

    def saw(
        self,
        state: State,
        reading: Reading | None,
        forgot: Sense | None,
        events: Iterable[Event],
        *,
        published: bool = True,
        watched: bool = False,
    ) -> None:
        """Add up what the views say."""
        del state, reading, forgot, published, watched
        for event in events:
            if isinstance(event, Span):
                self._sums.merge(event.sums)
            elif isinstance(event, Episode) and event.end_ns is not None:
                self._episodes += 1

    def told(self) -> str:
        """In one line; of the last half a minute nothing may be in it, as it was not full."""
        day = day_of(self._sums, self._episodes, ())
        if day.valence is None or day.valence_sd is None:
            return "nothing to sum up"
        shares = sorted(zip(day.shares, EMOTIONS, strict=True), reverse=True)[:3]
        parts = [f"{emotion} {share:.0%}" for share, emotion in shares if share > 0] + [f"unsure {day.unsure:.0%}"]
        mean = f"valence {day.valence:+.2f} ± {day.valence_sd:.2f}"
        return f"{60 * day.minutes:.0f} s as sums: {', '.join(parts)}; {mean}; {day.episodes} episodes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport demo`` takes."""
    parser.add_argument("--car", action="store_true", help="the bundled drive: a driver is watched, and nothing else")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the summary to FILE as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when the session ran to its end."""
    from edge.cli.running import print_summary, run_until_stopped, start_logging, write_json
    from edge.cli.session import with_session
    from edge.runtime import Runtime

    config = configs_directory() / ("demo-car.toml" if arguments.car else "demo.toml")
    settings = load(config)
    start_logging(settings)
    settings, missing = with_session(settings, cache_directory())
    summed = Summed()
    runtime = Runtime(settings, witness=summed)
    print(f"Rapport demo: {config}")
    granted = [sense.value for sense in settings.consent.grants]
    granted += ["face for drowsiness"] if settings.consent.drowsiness else []
    print(f"  consent    granted to {', '.join(granted)} in that file, for this session only")
    for source in ("camera", "microphone", "words"):
        print(f"  {source:<10} {getattr(settings, source).source}")
    print(f"  accelerator {runtime.choice.accelerator.name} ({runtime.choice.reason})")
    if settings.avatar.enabled and settings.avatar.port:
        print(f"  face       http://127.0.0.1:{settings.avatar.port}/ shows it while this runs")
    for line in missing:
        print(f"  left out   {line}")
    print("\n".join(f"  {sentence}" for sentence in runtime.disclosure()))
    print()
    summary = run_until_stopped(runtime)
    print_summary(summary)
    if runtime.speaker is not None and runtime.speaker.latest is not None:
        print(f"  spoken to  {runtime.speaker.latest} and its neighbours ({runtime.speaker.silent_because})")
    if runtime.avatar is not None:
        print(f"  face       {_drawn(runtime.avatar)} is how it looked last; `rapport avatar` draws it")
    if not arguments.car:
        print(f"  wellbeing  {summed.told()} (of days it is kept with a grant of its own: `rapport wellbeing`)")
        print("  why        `rapport explain` tells the last State in words")
    if arguments.json is not None:
        write_json(arguments.json, summary)
    return runtime.exit_code()


def _drawn(avatar: Avatar) -> Path:
    """Where the face as it is now was written to. Raises InputError."""
    path = cache_directory() / "face.svg"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(avatar.svg("light"), encoding="utf-8")
    except OSError as error:
        problem = f"the face cannot be written to {path}: {error.strerror}"
        raise InputError(problem, "Free space there") from error
    return path
