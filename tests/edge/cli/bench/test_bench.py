"""What the bench measures is what it says; how long anything takes is nobody's business here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from edge.accelerators.choice import choose
from edge.accelerators.model import Models, device_models
from edge.affect import Reading
from edge.cli.bench import load as bench_load
from edge.cli.bench import stages as bench_stages
from edge.cli.bench.broker import PLACES
from edge.cli.bench.measure import TRACED_CALLS, WARM_CALLS, measured
from edge.cli.bench.report import told
from edge.cli.bench.whole import _toml
from edge.perception.face.detector import Detector
from edge.settings import Settings, load
from tests.broker import until

if TYPE_CHECKING:
    from tests.edge.cli.conftest import Rapport

RANKS = ("p50", "p95", "p99", "max")


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(None, {})


@pytest.fixture(scope="module")
def models(settings: Settings) -> Models:
    return device_models(settings.models, choose(settings.accelerator, settings.models.place).accelerator)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one each time that the detector is asked."""
    asked: list[int] = []
    find = Detector.find

    def counted(self: Detector, *how: Any) -> Any:  # noqa: ANN401 - as the method has it
        asked.append(1)
        return find(self, *how)

    monkeypatch.setattr(Detector, "find", counted)
    return asked


@pytest.mark.parametrize(("redetect_s", "detections"), [(bench_stages.FOLLOWED_S, 1), (0.0, 30)])
def test_a_tracked_face_is_not_detected_and_a_detected_one_always_is(
    settings: Settings, models: Models, looked: list[int], redetect_s: float, detections: int
) -> None:
    pictures = bench_stages.moving_face(settings)
    assert len(pictures) == bench_stages.MOVING
    assert pictures[0].shape == (480, 640, 3)
    call = bench_stages.face(settings, models, pictures, redetect_s=redetect_s)
    readings = [call() for _ in range(30)]
    assert all(isinstance(reading, Reading) and reading.affect is not None and reading.cues for reading in readings)
    assert len(looked) == detections


def test_the_other_stages_do_their_whole_work(settings: Settings, models: Models) -> None:
    hop, words = bench_stages.voice(settings, models), bench_stages.text(settings, models)
    heard = [hop() for _ in range(8)]
    assert isinstance(heard[-1], Reading)
    assert heard[-1].affect is not None, heard[-1].reason
    said = words()
    assert isinstance(said, Reading)
    assert said.affect is not None
    assert len(bench_stages.SENTENCE.split()) == 20


def test_each_call_is_counted_and_what_it_keeps_is_seen() -> None:
    kept: list[object] = []
    calls = 0

    def hoard() -> None:
        nonlocal calls
        calls += 1
        kept.extend([object(), object(), object()])
        bytearray(1 << 20)

    figures = measured(hoard, 0.1)
    assert calls == WARM_CALLS + figures["calls"] + 2 * TRACED_CALLS
    assert 3 <= figures["blocks_kept"] < 4
    assert 1024 <= figures["alloc_kib"] < 1100
    for clock in ("wall_ms", "cpu_ms"):
        ordered = [figures[f"{clock}_{rank}"] for rank in RANKS]
        assert ordered == sorted(ordered)


def test_a_call_that_keeps_nothing_shows_nothing() -> None:
    figures = measured(lambda: None, 0.1)
    assert figures["blocks_kept"] < 0.2
    assert figures["alloc_kib"] < 2


def test_every_other_core_is_kept_busy_and_let_go() -> None:
    core = min(os.sched_getaffinity(0))
    before = os.sched_getaffinity(0)
    with bench_load.pinned(core), bench_load.busy_others(core, wanted=True) as busy:
        assert os.sched_getaffinity(0) == {core}
        assert core not in busy
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()
        assert len(children) >= len(busy)
        for child in children[-len(busy) :] if busy else []:
            until(lambda child=int(child): os.sched_getaffinity(child) <= set(busy))  # type: ignore[misc]
    assert os.sched_getaffinity(0) == before


def test_a_spinner_ends_with_its_bench() -> None:
    code = (
        "import os, subprocess, sys\nfrom edge.cli.bench.load import SPIN\n"
        "command = [sys.executable, '-c', SPIN, '0', str(os.getpid())]\n"
        "print(subprocess.Popen(command, stdout=subprocess.DEVNULL).pid, flush=True)\n"
        "os._exit(0)"
    )
    spinner = Path("/proc") / subprocess.check_output([sys.executable, "-c", code], text=True).strip()

    def ended() -> bool:
        try:
            return (spinner / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z"
        except FileNotFoundError:
            return True

    until(ended)


def test_settings_survive_the_way_through_a_file(settings: Settings, tmp_path: Path) -> None:
    face = settings.face.model_copy(update={"redetect_s": 0.5})
    changed = settings.model_copy(
        update={"face": face, "models": settings.models.model_copy(update={"directory": tmp_path / 'a "b"'})}
    )
    path = tmp_path / "bench.toml"
    path.write_text("\n".join(_toml(changed.model_dump(mode="json", exclude_defaults=True), ())), encoding="utf-8")
    assert load(path, {}) == changed


@pytest.mark.timeout(100)
def test_the_whole_bench_gives_every_figure(rapport: Rapport) -> None:
    figures = rapport.json("bench", "--seconds", "0.1", "--whole", "6")
    assert set(figures["stages"]) == {"face_track", "face_detect", "voice_hop", "text"}
    whole = figures["whole"]
    assert set(whole["latency_ms"]) >= {"face", "voice", "text"}
    assert set(whole["outside"]) == {"face", "voice", "text", "all"}
    assert 0 < whole["cpu_share"] < 2
    assert whole["first_state_s"] > 0
    assert whole["rss_mib"] > 40
    assert whole["readings"]["face"] >= 30
    has_broker = shutil.which("mosquitto", path=PLACES) is not None
    assert any("mosquitto" in line for line in whole["without"]) is not has_broker
    assert figures["machine"]["date"] == time.strftime("%Y-%m-%d", time.gmtime())
    table = told(figures)
    for name in ("face_track", "capture → State (face)", "of one core", figures["machine"]["cpu"]):
        assert name in table


@pytest.mark.parametrize(
    ("arguments", "told_of"),
    [
        (("--seconds", "0"), "--seconds is 0, allowed are 0.1 to 3600"),
        (("--whole", "-1"), "--whole is -1, allowed are 0 to 3600"),
        (("--core", "9999"), "--core is 9999, this process may run on"),
        (("--load",), "--load keeps the other cores busy"),
    ],
)
def test_wrong_use_is_named(rapport: Rapport, arguments: tuple[str, ...], told_of: str) -> None:
    done = rapport("bench", *arguments)
    assert done.returncode == 1
    assert told_of in done.stderr
