"""Ours and public peers on the same picture, the same 3 s of speech and the same sentence, in turn, on one core."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.cli.bench import stages
from edge.cli.bench.machine import machine
from edge.cli.session import with_session
from edge.paths import cache_directory
from edge.sensors.audio_file import read_audio
from edge.sensors.session.script import read_script
from edge.sensors.signals import SAMPLE_RATE
from edge.settings import load
from tests.benchmarks.peers.install import modules_of, python_of

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SECONDS = 3
ROWS = {
    "ours-track": "ours: tracked face → 468 landmarks, cues, emotion",
    "ours-detect": "ours: face found anew → 468 landmarks, cues, emotion",
    "fer": "fer (int8): face → emotion",
    "human": "@vladmandic/human (wasm): face → mesh, emotion",
    "ours-voice_hop": "ours: 0.5 s more of speech → prosody, emotion",
    "ours-voice_3s": "ours: 3 s of speech → prosody, emotion",
    "opensmile": "openSMILE eGeMAPSv02: 3 s of speech → 88 functionals",
    "librosa-pyin": "librosa: 3 s of speech → 20 MFCCs, pyin",
    "librosa-yin": "librosa: 3 s of speech → 20 MFCCs, yin",
    "ours-text": "ours: 20 words → emotion, cues",
    "vader": "vaderSentiment: 20 words → polarity",
}
ONE_THREAD = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"),
    **dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1"),
    "CUDA_VISIBLE_DEVICES": "",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def inputs(folder: Path) -> None:
    """The session's first picture, (480, 640, 3) BGR and RGB; 3 s from its first sentence on; the bench's sentence."""
    settings = load(None, {})
    picture = stages.moving_face(settings)[0]
    np.save(folder / "picture.npy", picture)
    picture[:, :, ::-1].tofile(folder / "picture.rgb")
    microphone = settings.microphone.model_copy(update={"source": "session"})
    filled, left_out = with_session(settings.model_copy(update={"microphone": microphone}), cache_directory())
    if left_out:
        message = f"the speech cannot be made: {'; '.join(left_out)}"
        raise SystemExit(message)
    begin = round(read_script().speech[0].at * SAMPLE_RATE)
    sound = read_audio(Path(filled.microphone.source))[begin : begin + SECONDS * SAMPLE_RATE]
    np.save(folder / "speech.npy", (sound / np.float32(32768)).astype(np.float32))
    (folder / "words.txt").write_text(stages.SENTENCE, encoding="utf-8")


class Rig:
    """A process that does one call whenever it is asked to."""

    def __init__(self, name: str, home: Path, folder: Path, core: int) -> None:
        if name == "human":
            command = ["node", "--no-warnings", str(HERE / "human.cjs"), str(modules_of(home)), str(folder)]
        else:
            python = sys.executable if name.startswith("ours-") else str(python_of(home, name.partition("-")[0]))
            command = [python, "-W", "ignore", "-m", "tests.benchmarks.peers.rigs", name, str(folder)]
        environment = os.environ | ONE_THREAD | {"PYTHONPATH": str(ROOT)}
        self._errors = (folder / f"{name}.log").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            ["taskset", "-c", str(core), *command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self.cpu_ms: list[float] = []
        self.rss_mib = 0.0
        try:
            self.import_s = float(self._answer()["import_s"])
        except RuntimeError:
            self.stop()
            raise

    def call(self) -> None:
        """One call, timed by the process itself."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        answer = self._answer()
        self.cpu_ms.append(float(answer["cpu_ms"]))
        self.rss_mib = float(answer["rss_mib"])

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                stream.close()

    def _answer(self) -> dict[str, Any]:
        """The next line that is one of the rig's own: libraries print what they like."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                return dict(json.loads(line))
        self._errors.seek(0)
        raise RuntimeError(self._errors.read().strip()[-200:] or "it ended without a word")


def measured(names: Iterable[str], home: Path, core: int, calls: int) -> list[dict[str, Any]]:
    """A row per name; every rig is loaded first, then each does one call in turn, ``calls`` times."""
    folder = home / "inputs"
    folder.mkdir(parents=True, exist_ok=True)
    inputs(folder)
    rigs: dict[str, Rig] = {}
    rows: dict[str, dict[str, Any]] = {}
    try:
        for name in names:
            try:
                rigs[name] = Rig(name, home, folder, core)
            except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
                rows[name] = {"name": ROWS[name], "skipped": str(error).replace("\n", " ")[:200]}
        for _ in range(calls):
            for rig in rigs.values():
                rig.call()
        for name, rig in rigs.items():
            rows[name] = {
                "name": ROWS[name],
                "cpu_ms_p50": round(statistics.median(rig.cpu_ms), 3),
                "calls": calls,
                "rss_mib": round(rig.rss_mib, 1),
                "import_s": round(rig.import_s, 2),
            }
    finally:
        for rig in rigs.values():
            rig.stop()
    return [rows[name] for name in names]


def _told(row: dict[str, Any]) -> str:
    if "skipped" in row:
        return f"not run: {row['skipped']}"
    return f"{row['cpu_ms_p50']:>7.2f} ms{row['rss_mib']:>8.0f} MiB{row['import_s']:>7.2f} s"


def main() -> int:
    """Exit 0 when everything ran, 1 when something was left out."""
    parser = argparse.ArgumentParser(prog="scripts/bench-peers", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all of: {', '.join(ROWS)}")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="the core for all")
    parser.add_argument("--calls", type=int, default=60, help="of each (default 60)")
    parser.add_argument("--home", type=Path, default=ROOT / "var" / "peers", help="where the peers are installed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to FILE")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.names) - set(ROWS)):
        parser.error(f"nothing is called {', '.join(unknown)}; there are: {', '.join(ROWS)}")
    rows = measured(arguments.names or list(ROWS), arguments.home, arguments.core, arguments.calls)
    figures = {"machine": machine(arguments.core), "rows": rows}
    print(f"{'':<58}{'CPU p50':>10}{'RSS':>12}{'import':>9}")
    for row in rows:
        print(f"{row['name']:<58}{_told(row)}")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return int(any("skipped" in row for row in rows))


if __name__ == "__main__":
    sys.exit(main())
