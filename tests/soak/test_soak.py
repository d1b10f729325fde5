"""The soak tells well from ill: its judgement on made-up sightings, and one real fault of one real run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from edge.cli.bench.broker import PLACES
from tests.soak.__main__ import in_turn
from tests.soak.faults import Span, judged
from tests.soak.table import FAULTS
from tests.soak.verdict import against_young, slope_per_hour, verdict
from tests.soak.watch import Sample, Seen

ROOT = Path(__file__).resolve().parents[2]
BY_NAME = {fault.name: fault for fault in FAULTS}


def sample(at: float, *, face: str = "running", face_told: int | None = None, abstained: int = 0) -> Sample:
    count = round(at * 10)
    told = {"face": count if face_told is None else face_told, "voice": count, "text": count}
    states = {"face": face, "voice": "running", "text": "running"}
    return Sample(at, states, dict.fromkeys(told, 0), told, {"face": abstained, "voice": 0, "text": 0}, round(at * 20))


def wrong(name: str, *samples: Sample) -> list[str]:
    seen = Seen(samples=list(samples), heard=[(15.0, "rapport/soak/state")])
    return judged(BY_NAME[name], Span(0.0, 5.0, 20.0, seen))[1]


def test_a_fault_that_shows_and_heals_is_as_expected() -> None:
    assert wrong("camera-gone", sample(0), sample(3, face="backing off"), sample(10), sample(20)) == []


def test_a_fault_that_nobody_noticed_is_not() -> None:
    (only,) = wrong("camera-gone", sample(0), sample(3), sample(10), sample(20))
    assert "never said" in only


def test_a_lane_that_does_not_come_back_is_lost() -> None:
    gone = [sample(at, face="parked", face_told=5) for at in (3.0, 10.0, 20.0)]
    assert wrong("camera-gone", sample(0), *gone) == ["nothing came from face", "face is parked at the end"]


def test_a_lane_that_was_not_hit_must_go_on() -> None:
    stuck = [sample(at, face_told=7) for at in (0.0, 3.0, 10.0, 20.0)]
    assert "nothing came from face" in wrong("microphone-gone", *stuck)


def test_abstaining_from_nearly_everything_is_a_sign_too() -> None:
    black = [
        sample(0),
        sample(1.5, abstained=0),
        sample(4.5, abstained=30),
        sample(10, abstained=30),
        sample(20, abstained=30),
    ]
    assert wrong("camera-black", *black) == []
    seeing = [sample(0), sample(1.5), sample(4.5, abstained=2), sample(10, abstained=2), sample(20, abstained=2)]
    assert "neither degraded nor abstained (2 of 30)" in wrong("camera-black", *seeing)[0]


def test_silence_of_the_page_is_wrong() -> None:
    assert wrong("broker-killed", sample(1)) == ["the metrics page was silent"]


def test_the_home_must_hear_again() -> None:
    seen = Seen(samples=[sample(0), sample(20)], heard=[(3.0, "rapport/soak/state")])
    assert judged(BY_NAME["broker-killed"], Span(0.0, 5.0, 20.0, seen))[1] == ["the home heard nothing afterwards"]


def test_a_slope_is_that_of_the_line_and_a_burst_does_not_move_it() -> None:
    line = [(float(at), 100 + at / 3600) for at in range(0, 600, 5)]
    assert slope_per_hour(line) == pytest.approx(1.0)
    burst = [(at, mib + (40 if 100 <= at < 150 else 0)) for at, mib in line]
    assert slope_per_hour(burst) == pytest.approx(1.0, abs=0.2)
    assert slope_per_hour(line[:2]) is None


def long_run(*, growth: float = 0.0, slower: float = 0.0, age: float = 0.3, claims: bool = True) -> dict[str, bool]:
    seen = Seen(
        samples=[sample(1200)],
        rss=[(float(at), 100 + growth * at / 3600) for at in range(0, 1201, 5)],
        latencies=[
            (float(at), kind, 5.0 + slower * at / 1200) for at in range(1200) for kind in ("face", "voice", "text")
        ],
        ages=[(10.0, 0.2, True), (20.0, age, claims)],
    )
    return {bar.name.partition(",")[0]: bar.met for bar in verdict(seen, 0.0, 1200.0)}


def test_a_calm_run_meets_every_bar() -> None:
    assert set(long_run().values()) == {True}


def test_each_bar_can_be_missed() -> None:
    assert not long_run(growth=1.5)["RSS slope after warm-up"]
    assert not long_run(slower=1.0)["p95 face"]
    assert not long_run(age=2.5)["no State is published as fresh when older"]
    assert long_run(age=2.5, claims=False)["no State is published as fresh when older"]


def test_an_old_device_that_is_slower_than_a_young_one_at_the_same_time_is_told() -> None:
    def seen(ms: float) -> Seen:
        return Seen(latencies=[(float(at), kind, ms) for at in range(400) for kind in ("face", "voice", "text")])

    assert [bar.met for bar in against_young(seen(5.4), seen(5.0), 400.0)] == [True, True, True]
    assert [bar.met for bar in against_young(seen(5.6), seen(5.0), 400.0)] == [False, False, False]
    assert [bar.met for bar in against_young(seen(5.0), Seen(), 400.0)] == [False, False, False]


def test_the_first_and_the_last_five_of_thirty_minutes_have_the_same_faults() -> None:
    turn = [fault.name for fault in in_turn()]
    names = [turn[number % len(turn)] for number in range(90)]
    assert names[:15] == names[75:]
    assert set(names) == set(BY_NAME)


@pytest.mark.skipif(shutil.which("mosquitto", path=PLACES) is None, reason="sudo apt install mosquitto")
@pytest.mark.timeout(120)
def test_a_camera_that_goes_and_comes_back_is_seen_to(tmp_path: Path) -> None:
    report = tmp_path / "soak.json"
    command = [sys.executable, "-m", "tests.soak", "--minutes", "0.3", "--every", "14", "--only", "camera-gone"]
    ran = subprocess.run(
        [*command, "--json", str(report)], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False
    )
    assert report.exists(), ran.stdout + ran.stderr
    found = json.loads(report.read_text(encoding="utf-8"))
    (row,) = found["faults"]
    assert row["wrong"] == [], ran.stdout
    assert "backing off" in row["seen"][0]
    assert found["alive"]
    assert found["summary"]["restarts"]["face"] >= 1
    (age,) = [bar for bar in found["bars"] if bar["name"].startswith("no State is published as fresh")]
    assert age["met"], f"what is published is not seen any more: {age['found']}"


def test_an_unknown_fault_is_named() -> None:
    command = [sys.executable, "-m", "tests.soak", "--only", "flood"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "no fault is called flood; there are: camera-gone" in ran.stderr
