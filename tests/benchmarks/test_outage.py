from __future__ import annotations

import pytest

from tests.benchmarks.outage import ratios


def test_each_round_and_sense_is_put_beside_itself() -> None:
    there, away = [(0.0, 10.0), (20.0, 30.0)], [(10.0, 20.0), (30.0, 40.0)]
    latencies = [(5.0, "face", 4.0), (15.0, "face", 5.0), (25.0, "face", 10.0), (35.0, "face", 5.0)]
    latencies += [(5.0, "voice", 2.0), (35.0, "voice", 4.0)]
    assert ratios(latencies, there, away, 50) == pytest.approx([1.25, 0.5])
