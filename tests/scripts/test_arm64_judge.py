"""What ``scripts/arm64-check`` calls well: each fault that a step may leave behind is seen."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from edge.accelerators.card import read_card
from edge.accelerators.model import default_directory
from scripts.arm64 import judge, outputs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

INT8 = np.arange(-8, 8, dtype=np.int8).reshape(2, 8)
FLOAT = np.linspace(-3, 5, 16, dtype=np.float32).reshape(2, 8)
MACHINE: dict[str, Any] = {
    "versions": {"numpy": "2.4.6"},
    "models": {"a": "12ab", "pool": "cd34"},
    "nets": ["a"],
    "golden": ["a"],
}
STATE: dict[str, Any] = {
    "captured_ns": 5,
    "label": "sad",
    "affect": {"probabilities": [0.25, 0.75], "valence": -0.5},
    "reason": None,
}
SESSION = {
    "seconds": 43.1,
    "readings": {"face": 20, "voice": 9, "text": 3},
    "states": ["happy", "unsure", "sad"],
    "replies": {"en": 1, "zh": 2},
    "restarts": {"face": 0, "voice": 0, "text": 0},
}


def doctor(*, machine: str = "aarch64", well: bool = True) -> list[dict[str, Any]]:
    found = {"python": "3.11.2", "cpu": f"{machine}, 2 cores", "rapport": "0.1.0", "accelerator": "cpu (auto)"}
    return [{"name": name, "ok": well, "found": text, "essential": True} for name, text in found.items()]


def write(folder: Path, name: str, record: object) -> None:
    (folder / name).write_text(json.dumps(record), encoding="utf-8")


def arrays(folder: Path, name: str, **named: NDArray[np.generic]) -> None:
    np.savez(folder / name, **named)  # type: ignore[arg-type]


def replayed(folder: Path, side: str, *states: dict[str, Any]) -> None:
    lines = [*({"line": 2 + place, "state": state} for place, state in enumerate(states)), {"verdict": {"same": True}}]
    text = "\n".join(json.dumps(line) for line in lines)
    (folder / f"replay-{side}.out").write_text(text, encoding="utf-8")


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """What a run leaves where all is well."""
    write(tmp_path, "doctor.out", doctor())
    write(tmp_path, "models.out", [{"name": "a", "error": None, "signed": True}])
    for side, machine in (("here", "x86_64"), ("there", "aarch64")):
        write(tmp_path, f"outputs-{side}.out", MACHINE | {"machine": machine})
        (tmp_path / f"outputs-{side}.err").write_text("INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n")
        arrays(tmp_path, f"{side}.npz", whole=INT8, real=FLOAT)
        replayed(tmp_path, side, STATE, STATE)
    write(tmp_path, "session.json", SESSION)
    for step in ("doctor", "models", "session"):
        (tmp_path / f"{step}.exit").write_text("0\n")
    return tmp_path


def bad(folder: Path) -> list[str]:
    return [check.name for check in judge.judge(folder)[0] if not check.ok]


def test_all_is_well_where_all_is_well(left: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert judge.main([str(left), "--commit", "abc", "--json", str(tmp_path / "result.json")]) == 0
    assert "BAD" not in capsys.readouterr().out
    record = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert record["ok"]
    assert record["commit"] == "abc"
    assert [(one["output"], one["differing"]) for one in record["outputs"]] == [("real", 0), ("whole", 0)]


def unsigned(folder: Path) -> None:
    write(folder, "models.out", [{"name": "a", "error": None, "signed": False}])


def no_model(folder: Path) -> None:
    write(folder, "models.out", [])


def one_step(folder: Path) -> None:
    changed = INT8.copy()
    changed[1, 3] += 1
    arrays(folder, "there.npz", whole=changed, real=FLOAT)


def far_float(folder: Path) -> None:
    arrays(folder, "there.npz", whole=INT8, real=FLOAT + np.float32(0.1))


def not_a_number(folder: Path) -> None:
    arrays(folder, "there.npz", whole=INT8, real=np.full_like(FLOAT, np.nan))


def an_output_less(folder: Path) -> None:
    arrays(folder, "there.npz", whole=INT8)


def another_shape(folder: Path) -> None:
    arrays(folder, "there.npz", whole=INT8.ravel(), real=FLOAT)


def cut_short(folder: Path) -> None:
    whole = (folder / "there.npz").read_bytes()
    (folder / "there.npz").write_bytes(whole[: len(whole) // 2])


def no_xnnpack(folder: Path) -> None:
    (folder / "outputs-there.err").write_text("")


def another_numpy(folder: Path) -> None:
    write(folder, "outputs-there.out", MACHINE | {"versions": {"numpy": "1.26.0"}})


def another_model(folder: Path) -> None:
    write(folder, "outputs-there.out", MACHINE | {"models": {"a": "34cd", "pool": "cd34"}})


def no_golden(folder: Path) -> None:
    for place in ("here", "there"):
        write(folder, f"outputs-{place}.out", MACHINE | {"golden": []})


def of_valence(valence: float) -> dict[str, Any]:
    return STATE | {"affect": STATE["affect"] | {"valence": valence}}


def session(**change: object) -> Callable[[Path], None]:
    return lambda folder: write(folder, "session.json", SESSION | change)


def ended(step: str) -> Callable[[Path], None]:
    def harm(folder: Path) -> None:
        (folder / f"{step}.exit").write_text("1\n")

    return harm


def printed_nothing(folder: Path) -> None:
    (folder / "doctor.out").write_text("")


@pytest.mark.parametrize(
    ("harm", "seen"),
    [
        (lambda folder: write(folder, "doctor.out", doctor(well=False)), ["doctor", "accelerator"]),
        (lambda folder: write(folder, "doctor.out", doctor(machine="x86_64")), ["machine"]),
        (printed_nothing, ["doctor"]),
        (ended("doctor"), ["doctor"]),
        (ended("models"), ["models"]),
        (ended("session"), ["session"]),
        (unsigned, ["models"]),
        (no_model, ["models"]),
        (one_step, ["output whole"]),
        (far_float, ["output real"]),
        (not_a_number, ["output real"]),
        (an_output_less, ["outputs"]),
        (another_shape, ["outputs"]),
        (cut_short, ["outputs"]),
        (no_xnnpack, ["XNNPACK there"]),
        (another_numpy, ["versions of both"]),
        (another_model, ["models of both"]),
        (no_golden, ["golden"]),
        (lambda folder: replayed(folder, "there", STATE), ["replay"]),
        (lambda folder: replayed(folder, "there", STATE, STATE | {"label": "happy"}), ["replay"]),
        (lambda folder: replayed(folder, "there", STATE, STATE | {"affect": {"valence": -0.5}}), ["replay"]),
        (lambda folder: replayed(folder, "there", STATE, of_valence(-0.4999)), ["replay"]),
        (lambda folder: (folder / "replay-here.out").unlink(), ["replay"]),
        (session(readings={"face": 20, "voice": 0, "text": 3}), ["readings"]),
        (session(states=["unsure", "happy"]), ["states"]),
        (session(replies={"en": 3}), ["replies"]),
        (session(restarts={"face": 1, "voice": 0, "text": 0}), ["restarts"]),
        (lambda folder: (folder / "session.json").unlink(), ["session"]),
    ],
)
def test_a_fault_is_seen(left: Path, harm: Callable[[Path], None], seen: list[str]) -> None:
    harm(left)
    assert sorted(bad(left)) == sorted(seen)
    assert judge.main([str(left)]) == 1


def test_floats_may_differ_by_the_order_of_their_sums_and_it_is_told(left: Path) -> None:
    arrays(left, "there.npz", whole=INT8, real=np.nextafter(FLOAT, np.float32(9)))
    checks, differences = judge.judge(left)
    assert all(check.ok for check in checks)
    assert differences[0].differing == FLOAT.size
    assert 0 < differences[0].relative < 1e-6
    assert any("differ, by up to" in check.found for check in checks)


def test_a_state_may_differ_in_its_last_bits_and_it_is_told(left: Path) -> None:
    replayed(left, "there", STATE, of_valence(-0.5 + 2**-53))
    checks, _ = judge.judge(left)
    assert all(check.ok for check in checks)
    assert any(check.found.startswith("2 States, 1 of them not bit-identical, by up to 1.1e-16") for check in checks)


def test_whole_numbers_have_no_tolerance_however_large_they_are(left: Path) -> None:
    large = np.full((2, 8), 10_000_000, np.int32)
    arrays(left, "here.npz", whole=large, real=FLOAT)
    arrays(left, "there.npz", whole=large + 1, real=FLOAT)
    assert bad(left) == ["output whole"]


def test_the_inputs_are_seeded_and_every_output_is_kept() -> None:
    folder = default_directory() / "voice-emotion"
    first, second = outputs.outputs_of(folder), outputs.outputs_of(folder)
    (name,) = first
    assert name.startswith("voice-emotion/")
    assert first[name].dtype == np.int8
    assert len(first[name]) >= outputs.SEEDED
    assert len({row.tobytes() for row in first[name]}) > 1
    assert np.array_equal(first[name], second[name])


def test_the_golden_vector_comes_first(tmp_path: Path) -> None:
    folder = tmp_path / "voice-emotion"
    shutil.copytree(default_directory() / "voice-emotion", folder)
    (folder / outputs.GOLDEN).unlink(missing_ok=True)
    (without,) = outputs.outputs_of(folder).values()
    card = read_card(folder)
    flat = [np.zeros(tensor.shape, np.int8) for tensor in card.inputs]
    arrays(folder, outputs.GOLDEN, **{f"input_{place}": array for place, array in enumerate(flat)})
    (found,) = outputs.outputs_of(folder).values()
    assert len(without) == outputs.SEEDED
    assert np.array_equal(found[1:], without)
    assert not np.array_equal(found[0], without[0])
