"""What a run did, counted while it ran."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.affect import Language, Reading, Sense, State
from edge.loop.states import TROUBLE

if TYPE_CHECKING:
    from edge.loop.lane import LaneStatus
    from edge.loop.latency import Latencies


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did, counted while it ran."""

    readings: dict[str, int]
    abstained: dict[str, int]
    states: list[str]
    unsure: int
    replies: dict[str, int]
    latency_ms: dict[str, dict[str, float]]
    outside: dict[str, float]
    """Per sense and for "all", the part of capture-to-State time that was spent in no perceiver: see ``outside``."""
    dropped: dict[str, int]
    stale: dict[str, int]
    skipped: int
    """Pictures that were not looked at, because nobody was there or the board had to be spared."""
    restarts: dict[str, int]
    lanes: dict[str, dict[str, Any]]
    stalls: int
    suspensions: int
    reloads: int
    first_state_s: float | None
    seconds: float


class Tally:
    """Counts for the summary; bounded, since a run may last for months."""

    STATES_KEPT = 1000

    def __init__(self) -> None:
        self.readings: Counter[str] = Counter()
        self.abstained: Counter[str] = Counter()
        self.stale: Counter[str] = Counter()
        """Readings that were over 2 s old when the loop took them, and so were passed over."""
        self.replies: Counter[str] = Counter()
        self.states: list[str] = []
        self.unsure = 0
        self.first_state_s: float | None = None
        self.stalls = self.suspensions = self.reloads = self.skipped = 0
        self._line_at = time.monotonic()
        self._line_count = 0

    def count(self, reading: Reading) -> None:
        """Count a Reading, or an abstention."""
        (self.abstained if reading.affect is None else self.readings)[reading.sense] += 1

    def see(self, state: State) -> None:
        """Note a State when its name differs from the one before."""
        if self.first_state_s is None:
            self.first_state_s = round(process_age_s(), 3)
        if self.states and self.states[-1] == state.name:
            return
        self.states.append(state.name)
        del self.states[: -self.STATES_KEPT]
        self.unsure += state.label is None

    def line(self, lanes: list[LaneStatus], accelerator: str, stalls: int, pace: str = "") -> str:
        """The device in one line: lanes with their states, Readings a second since the last line, what is reduced."""
        count, now = self.readings.total() + self.abstained.total(), time.monotonic()
        rate = (count - self._line_count) / max(now - self._line_at, 0.1)
        self._line_count, self._line_at = count, now
        told = [f"{lane.sense} {lane.state}" + (f" ({lane.reason})" if lane.state in TROUBLE else "") for lane in lanes]
        stalled = f", stalled {stalls}×" if stalls else ""
        reduced = f", {pace}" if pace else ""
        return f"{', '.join(told) or 'no sense is in use'}; {rate:.0f} readings/s on {accelerator}{reduced}{stalled}"

    def summary(self, latencies: Latencies, lanes: list[LaneStatus], seconds: float) -> Summary:
        """The counts as they stand."""
        kinds = [*Sense, "first_sound"]
        figures = {str(kind): latencies.percentiles(kind) for kind in kinds}
        return Summary(
            readings={sense.value: self.readings[sense] for sense in Sense},
            abstained={sense.value: self.abstained[sense] for sense in Sense},
            states=list(self.states),
            unsure=self.unsure,
            replies={language.value: self.replies[language] for language in Language},
            latency_ms={kind: figure for kind, figure in figures.items() if figure is not None},
            outside=_shares_outside(latencies),
            dropped={status.sense.value: status.dropped for status in lanes},
            stale={status.sense.value: status.stale + self.stale[status.sense] for status in lanes},
            skipped=self.skipped,
            restarts={status.sense.value: status.restarts for status in lanes},
            lanes={status.sense.value: _record(status) for status in lanes},
            stalls=self.stalls,
            suspensions=self.suspensions,
            reloads=self.reloads,
            first_state_s=self.first_state_s,
            seconds=round(seconds, 2),
        )


def _record(status: LaneStatus) -> dict[str, Any]:
    """A lane's end as plain data; ``seconds`` is the time in each state that it was in."""
    standing = status.standing
    return {
        "source": status.source,
        "state": standing.state.value,
        "reason": standing.reason,
        "restarts": standing.restarts,
        "transitions": standing.transitions,
        "seconds": {state.value: seconds for state, seconds in standing.seconds.items()},
    }


def perceiving(sense: Sense) -> str:
    """The kind of latency under which the time in a sense's perceiver is recorded, per Reading."""
    return f"{sense.value}_perceive"


def outside(latencies: Latencies, *senses: Sense) -> float | None:
    """The share of capture-to-State time outside of models and signal processing; None without any Reading.

    Both run in the perceivers and nowhere else. So the share is one minus the time in ``perceive`` over the time from
    capture to State, both summed over all Readings of ``senses`` since the start. The rest is waiting for the driver,
    in the mailboxes and for a processor, the change of threads, understanding, and what each turn of the loop checks.
    """
    whole_ms = inside_ms = 0.0
    for sense in senses:
        states, states_ms = latencies.total(sense)
        perceived, perceived_ms = latencies.total(perceiving(sense))
        if states and perceived:
            whole_ms += states_ms
            inside_ms += perceived_ms * states / perceived  # the last Readings may not have become States yet
    return round(max(0.0, 1 - inside_ms / whole_ms), 4) if whole_ms > 0 else None


def _shares_outside(latencies: Latencies) -> dict[str, float]:
    shares = {sense.value: outside(latencies, sense) for sense in Sense} | {"all": outside(latencies, *Sense)}
    return {name: share for name, share in shares.items() if share is not None}


def process_age_s() -> float:
    """Seconds since this process was started, from /proc/self/stat (proc(5): field 22, clock ticks since boot)."""
    after_name = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    started = int(after_name[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started
