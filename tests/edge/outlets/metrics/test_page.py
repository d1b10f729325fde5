"""The page as a monitor fetches it, read by the parser of the library that Prometheus' own clients use."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from edge import __version__
from edge.affect import Sense
from edge.cli.bench.broker import free_port
from edge.errors import OutletError
from edge.loop.figures import STATES
from edge.outlets.metrics.figures import Figures, LaneFigures, LatencyFigures
from edge.outlets.metrics.page import MetricsPage
from edge.outlets.metrics.settings import MetricsSettings
from tests.broker import until
from tests.edge.cli.conftest import Rapport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
SENTENCE = "I am so happy with Zebulon today, this is wonderful!"
FIGURES = Figures(
    version="1.2.3",
    accelerator="cpu",
    lanes=(LaneFigures("face", "running", 2, 7), LaneFigures("text", "parked", 6, 0)),
    states=STATES,
    latencies={"face": LatencyFigures({0.5: 5.0, 0.95: 8.0, 0.99: 9.5}, 40, 210.0)},
    readings={"face": 31, "text": 1},
    abstained={"face": 9, "text": 0},
    outlets={"mqtt": 3},
    turns=123,
    rss_bytes=99 << 20,
    cpu_s=1.5,
)


@pytest.fixture
def page() -> Iterator[MetricsPage]:
    served = MetricsPage(MetricsSettings(port=free_port()), lambda: FIGURES)
    served.attach()
    yield served
    served.stop()


def fetch(port: int, path: str = "/metrics", **headers: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Accept": OPEN_METRICS, **headers})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers.get("Content-Type", ""), text


def families(text: str) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(text)}  # type: ignore[no-untyped-call]


def values(family: Metric, *labels: str) -> dict[tuple[str, ...], float]:
    return {tuple(sample.labels[label] for label in labels): sample.value for sample in family.samples}


def port_of(page: MetricsPage) -> int:
    assert page.port is not None
    return page.port


def test_every_figure_arrives(page: MetricsPage) -> None:
    status, kind, text = fetch(port_of(page))
    assert status == 200
    assert kind.startswith("application/openmetrics-text")
    found = families(text)
    (info,) = found["rapport"].samples
    assert info.labels == {"version": "1.2.3", "accelerator": "cpu"}
    states = values(found["rapport_lane_state"], "sense", "rapport_lane_state")
    assert {key for key, value in states.items() if value} == {("face", "running"), ("text", "parked")}
    assert values(found["rapport_lane_restarts"], "sense") == {("face",): 2, ("text",): 6}
    assert values(found["rapport_lane_dropped"], "sense") == {("face",): 7, ("text",): 0}
    assert values(found["rapport_readings"], "sense") == {("face",): 31, ("text",): 1}
    assert values(found["rapport_abstentions"], "sense") == {("face",): 9, ("text",): 0}
    assert values(found["rapport_outlet_dropped"], "outlet") == {("mqtt",): 3}
    assert found["rapport_loop_turns"].samples[0].value == 123
    assert found["rapport_resident_memory_bytes"].samples[0].value == 99 << 20
    latency = {sample.name: sample.value for sample in found["rapport_latency_seconds"].samples}
    assert latency == {"rapport_latency_seconds_count": 40, "rapport_latency_seconds_sum": pytest.approx(0.21)}
    recent = values(found["rapport_latency_recent_seconds"], "kind", "quantile")
    assert recent == {("face", "0.5"): 0.005, ("face", "0.95"): 0.008, ("face", "0.99"): pytest.approx(0.0095)}


def test_only_that_page_and_only_by_an_address_of_this_machine(page: MetricsPage) -> None:
    assert fetch(port_of(page), "/")[0] == 404
    assert fetch(port_of(page), "/metrics?x=1")[0] == 200
    assert fetch(port_of(page), Host="rebound.example:80")[0] == 421
    assert fetch(port_of(page), Host=f"localhost:{page.port}")[0] == 200


def test_it_listens_on_loopback_only(page: MetricsPage) -> None:
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    listening = [row[1] for row in rows if row[3] == "0A" and row[1].endswith(f":{page.port:04X}")]
    assert listening == [f"0100007F:{page.port:04X}"]


def test_a_taken_port_is_named(page: MetricsPage) -> None:
    other = MetricsPage(MetricsSettings(port=port_of(page)), lambda: FIGURES)
    with pytest.raises(OutletError, match=rf"127\.0\.0\.1:{page.port}.*metrics\.port"):
        other.attach()


def test_without_the_extra_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(OutletError, match=r"pip install 'rapport-edge\[metrics\]'"):
        MetricsPage(MetricsSettings(port=1), lambda: FIGURES).attach()


def test_the_library_stays_unloaded_while_the_page_is_off() -> None:
    code = "import sys, edge.runtime; print('prometheus_client' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_a_device_that_runs_is_measured_and_nobody_is_named(tmp_path: Path) -> None:
    rapport = Rapport(tmp_path)
    (tmp_path / "Zebulon").mkdir()
    words = tmp_path / "Zebulon" / "words.lrc"
    words.write_text(f"[00:00.10]{SENTENCE}\n[00:40.00]later\n", encoding="utf-8")
    port = free_port()
    environment = {
        "RAPPORT_WORDS__SOURCE": str(words),
        "RAPPORT_CONSENT__GRANTS": '["text"]',
        "RAPPORT_METRICS__PORT": str(port),
        "RAPPORT_DEVICE__NAME": "Zebulon",
        "RAPPORT_DEVICE__ID": "Zebulon",
    }
    process = subprocess.Popen(
        rapport.command("run", "--json"), env=rapport.environment | environment, stdout=subprocess.PIPE, text=True
    )

    def text() -> str:
        try:
            return fetch(port)[2]
        except OSError:
            return ""

    try:
        until(lambda: 'rapport_readings_total{sense="text"} 1.0' in text())
        found, told = families(text()), text()
        turns = found["rapport_loop_turns"].samples[0].value
        until(lambda: families(text())["rapport_loop_turns"].samples[0].value > turns)
    finally:
        began = time.monotonic()
        process.terminate()
        printed, _ = process.communicate(timeout=20)
    assert time.monotonic() - began < 5
    assert values(found["rapport_lane_state"], "sense", "rapport_lane_state")["text", "running"] == 1
    counts = {s.labels["kind"]: s.value for s in found["rapport_latency_seconds"].samples if s.name.endswith("_count")}
    assert counts == {"text": 1, "text_perceive": 1}
    assert "zebulon" not in told.lower()
    assert "happy" not in told.lower()
    labels = {label for family in found.values() for sample in family.samples for label in sample.labels.values()}
    kinds = {f"{sense.value}_perceive" for sense in Sense}
    assert labels <= {
        *STATES,
        *Sense,
        *kinds,
        "0.5",
        "0.95",
        "0.99",
        "cpu",
        "last-state",
        "history",
        "diary",
        __version__,
    }
    assert json.loads(printed)["outside"]["text"] > 0
