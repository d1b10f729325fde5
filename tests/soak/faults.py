"""The faults: what is done to the runtime, for how long, what must be seen, and how that is told from what was."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.soak.broker import OTHER
from tests.soak.watch import SENSES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.soak.broker import SoakBroker
    from tests.soak.control import Wishes
    from tests.soak.watch import Sample, Seen, Watcher

DAY_S = 86_400.0
FAILING = {"backing off", "starting", "parked", "degraded"}
WELL = {"running", "degraded"}
COMMANDS = 10_000
REFUSED_S = 400.0
"""A refused password is tried again after 300 s ± 25 % (``edge.outlets.mqtt.backoff``)."""


@dataclass(slots=True)
class Stage:
    """What faults act upon."""

    wishes: Wishes
    broker: SoakBroker
    watcher: Watcher
    pid: int
    models: Path
    state: Path
    """Where the runtime keeps its last State; a small file system of its own when ``small`` is True."""
    small: bool
    kept: dict[Path, bytes]


@dataclass(frozen=True, slots=True)
class Span:
    """One fault as it was seen: from ``begin`` to ``healed`` it lasted, until ``end`` the runtime recovered."""

    begin: float
    healed: float
    end: float
    seen: Seen

    @property
    def during(self) -> list[Sample]:
        """Samples while it lasted, and of one second more: what is seen needs a moment to be told."""
        return self.seen.between(self.begin, self.healed + 1.0)

    def more(self, sense: str, begin: float, end: float, *, abstained: bool = False) -> int:
        """How many Readings and abstentions (or abstentions only) of a sense came between two times."""
        found = self.seen.between(begin, end)
        if len(found) < 2:
            return 0
        first, last = found[0], found[-1]
        before, after = (first.abstained, last.abstained) if abstained else (first.told, last.told)
        return after[sense] - before[sense]

    def states(self, sense: str) -> set[str]:
        """Where a lane stood while the fault lasted."""
        return {sample.states.get(sense, "?") for sample in self.during}


@dataclass(frozen=True, slots=True)
class Fault:
    """``begin`` and ``heal`` act; ``sense`` is the lane that is hit; ``sign`` gives what was missed, "" when nothing."""

    name: str
    expected: str
    lasts_s: float
    begin: Callable[[Stage], None]
    heal: Callable[[Stage], None]
    sense: str = ""
    sign: Callable[[Span], str] = lambda _span: ""


def judged(fault: Fault, span: Span) -> tuple[list[str], list[str]]:
    """What was seen, and what of it is not as it must be."""
    samples = span.seen.between(span.begin, span.end)
    if len(samples) < 2:
        return ["the metrics page was silent"], ["the metrics page was silent"]
    wrong = [problem] if (problem := fault.sign(span)) else []
    seen = [f"{sense} {' / '.join(sorted(span.states(sense)))}" for sense in SENSES]
    for sense in SENSES:
        # Others must go on all the while; the lane that was hit, and everything after a suspension, once it is over.
        since = span.healed if sense == fault.sense or fault.name == "suspended" else span.begin
        count = span.more(sense, since, span.end)
        seen.append(f"{sense} +{count} in {span.end - since:.0f} s")
        if count == 0:
            wrong.append(f"nothing came from {sense}")
        if samples[-1].states.get(sense) not in WELL:
            wrong.append(f"{sense} is {samples[-1].states.get(sense)} at the end")
    if samples[-1].turns - samples[0].turns < span.end - span.begin:
        wrong.append("the loop turned less than once a second")
    return seen, wrong


def _wish(**changes: object) -> Callable[[Stage], None]:
    return lambda stage: stage.wishes.set(**changes)


def _fails(sense: str) -> Callable[[Span], str]:
    return lambda span: "" if span.states(sense) & FAILING else f"the {sense} lane never said that something is wrong"


def _doubts(sense: str) -> Callable[[Span], str]:
    """Either the lane says so, or most of what came of it abstained."""

    def sign(span: Span) -> str:
        told = span.more(sense, span.begin + 1, span.healed)
        abstained = span.more(sense, span.begin + 1, span.healed, abstained=True)
        if span.states(sense) & FAILING or (told and abstained >= 0.8 * told):
            return ""
        return f"the {sense} lane was neither degraded nor abstained ({abstained} of {told})"

    return sign


def _goes_on(sense: str) -> Callable[[Span], str]:
    return lambda span: "" if span.more(sense, span.begin, span.healed) else f"{sense} did not go on meanwhile"


def _heard_again(span: Span) -> str:
    return "" if any(span.healed < at <= span.end for at, _ in span.seen.heard) else "the home heard nothing afterwards"


def _spoil(stage: Stage) -> None:
    """Garbage into the file itself, as a dying card writes it; not a new file in its place."""
    for path in sorted(stage.models.glob("face-*/model.tflite")):
        stage.kept[path] = path.read_bytes()
        with path.open("r+b") as file:
            file.write(os.urandom(len(stage.kept[path])))


def _restore(stage: Stage) -> None:
    for path, content in stage.kept.items():
        path.write_bytes(content)


def _fill(stage: Stage) -> None:
    with (stage.state / "filler").open("wb") as file:
        try:
            while True:
                file.write(bytes(4096))
                file.flush()
        except OSError:
            pass


def _refuse(stage: Stage) -> None:
    stage.broker.stop()
    stage.broker.start(OTHER)


def _right_again(stage: Stage) -> None:
    stage.broker.stop()
    stage.broker.start()


def _pester(stage: Stage) -> None:
    topics = ("homeassistant/status", "rapport/soak/set", "rapport/soak/words", "rapport/soak/command")
    bad = (b"", b"{", b"\xff\xfe\x00", b'{"a":' * 50, b"x" * 2000, b"null", "在线".encode(), b"ONLINE\n")
    for number in range(COMMANDS):
        stage.watcher.say(topics[number % 4], bad[number // 4 % 8])


def _nothing(_stage: Stage) -> None: ...


def _signal(number: int) -> Callable[[Stage], None]:
    return lambda stage: os.kill(stage.pid, number)


FAULTS = (
    Fault("camera-gone", "face fails, the others go on, face comes back", 5, _wish(camera="gone"), _wish(camera="ok"), "face", _fails("face")),
    Fault("microphone-gone", "voice fails, the others go on, voice comes back", 5, _wish(microphone="gone"), _wish(microphone="ok"), "voice", _fails("voice")),
    Fault("camera-black", "face abstains or is degraded", 6, _wish(camera="black"), _wish(camera="ok"), "face", _doubts("face")),
    Fault("microphone-zeros", "voice abstains or is degraded", 7, _wish(microphone="zeros"), _wish(microphone="ok"), "voice", _doubts("voice")),
    Fault("inference-raises", "face fails visibly, the others go on, face comes back", 3, _wish(inference="raises", inference_of="face"), _wish(inference="ok"), "face", _fails("face")),
    Fault("camera-frozen", "face is degraded", 7, _wish(camera="frozen"), _wish(camera="ok"), "face", _fails("face")),
    Fault("inference-hangs", "voice is told to hang, the others go on, voice comes back", 5, _wish(inference="hangs", inference_of="voice"), _wish(inference="ok"), "voice", _fails("voice")),
    Fault("camera-half", "face abstains or is degraded", 6, _wish(camera="half"), _wish(camera="ok"), "face", _doubts("face")),
    Fault("microphone-clips", "voice abstains or is degraded", 7, _wish(microphone="clips"), _wish(microphone="ok"), "voice", _doubts("voice")),
    Fault("model-garbage", "what runs goes on from memory", 8, _spoil, _restore, "", _goes_on("face")),
    Fault("microphone-rate", "voice is degraded", 8, _wish(microphone="rate"), _wish(microphone="ok"), "voice", _fails("voice")),
    Fault("clock-forward", "nothing changes when the wall clock jumps by a day", 6, _wish(clock_s=DAY_S), _nothing, "", _goes_on("face")),
    Fault("clock-back", "nor when it jumps back by two", 6, _wish(clock_s=-DAY_S), _wish(clock_s=0.0), "", _goes_on("face")),
    Fault("disk-full", "State and Readings go on", 6, _fill, lambda stage: (stage.state / "filler").unlink(missing_ok=True), "", _goes_on("face")),
    Fault("suspended", "after SIGSTOP for 10 s and SIGCONT everything goes on", 10, _signal(signal.SIGSTOP), _signal(signal.SIGCONT)),
    Fault("malformed-commands", f"{COMMANDS} malformed MQTT messages change nothing", 5, _pester, _nothing, "", _goes_on("face")),
    Fault("broker-killed", "Readings go on, the home hears of them again", 4, lambda s: s.broker.kill(), lambda s: s.broker.start(), "", _heard_again),
    Fault("broker-restarted", "Readings go on, the home hears of them again", 1, lambda s: s.broker.stop(), lambda s: s.broker.start(), "", _heard_again),
    Fault("broker-halted", "Readings go on, the home hears of them again", 6, lambda s: s.broker.halt(), lambda s: s.broker.go_on(), "", _heard_again),
    Fault("broker-refuses", f"Readings go on; the password is tried again within {REFUSED_S:.0f} s", 4, _refuse, _right_again, "", _goes_on("face")),
)  # fmt: skip


def small_file_system(path: Path) -> bool:
    """Mount 1 MiB of memory at ``path``; False when this user may not."""
    if os.geteuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "rapport-soak", str(path)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
