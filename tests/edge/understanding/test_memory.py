"""What understanding keeps does not grow, however long a device runs."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, Affect, Cue, Reading, Sense
from edge.understanding.settings import UnderstandingSettings
from edge.understanding.understanding import Understanding
from edge.understanding.views import views

if TYPE_CHECKING:
    from collections.abc import Iterator

MONTH_NS = 30 * 24 * 3600 * 10**9
UPDATES = 20_000
"""Readings in a simulated month: bursts of talk in a long emptiness."""
TRACED = 2_000
"""Of them, those in whose time every allocation is traced; tracing makes them ten times as slow."""
BURST = 200
AFFECTS = [Affect.of(tuple(0.7 if index == leader else 0.05 for index in range(7))) for leader in range(len(EMOTIONS))]


def readings(updates: int, start_ns: int, span_ns: int) -> Iterator[Reading]:
    """Bursts of faces, voice, words and abstentions, spread evenly over the span."""
    bursts = updates // BURST
    for number in range(updates):
        burst, within = divmod(number, BURST)
        now_ns = start_ns + burst * (span_ns // bursts) + within * 100_000_000
        sense = (Sense.FACE, Sense.FACE, Sense.VOICE, Sense.TEXT)[number % 4]
        affect = AFFECTS[(number // 37) % 7] if number % 11 else None
        cue = Cue("smile", float(number), "", f"a smile, number {number}", 0.5)
        yield Reading(sense, now_ns, affect, 0.9 if affect else 0.0, (cue,), None if affect else f"reason {number % 5}")


def test_memory_is_constant_over_a_simulated_month() -> None:
    settings = UnderstandingSettings()
    understanding, watching = Understanding(settings), views(settings)

    def live(updates: int, start_ns: int, span_ns: int) -> int:
        """Objects in use after these updates."""
        for number, reading in enumerate(readings(updates, start_ns, span_ns)):
            states = [understanding.update(reading)]
            if number % BURST == BURST - 1:
                states.append(understanding.now(reading.captured_ns + 60 * 10**9))
            for state in states:
                for view in watching:
                    tuple(view.see(state, reading))
        gc.collect()
        return len(gc.get_objects())

    first_objects = live(UPDATES // 20, 0, MONTH_NS // 20)
    last_objects = live(UPDATES, MONTH_NS // 20 + 10**9, MONTH_NS)
    assert last_objects - first_objects < 50
    tracemalloc.start()
    try:
        live(TRACED, 2 * MONTH_NS, MONTH_NS)
        before = tracemalloc.get_traced_memory()[0]
        live(TRACED, 3 * MONTH_NS, MONTH_NS)
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert after - before < TRACED  # one number kept of each update would be 30 times as much
