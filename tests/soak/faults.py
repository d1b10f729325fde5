"""What a fault is, and how what was seen of it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.soak.watch import SENSES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.soak.broker import SoakBroker
    from tests.soak.control import Wishes
    from tests.soak.watch import Sample, Seen, Watcher

WELL = {"running", "degraded"}
PATIENCE_S = {"face": 2.0, "voice": 2.0, "text": 8.0}
"""A span so long has Readings; the session's sentences come a few seconds apart."""


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

    def restarts(self, sense: str) -> int:
        """How often the lane was started again while it lasted."""
        found = self.during
        return found[-1].restarts.get(sense, 0) - found[0].restarts.get(sense, 0) if found else 0

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
    """``begin`` and ``heal`` act; ``sense`` is the lane that is hit; ``sign`` gives what was missed, or ""."""

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
        if count == 0 and span.end - since >= PATIENCE_S[sense]:
            wrong.append(f"nothing came from {sense}")
        if samples[-1].states.get(sense) not in WELL:
            wrong.append(f"{sense} is {samples[-1].states.get(sense)} at the end")
    if samples[-1].turns - samples[0].turns < span.end - span.begin:
        wrong.append("the loop turned less than once a second")
    return seen, wrong
