"""What is done to the runtime, and the signs that must be seen of it."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.soak.broker import OTHER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.soak.faults import Span, Stage

DAY_S = 86_400.0
FAILING = {"backing off", "starting", "parked", "degraded"}
COMMANDS = 10_000


def wish(**changes: object) -> Callable[[Stage], None]:
    """The stand-ins do this from now on; see ``WISHES``."""
    return lambda stage: stage.wishes.set(**changes)


def fails(sense: str) -> Callable[[Span], str]:
    """The lane must have said that something is wrong, or was started again: that may be over between two looks."""

    def sign(span: Span) -> str:
        if span.states(sense) & FAILING or span.restarts(sense):
            return ""
        return f"the {sense} lane never said that something is wrong"

    return sign


def doubts(sense: str) -> Callable[[Span], str]:
    """Either the lane says so, or most of what came of it abstained."""

    def sign(span: Span) -> str:
        told = span.more(sense, span.begin + 1, span.healed)
        abstained = span.more(sense, span.begin + 1, span.healed, abstained=True)
        if span.states(sense) & FAILING or (told and abstained >= 0.8 * told):
            return ""
        return f"the {sense} lane was neither degraded nor abstained ({abstained} of {told})"

    return sign


def goes_on(sense: str) -> Callable[[Span], str]:
    """Readings of this sense must have come all the while."""
    return lambda span: "" if span.more(sense, span.begin, span.healed) else f"{sense} did not go on meanwhile"


def heard_again(span: Span) -> str:
    """The home must have heard something after it was healed."""
    return "" if any(span.healed < at <= span.end for at, _ in span.seen.heard) else "the home heard nothing afterwards"


def spoil(stage: Stage) -> None:
    """Garbage into the file itself, as a dying card writes it; not a new file in its place."""
    for path in sorted(stage.models.glob("face-*/model.tflite")):
        stage.kept[path] = path.read_bytes()
        with path.open("r+b") as file:
            file.write(os.urandom(len(stage.kept[path])))


def restore(stage: Stage) -> None:
    """The files as they were."""
    for path, content in stage.kept.items():
        path.write_bytes(content)


def fill(stage: Stage) -> None:
    """Not a byte is left where the state is kept."""
    with (stage.state / "filler").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def empty(stage: Stage) -> None:
    """There is space again."""
    (stage.state / "filler").unlink(missing_ok=True)


def kill(stage: Stage) -> None:
    """SIGKILL to the broker."""
    stage.broker.kill()


def stop(stage: Stage) -> None:
    """SIGTERM to the broker."""
    stage.broker.stop()


def start(stage: Stage) -> None:
    """The broker is there again."""
    stage.broker.start()


def halt(stage: Stage) -> None:
    """The broker answers nobody."""
    stage.broker.halt()


def go_on(stage: Stage) -> None:
    """The broker answers again."""
    stage.broker.go_on()


def refuse(stage: Stage) -> None:
    """Start the broker anew, with another password."""
    stage.broker.stop()
    stage.broker.start(OTHER)


def right_again(stage: Stage) -> None:
    """Start it anew, with the right one."""
    stage.broker.stop()
    stage.broker.start()


def pester(stage: Stage) -> None:
    """COMMANDS malformed messages on every topic that a device might listen to."""
    topics = ("homeassistant/status", "rapport/soak/set", "rapport/soak/words", "rapport/soak/command")
    bad = (b"", b"{", b"\xff\xfe\x00", b'{"a":' * 50, b"x" * 2000, b"null", "在线".encode(), b"ONLINE\n")
    for number in range(COMMANDS):
        stage.watcher.say(topics[number % 4], bad[number // 4 % 8])


def nothing(_stage: Stage) -> None:
    """It heals by itself."""


def send(number: int) -> Callable[[Stage], None]:
    """A signal to the runtime."""
    return lambda stage: os.kill(stage.pid, number)


def small_file_system(path: Path) -> bool:
    """Mount 1 MiB of memory at ``path``; False when this user may not."""
    if os.geteuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "rapport-soak", str(path)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
