from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.golden import with_table
from edge.accelerators.card import GOLDEN_FILE, MODEL_FILE, Golden, read_card
from edge.accelerators.cpu import Cpu, LiteRtSession, quickest
from edge.accelerators.golden import Vector, encoded, read_vector, try_session
from edge.accelerators.model import Model, Models
from edge.accelerators.opening import trial
from edge.errors import ModelError
from tests.edge.accelerators.conftest import ROOT
from tests.edge.accelerators.devices import Device, Session

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.accelerators.accelerator import TensorSpec

TASK = "face-expression"
FOLDERS = sorted(path.parent for path in (ROOT / "models").glob("*/card.toml"))
MODELS = [folder.name for folder in FOLDERS if read_card(folder).file == MODEL_FILE]
"""Those that are networks; a table of numbers is read by plain code, and runs on no device."""


class Answering:
    """A session that gives the same whatever goes in."""

    inputs: tuple[TensorSpec, ...] = ()
    outputs: tuple[TensorSpec, ...] = ()

    def __init__(self, *answer: NDArray[np.generic]) -> None:
        self._answer = answer

    def invoke(self, inputs: object) -> tuple[NDArray[np.generic], ...]:  # noqa: ARG002
        return self._answer


def spoilt(folder: Path, by: int, card: Golden | None = None) -> Path:
    """The folder with a vector whose expected output is off by some steps, and a card that owns up to the file."""
    known = read_card(folder)
    vector = read_vector(folder, known)
    assert vector is not None
    assert known.golden is not None
    outputs = tuple((array.astype(np.int64) + by).clip(-128, 127).astype(np.int8) for array in vector.outputs)
    content = encoded(Vector(vector.inputs, outputs))
    (folder / GOLDEN_FILE).write_bytes(content)
    golden = (card or known.golden).model_copy(
        update={"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    )
    path = folder / "card.toml"
    path.write_bytes(with_table(path.read_bytes(), golden))
    return folder


@pytest.mark.parametrize("name", MODELS)
def test_every_model_ships_a_vector_that_this_cpu_computes(name: str) -> None:
    off = trial(ROOT / "models" / name, Cpu())
    assert off is not None, f"make one: python -m converters golden {name}, then sign"
    assert off.share <= 1


@pytest.mark.parametrize("name", MODELS)
def test_its_output_is_none_that_a_dead_device_would_give(name: str) -> None:
    folder = ROOT / "models" / name
    card = read_card(folder)
    vector = read_vector(folder, card)
    assert vector is not None
    for number in (-128, 0, 127):
        dead = Answering(*(np.full_like(array, number) for array in vector.outputs))
        with pytest.raises(ModelError, match=f"coral computes {name} wrongly"):
            try_session(dead, card, vector, "coral")


def test_a_cpu_that_computes_wrongly_is_refused_with_model_device_deviation_and_what_is_allowed(folder: Path) -> None:
    said = r"cpu computes face-expression wrongly: .*output logits is off by 3 steps of int8, allowed are 2\."
    with pytest.raises(ModelError, match=said):
        Model(spoilt(folder, 3), Cpu(), TASK)


def test_other_kernels_may_round_otherwise(folder: Path) -> None:
    assert Model(spoilt(folder, 2), Cpu(), TASK).card.name == TASK
    assert str(trial(folder, Cpu())) == "off by 2 steps of int8, allowed 2"


@pytest.mark.parametrize(("wrong", "right"), [(16, True), (17, False), (-17, False)])
def test_another_device_may_be_off_by_what_the_card_says(folder: Path, wrong: int, *, right: bool) -> None:
    card = read_card(folder)
    vector = read_vector(folder, card)
    device = Device()
    device.wrong = wrong
    inner = LiteRtSession((folder / MODEL_FILE).read_bytes(), "it", 1)
    if right:
        off = try_session(Session(device, inner), card, vector, device.name)
        assert off is not None
        assert off.found == 16
    else:
        with pytest.raises(ModelError, match=r"coral computes .* off by 17 steps of int8, allowed are 16"):
            try_session(Session(device, inner), card, vector, device.name)


def test_floats_are_compared_with_the_largest_and_what_is_no_number_is_wrong() -> None:
    folder = ROOT / "models" / "face-detect"
    card = read_card(folder)
    vector = read_vector(folder, card)
    assert vector is not None
    right, other = vector.outputs
    largest = float(np.abs(right.astype(np.float64)).max())

    def off(by: float) -> Answering:
        first = right.astype(np.float32)
        first.flat[7] += by * largest
        return Answering(first, other)

    assert try_session(off(0.004), card, vector, "cpu") is not None
    for by, said in ((0.006, r"off by 0\.006 of the largest"), (float("nan"), "off by inf"), (float("inf"), "inf")):
        with pytest.raises(ModelError, match=said):
            try_session(off(by), card, vector, "cpu")


def test_without_a_vector_only_the_cpu_is_trusted(folder: Path) -> None:
    path = folder / "card.toml"
    path.write_text(re.sub(r"\[golden\][^\[]*", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    assert Model(folder, Cpu(), TASK).card.golden is None
    card = read_card(folder)
    session = Cpu().load((folder / MODEL_FILE).read_bytes(), card, MODEL_FILE)
    with pytest.raises(ModelError, match="nothing shows whether coral computes it rightly"):
        try_session(session, card, None, "coral")


@pytest.mark.parametrize("content", [b"", b"garbage" * 100, b"PK\x03\x04" + bytes(50)])
def test_a_vector_that_is_none_is_refused_even_with_its_own_hash(folder: Path, content: bytes) -> None:
    (folder / GOLDEN_FILE).write_bytes(content)
    known = read_card(folder).golden
    assert known is not None
    mine = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": max(len(content), 1)}
    path = folder / "card.toml"
    path.write_bytes(with_table(path.read_bytes(), known.model_copy(update=mine)))
    with pytest.raises(ModelError, match="is not one of this model"):
        Model(folder, Cpu(), TASK)


def test_a_vector_with_another_hash_or_none_at_all_is_refused(folder: Path) -> None:
    with (folder / GOLDEN_FILE).open("r+b") as file:
        file.seek(100)
        file.write(b"!")
    with pytest.raises(ModelError, match=r"golden vector .* has sha256 .*Restore"):
        Model(folder, Cpu(), TASK)
    (folder / GOLDEN_FILE).unlink()
    with pytest.raises(ModelError, match=r"golden vector .* is missing"):
        Model(folder, Cpu(), TASK)


def test_a_model_file_that_is_overwritten_does_not_hurt_the_model_that_runs(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    models = Models(folder.parent, Cpu())
    model = models.load(TASK, TASK)
    chip = np.linspace(-3, 3, 48 * 48, dtype=np.float32).reshape(1, 48, 48, 1)
    (before,) = model.run(chip)
    path = folder / MODEL_FILE
    size = path.stat().st_size
    with path.open("r+b") as file:  # in place: a mapped file would change under the interpreter, or vanish with SIGBUS
        file.truncate(0)
        file.write(b"garbage!" * (size // 8))
    assert np.array_equal(model.run(chip)[0], before)
    again = models.load(TASK, TASK)
    assert np.array_equal(again.run(chip)[0], before)
    assert re.search(r"on disk is refused, what was checked before is used on: .*has sha256", caplog.text)
    with pytest.raises(ModelError, match="its card says"):
        Models(folder.parent, Cpu()).load(TASK, TASK)  # after a restart nothing is left of it


def test_threads_that_are_tried_give_the_same_results(folder: Path) -> None:
    card, content = read_card(folder), (folder / MODEL_FILE).read_bytes()
    vector = read_vector(folder, card)
    off = try_session(Cpu(threads=0).load(content, card, MODEL_FILE), card, vector, "cpu")
    assert off is not None
    assert off.share <= 1


def test_a_thread_more_must_pay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (folder / MODEL_FILE).read_bytes()
    made: dict[int, LiteRtSession] = {}
    took = {1: 1.0, 2: 0.9, 3: 0.5, 4: 0.45}

    def make(threads: int) -> LiteRtSession:
        made[threads] = LiteRtSession(content, "it", threads)
        return made[threads]

    def median_s(session: LiteRtSession) -> float:
        return next(took[threads] for threads, one in made.items() if one is session)

    monkeypatch.setattr("edge.accelerators.cpu._median_s", median_s)
    assert quickest(make, cores=2) is made[1]
    assert quickest(make, cores=8) is made[3]
    assert max(made) == 4
