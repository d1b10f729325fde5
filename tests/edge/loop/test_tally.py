from __future__ import annotations

import pytest

from edge.affect import Sense
from edge.loop.latency import Latencies
from edge.loop.tally import outside, perceiving


def test_the_share_outside_is_what_the_perceiver_did_not_take() -> None:
    latencies = Latencies()
    for whole, inside in ((10.0, 8.0), (30.0, 28.0)):
        latencies.record(perceiving(Sense.FACE), inside)
        latencies.record(Sense.FACE, whole)
    assert outside(latencies, Sense.FACE) == pytest.approx(0.1)


def test_a_reading_on_its_way_to_the_loop_counts_in_neither_mean() -> None:
    latencies = Latencies()
    latencies.record(perceiving(Sense.TEXT), 8.0)
    latencies.record(perceiving(Sense.TEXT), 8.0)
    latencies.record(Sense.TEXT, 10.0)
    assert outside(latencies, Sense.TEXT) == pytest.approx(0.2)


def test_without_a_reading_there_is_no_share() -> None:
    assert outside(Latencies(), Sense.VOICE) is None


def test_over_all_senses_each_counts_by_its_time() -> None:
    latencies = Latencies()
    for sense, whole_ms, inside_ms in ((Sense.FACE, 6.0, 5.7), (Sense.TEXT, 2.0, 1.0)):
        latencies.record(sense, whole_ms)
        latencies.record(perceiving(sense), inside_ms)
    latencies.record(Sense.VOICE, 1.0)  # that it was perceived is not known: it tells nothing
    assert outside(latencies, *Sense) == pytest.approx(1 - 6.7 / 8.0, abs=1e-4)
