"""Figures become metric families of OpenMetrics 1.0 (github.com/OpenObservability/OpenMetrics, specification 1.0).

Labels are a sense, a lane's state, a kind of latency, an outlet's name, the accelerator's name and the version: each
from a short list of ours, none from what a person said, wrote into the settings, or is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
    StateSetMetricFamily,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edge.outlets.metrics.figures import Figures

SECOND_MS = 1000.0


class Families(Collector):
    """Asks for the figures at each scrape, and never in between."""

    def __init__(self, figures: Callable[[], Figures]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Every family once."""
        now = self._figures()
        yield InfoMetricFamily("rapport", "The device", value={"version": now.version, "accelerator": now.accelerator})
        yield _lane_states(now)
        senses = {lane.sense: lane for lane in now.lanes}
        yield _counter(
            "rapport_lane_restarts", "Failures of a lane", "sense", {s: lane.restarts for s, lane in senses.items()}
        )
        yield _counter(
            "rapport_lane_dropped",
            "Signals that were too many for a lane",
            "sense",
            {s: lane.dropped for s, lane in senses.items()},
        )
        yield _counter("rapport_readings", "Readings with an opinion", "sense", now.readings)
        yield _counter("rapport_abstentions", "Readings without one", "sense", now.abstained)
        yield _counter("rapport_outlet_dropped", "Items that an outlet gave up", "outlet", now.outlets)
        yield CounterMetricFamily("rapport_loop_turns", "Turns of the loop", value=now.turns)
        yield CounterMetricFamily("rapport_cpu_seconds", "CPU time of the process", value=now.cpu_s, unit="seconds")
        yield GaugeMetricFamily("rapport_resident_memory_bytes", "Memory", value=now.rss_bytes, unit="bytes")
        yield _latency(now)
        yield _quantiles(now)


def _lane_states(now: Figures) -> Metric:
    family = StateSetMetricFamily("rapport_lane_state", "Where each lane stands", labels=["sense"])
    for lane in now.lanes:
        family.add_metric([lane.sense], {state: state == lane.state for state in now.states})
    return family


def _counter(name: str, told: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, told, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _latency(now: Figures) -> Metric:
    """Sum and count since the start: a monitor makes the mean over any span of them."""
    family = SummaryMetricFamily("rapport_latency_seconds", "Durations by kind", labels=["kind"], unit="seconds")
    for kind, latency in now.latencies.items():
        family.add_metric([kind], latency.count, latency.sum_ms / SECOND_MS)
    return family


def _quantiles(now: Figures) -> Metric:
    """Quantiles of the recent past, by nearest rank; the library's summary family knows no quantiles."""
    family = GaugeMetricFamily(
        "rapport_latency_recent_seconds", "Durations of late, by kind", labels=["kind", "quantile"], unit="seconds"
    )
    for kind, latency in now.latencies.items():
        for quantile, milliseconds in latency.quantiles_ms.items():
            family.add_metric([kind, f"{quantile:g}"], milliseconds / SECOND_MS)
    return family
