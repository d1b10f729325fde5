"""Record what the device senses and understands, for development: Readings, States and events, into one file."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from edge.affect import Language, Sense
from edge.errors import ConsentError
from edge.paths import cache_directory, state_directory
from edge.safety.grants import Purpose
from edge.settings import load
from edge.understanding.wording.phrasebook import Phrasebook

if TYPE_CHECKING:
    import argparse

    from edge.replay.recorder import Recorder
    from edge.safety.consent import Consent
    from edge.safety.context import Context
    from edge.settings import Settings

AGREED = "record"
RED, PLAIN = "\x1b[1;31m", "\x1b[0m"
LEAST_MB, MOST_MB = 1, 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport record`` takes."""
    parser.add_argument("config", type=Path, nargs="?", metavar="CONFIG", help="a settings file; defaults without it")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="what is written; packed if it ends in .gz"
    )
    parser.add_argument(
        "--yes", action="store_true", help="everybody who is sensed knows and agrees; asked for when it is not given"
    )
    parser.add_argument(
        "--words", action="store_true", help="keep what is said; needs `rapport consent grant text --for recording`"
    )
    parser.add_argument(
        "--raw",
        type=Path,
        metavar="DIR",
        help="also keep pictures and sound; needs `rapport consent grant face voice --for recording`",
    )
    parser.add_argument(
        "--limit", type=int, default=256, metavar="MB", help=f"most of FILE, and of DIR ({LEAST_MB} to {MOST_MB})"
    )
    parser.add_argument("--repeat", action="store_true", help="play file sources again and again")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when the recording was made; 1 when it could not be, or no sense could run; 2 for wrong use."""
    from edge.cli.running import print_summary, run_until_stopped, start_logging
    from edge.cli.session import with_session
    from edge.runtime import Runtime
    from edge.safety.consent import Consent
    from edge.safety.context import context

    if not LEAST_MB <= arguments.limit <= MOST_MB:
        print(f"rapport: --limit is {arguments.limit}. Give {LEAST_MB} to {MOST_MB} MB.", file=sys.stderr)
        return 2
    settings = load(arguments.config)
    start_logging(settings)
    settings, left_out = with_session(settings, cache_directory())
    for text in left_out:
        print(f"left out: {text}", file=sys.stderr)
    consent = Consent(settings.consent, state_directory(settings))
    senses = sensed(settings)
    require(context(settings.safety), consent, senses, words=arguments.words, raw=arguments.raw is not None)
    for language in settings.device.languages:
        print(_red(notice(arguments, senses, language)), file=sys.stderr, flush=True)
    require_agreement(given=arguments.yes)
    stop = Event()
    recorder = _recorder(arguments, settings, consent, senses, stop)
    runtime = Runtime(settings, repeat=arguments.repeat, witness=recorder)
    recorder.start()
    try:
        summary = run_until_stopped(runtime, stop=stop)
    finally:
        recorder.stop()
    print_summary(summary)
    print(f"  recorded   {recorder.steps} steps, {recorder.bytes} bytes: {arguments.output} ({recorder.ended})")
    return runtime.exit_code()


def sensed(settings: Settings) -> tuple[Sense, ...]:
    """The senses that have a source in the settings."""
    sources = {
        Sense.FACE: settings.camera.source,
        Sense.VOICE: settings.microphone.source,
        Sense.TEXT: settings.words.source,
    }
    return tuple(sense for sense, source in sources.items() if source != "none")


def require(place: Context, consent: Consent, senses: tuple[Sense, ...], *, words: bool, raw: bool) -> None:
    """Raise ConsentError unless each sense that would be recorded is granted, and for words and raw media once more."""
    if not senses:
        problem = "there is nothing to record: no camera, no microphone and no words are set"
        raise ConsentError(problem, "Set camera.source, microphone.source or words.source in the settings file")
    for sense in senses:
        consent.require(sense)
    kept = [sense for sense in senses if (words if sense is Sense.TEXT else raw)]
    for sense in kept:
        if not place.may_sense(sense, Purpose.RECORDING):
            problem = f"the context {place.name!r} does not allow words, pictures or sound to be recorded"
            raise ConsentError(problem, "Record without --words and --raw, or in another place")
        consent.require(sense, Purpose.RECORDING)


def require_agreement(*, given: bool) -> None:
    """Raise ConsentError unless whoever started the command says that everybody agrees."""
    if given:
        return
    if sys.stdin.isatty():
        print(f"Type {AGREED!r} if everybody who is sensed knows and agrees: ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip() == AGREED:
            return
    problem = "nothing is recorded, as nobody said that everybody who is sensed agrees"
    raise ConsentError(problem, f"Ask them, then type {AGREED!r} when you are asked, or give --yes")


def notice(arguments: argparse.Namespace, senses: tuple[Sense, ...], language: Language) -> str:
    """What people are told at the start, in one language."""
    wording = Phrasebook(language)
    told = wording.joined([wording.say(str(sense)) for sense in senses])
    parts = [
        wording.say(
            "RECORDING for development: what is perceived ({senses}) is written to {file}.",
            senses=told,
            file=arguments.output,
        )
    ]
    if arguments.words:
        parts.append(wording.say("What is said is kept word for word."))
    if arguments.raw is not None:
        parts.append(wording.say("Pictures and sound are kept in {directory}.", directory=arguments.raw))
    return wording.between.join(parts)


def _recorder(
    arguments: argparse.Namespace, settings: Settings, consent: Consent, senses: tuple[Sense, ...], stop: Event
) -> Recorder:
    from edge.accelerators.cpu import Cpu
    from edge.accelerators.model import device_models
    from edge.replay.form import Head
    from edge.replay.raw import RawStore
    from edge.replay.recorder import Recorder
    from edge.understanding.pooled import fitted, parameters_of

    def may_keep(sense: Sense) -> bool:
        return consent.granted(sense) and consent.granted(sense, Purpose.RECORDING)

    limit = arguments.limit * 1_000_000
    return Recorder(
        arguments.output,
        Head(
            device=settings.device.id,
            utc=datetime.now(tz=UTC).isoformat(timespec="seconds"),
            senses=senses,
            words=arguments.words,
            understanding=settings.understanding.model_dump(mode="json"),
            pool=parameters_of(fitted(device_models(settings.models, Cpu()))),
        ),
        limit_bytes=limit,
        tell=lambda text: print(_red(text), file=sys.stderr, flush=True),
        may_keep_words=lambda: may_keep(Sense.TEXT),
        on_end=stop.set,
        raw=None if arguments.raw is None else RawStore(arguments.raw, limit, may_keep),
    )


def _red(text: str) -> str:
    return f"{RED}{text}{PLAIN}" if sys.stderr.isatty() else text
