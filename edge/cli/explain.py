"""Tell the State in words, or its changes: what is believed, from which senses, by which signs, and what is missing."""

from __future__ import annotations

import argparse
import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.affect import Language
from edge.errors import InputError
from edge.outlets.history import KEPT_S, read_history
from edge.outlets.last_state import newest_device, read_last
from edge.paths import runtime_directory
from edge.settings import load
from edge.understanding.explanation import duration, explain, grounds
from edge.understanding.record import state_of, state_record
from edge.understanding.wording.phrasebook import phrasebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.outlets.history import Change

UNITS_S = {"s": 1, "m": 60, "h": 3600}
SILENT = {Language.EN: "Says nothing: {}.", Language.ZH: "不说话：{}。"}
FRESH_S = 10.0
"""A State that is older was the last of a device that has stopped; it tells one a second at least."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport explain`` takes."""
    parser.add_argument(
        "config", type=Path, nargs="?", metavar="CONFIG", help="the device's settings file; without it the newest State"
    )
    parser.add_argument(
        "--since",
        type=_seconds,
        metavar="TIME",
        help=f"the changes of the last 90s, 10m or 2h, at most {KEPT_S / 3600:.0f}h, and why each came",
    )
    parser.add_argument(
        "--language",
        choices=[language.value for language in Language],
        help="by default the first of CONFIG's device.languages, else en",
    )
    parser.add_argument("--json", action="store_true", help="print the State, or the changes, as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0, or 1 when there is no State."""
    from edge.cli.profile import standing

    directory = runtime_directory()
    settings = None if arguments.config is None else load(arguments.config)
    device_id = newest_device(directory) if settings is None else settings.device.id
    language = Language.EN if settings is None else settings.device.languages[0]
    language = language if arguments.language is None else Language(arguments.language)
    if arguments.since is None:
        _tell_last(directory, device_id, language, standing(settings or load(None), language), as_json=arguments.json)
    else:
        _tell_changes(directory, device_id, language, arguments.since, as_json=arguments.json)
    return 0


def silence_now(device_id: str) -> str | None:
    """Why the running device says nothing now; None where none runs, or it has just spoken."""
    try:
        record = read_last(runtime_directory(), device_id)
    except InputError:
        return None
    fresh = time.clock_gettime(time.CLOCK_BOOTTIME) - float(record["boottime_s"]) < FRESH_S
    return record.get("silence") if fresh else None


def _tell_last(directory: Path, device_id: str | None, language: Language, person: list[str], *, as_json: bool) -> None:
    record = read_last(directory, device_id)
    state = state_of(record["state"])
    changes = read_history(directory, device_id) if device_id is not None else []
    told = changes[-1] if changes and changes[-1].state.name == state.name else None
    lasted_s = None if told is None else max(0.0, float(record["boottime_s"]) - told.boottime_s)
    lines = explain(state, quoting=False, language=language, lasted_s=lasted_s) + person
    if record.get("silence"):
        lines.append(SILENT[language].format(record["silence"]))
    if as_json:
        print(json.dumps({**record, "explanation": lines, "lasted_s": lasted_s}, ensure_ascii=False))
    else:
        print("\n".join(lines))


def _tell_changes(directory: Path, device_id: str | None, language: Language, since_s: float, *, as_json: bool) -> None:
    now_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    try:
        end_s = float(read_last(directory, device_id)["boottime_s"])
    except InputError:
        end_s = now_s
    changes = read_history(directory, device_id) if device_id is not None else []
    changes = _within(changes, now_s - since_s)
    ends_s = [*(change.boottime_s for change in changes), end_s][1:]
    if as_json:
        told = [
            {
                "at": change.at,
                "lasted_s": round(max(0.0, end - change.boottime_s), 1),
                "state": state_record(change.state),
                "explanation": grounds(change.state, language),
            }
            for change, end in zip(changes, ends_s, strict=True)
        ]
        print(json.dumps(told, ensure_ascii=False))
        return
    book = phrasebook(language)
    if not changes:
        print(book.say("In the last {time} no State was told.", time=duration(since_s, book)))
    for change, end in zip(changes, ends_s, strict=True):
        lasting = change is changes[-1] and now_s - end_s < FRESH_S
        print("\n".join(_told(change, end - change.boottime_s, language, lasting=lasting)))


def _told(change: Change, lasted_s: float, language: Language, *, lasting: bool) -> Iterator[str]:
    """A change and why it came."""
    book, state = phrasebook(language), change.state
    message = "{clock}: {emotion}, until now for {time}." if lasting else "{clock}: {emotion}, for {time}."
    yield book.say(
        message,
        clock=time.strftime("%H:%M:%S", time.localtime(change.at)),
        emotion=book.translate(state.name),
        time=duration(lasted_s, book),
    )
    why = explain(state, quoting=False, language=language)
    yield from (f"  {line}" for line in why)


def _within(changes: list[Change], from_s: float) -> list[Change]:
    """The changes from then on, and the one before them, whose State was still told then."""
    before = [change for change in changes if change.boottime_s < from_s]
    return before[-1:] + [change for change in changes if change.boottime_s >= from_s]


def _seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh])", text)
    seconds: Any = None if match is None else float(match[1]) * UNITS_S[match[2]]
    if seconds is None or not 0 < seconds <= KEPT_S:
        message = f"{text!r} is no time; give 90s, 10m or 2h, at most {KEPT_S / 3600:.0f}h, as no more is kept"
        raise argparse.ArgumentTypeError(message)
    return float(seconds)
