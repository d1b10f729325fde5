from __future__ import annotations

from edge.loop.latency import KEPT, Latencies


def test_percentiles_are_nearest_rank() -> None:
    latencies = Latencies()
    for value in range(1, 101):
        latencies.record("face", float(value))
    assert latencies.percentiles("face") == {"p50": 50.0, "p95": 95.0, "p99": 99.0}


def test_one_value_is_every_percentile() -> None:
    latencies = Latencies()
    latencies.record("text", 3.0)
    assert latencies.percentiles("text") == {"p50": 3.0, "p95": 3.0, "p99": 3.0}


def test_only_the_recent_past_counts() -> None:
    latencies = Latencies()
    for _ in range(KEPT):
        latencies.record("voice", 1000.0)
    for _ in range(KEPT):
        latencies.record("voice", 1.0)
    assert latencies.percentiles("voice") == {"p50": 1.0, "p95": 1.0, "p99": 1.0}


def test_nothing_recorded_is_none() -> None:
    assert Latencies().percentiles("face") is None


def test_totals_are_since_the_start_also_when_the_ring_has_turned() -> None:
    latencies = Latencies()
    for _ in range(KEPT + 10):
        latencies.record("face", 2.0)
    assert latencies.total("face") == (KEPT + 10, 2.0 * (KEPT + 10))
    assert latencies.total("voice") == (0, 0.0)
    assert latencies.kinds == ("face",)
