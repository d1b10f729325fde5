"""Golden recordings: what understanding makes of fixed Readings, kept bit for bit, and in words for people.

``NAME.jsonl.gz`` is a recording as ``rapport record`` writes it, ``NAME.txt`` a line for each of its States.
"""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.accelerators.cpu import Cpu
from edge.accelerators.model import device_models
from edge.accelerators.settings import ModelsSettings
from edge.affect import EMOTIONS, Affect, Reading, Sense, State
from edge.replay.codec import built, line, parsed, plain
from edge.replay.form import Head
from edge.replay.play import Device
from edge.replay.reading import Step
from edge.understanding import pooled
from edge.understanding.fusion import BUILT_IN
from edge.understanding.pooled import parameters_of, pool_of
from edge.understanding.settings import UnderstandingSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).with_name("golden")
SECOND = 1_000_000_000


def recordings() -> list[Path]:
    return sorted(FOLDER.glob("*.jsonl.gz"))


def in_words(path: Path) -> Path:
    return path.with_name(path.name.replace(".jsonl.gz", ".txt"))


def step(reading: Reading | None = None, *, forgot: Sense | None = None, at_ns: int | None = None) -> dict[str, Any]:
    """What goes into a golden recording: a Reading, a sense that is forgotten, or that time has passed."""
    asked: dict[str, Any] = {
        "kind": "step",
        "state": {"captured_ns": at_ns if reading is None else reading.captured_ns},
    }
    if reading is not None:
        asked["reading"] = plain(reading)
    if forgot is not None:
        asked["forgot"] = forgot.value
    return asked


def make(path: Path, steps: Iterable[dict[str, Any]]) -> None:
    """A recording of these steps, with what comes out now: by the pool of now, and the default settings of any time."""
    pool = parameters_of(pooled.load(device_models(ModelsSettings(), Cpu())))
    head = Head(device="golden", senses=tuple(Sense), words=True, understanding={}, pool=pool)
    records = [{"kind": "head", **head.model_dump(mode="json"), "rapport": "golden"}, *steps]
    ended = {"kind": "end", "steps": sum(record["kind"] == "step" for record in records), "why": "stopped"}
    write(path, [*records, ended])


def rewrite(path: Path) -> None:
    """The same Readings, and what comes out now. Of the old States only the time is read, so their form may change."""
    with gzip.open(path, "rb") as file:
        write(path, [parsed(text) for text in file])


def write(path: Path, records: list[dict[str, Any]]) -> None:
    head = Head.model_validate({key: value for key, value in records[0].items() if key != "kind"})
    pool = BUILT_IN if head.pool is None else pool_of(head.pool)
    device = Device(UnderstandingSettings.model_validate(head.understanding), pool)
    told = []
    for record in records:
        if record["kind"] == "settings":
            device.adopt(UnderstandingSettings.model_validate(record["understanding"]))
        if record["kind"] != "step":
            continue
        played = device.take(_asked(record))
        record["state"] = plain(played.state)
        record["events"] = [[type(event).__name__, plain(event)] for event in played.events]
        told.append(summary(played.state, [str(event) for event in played.events]))
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as file:  # the same bytes for the same content
        file.writelines(line(record) for record in records)
    path.write_bytes(packed.getvalue())
    in_words(path).write_text("\n".join(told) + "\n", encoding="utf-8")


def summary(state: State, events: Iterable[str]) -> str:
    """A State in a line of text: what a diff shows."""
    shares = " ".join(f"{sense} {share:.3f}" for sense, share in state.shares)
    without = " ".join(f"-{sense}={name}" for sense, name in state.without)
    signs = ", ".join(cue.phrase for cue in state.cues)
    told = (
        f"{state.captured_ns / SECOND:8.3f} s  {state.name:<8} {state.confidence:.4f} "
        f"v {state.affect.valence:+.4f} a {state.affect.arousal:+.4f}  [{shares}] {without}  "
        f"{state.reason or ''}  ({signs})"
    )
    return " ".join([told, *events]).rstrip()


def _asked(record: dict[str, Any]) -> Step:
    at_ns = int(record["state"]["captured_ns"])
    nothing = State(at_ns, None, Affect.of((1 / len(EMOTIONS),) * len(EMOTIONS)), None, (), (), ())
    reading = built(Reading, record["reading"]) if "reading" in record else None
    forgot = Sense(record["forgot"]) if "forgot" in record else None
    return Step(0, nothing, reading, forgot)
