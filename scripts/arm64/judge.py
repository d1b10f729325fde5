"""Whether arm64 does what x86-64 does, from what the steps of ``scripts/arm64-check`` left in a folder.

    python judge.py FOLDER [--commit NAME] [--json FILE]

Exit 0 when every check is well, 1 when one is not. A step whose output is missing or cannot be read is not well.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import zipfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

FLOAT_TOLERANCE = 1e-5
"""Largest difference of a float output, as part of the largest value. A float sum depends on the order of its parts,
and XNNPACK's kernels for NEON and for AVX have another order each: 1.3e-6 was seen (docs/arm64.md). Sums of whole
numbers do not, so int8 has no tolerance."""
REPLAYED = 1e-9
"""Largest difference of a number in a State: exp, log and pow are right to the last bit or so on either machine, and
belief forgets."""
ON = "XNNPACK delegate"
"""What the interpreter says on standard error when its fast kernels are on."""
SENSES = ("face", "voice", "text")
LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    found: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One output of one model on both machines; ``relative`` to the largest value that x86-64 gives."""

    output: str
    dtype: str
    values: int
    differing: int
    relative: float


def compare(name: str, here: NDArray[np.generic], there: NDArray[np.generic]) -> Difference:
    """How far two arrays differ, bit for bit. Raises ValueError when they are not of one shape and dtype."""
    if here.shape != there.shape or here.dtype != there.dtype:
        problem = f"{name} is {here.dtype} {here.shape} on x86-64 and {there.dtype} {there.shape} on arm64"
        raise ValueError(problem)
    bits = np.dtype(f"u{here.dtype.itemsize}")
    differing = int(np.count_nonzero(here.view(bits) != there.view(bits)))
    wide, told = here.astype(np.float64), there.astype(np.float64)
    furthest = float(np.abs(told - wide).max()) if np.isfinite(told).all() else float("inf")
    return Difference(name, str(here.dtype), here.size, differing, furthest / (float(np.abs(wide).max()) or 1.0))


def judge_outputs(folder: Path) -> Iterator[tuple[Check, Difference | None]]:
    """A check per output: int8 to the bit, float32 within FLOAT_TOLERANCE."""
    with np.load(_bytes(folder / "here.npz")) as here, np.load(_bytes(folder / "there.npz")) as there:
        if set(here) != set(there) or not set(here):
            found = f"x86-64 has {_named(sorted(here))}; arm64 {_named(sorted(there))}"
            yield Check("outputs", ok=False, found=found), None
            return
        for name in sorted(here):
            difference = compare(name, here[name], there[name])
            yield _output_check(difference), difference


def _output_check(difference: Difference) -> Check:
    values = f"{difference.values} {difference.dtype} values"
    if not difference.differing:
        return Check(f"output {difference.output}", ok=True, found=f"{values}, bit-identical")
    ok = difference.dtype == "float32" and difference.relative <= FLOAT_TOLERANCE
    found = f"{difference.differing} of {values} differ, by up to {difference.relative:.1e} of the largest"
    return Check(f"output {difference.output}", ok, found)


def judge_doctor(folder: Path) -> Iterator[Check]:
    """Doctor ended well, on an aarch64 processor, with an installed package."""
    records = {record["name"]: record for record in _printed(folder, "doctor")}
    bad = [name for name, record in records.items() if record["essential"] and not record["ok"]]
    found = f"python {records['python']['found']}, {records['cpu']['found']}, rapport {records['rapport']['found']}"
    yield _ended(folder, "doctor", "; ".join([found, *(f"BAD: {name}" for name in bad)]), ok=not bad)
    yield Check("machine", records["cpu"]["found"].startswith("aarch64"), records["cpu"]["found"])
    yield Check("accelerator", records["accelerator"]["ok"], records["accelerator"]["found"])


def judge_models(folder: Path) -> Iterator[Check]:
    """Every model is whole and signed."""
    records = _printed(folder, "models")
    bad = [record["name"] for record in records if record["error"] or not record["signed"]]
    names = ", ".join(record["name"] for record in records)
    found = f"whole and signed: {names}" if not bad else f"altered, missing or not signed: {', '.join(bad)}"
    yield _ended(folder, "models", found, ok=bool(records) and not bad)


def judge_machines(folder: Path) -> Iterator[Check]:
    """The same packages, models and golden vectors on both, and the fast kernels on."""
    here, there = (_printed(folder, f"outputs-{side}") for side in ("here", "there"))
    for what in ("versions", "models"):
        other = [name for name in here[what] if here[what][name] != there[what].get(name)]
        found = "the same on both" if not other else f"other ones on arm64: {', '.join(other)}"
        yield Check(f"{what} of both", not other, found)
    golden = here["golden"] == there["golden"] == sorted(there["nets"])
    yield Check("golden", golden, f"golden vectors of {_named(there['golden'])}")
    for side in ("here", "there"):
        said = (folder / f"outputs-{side}.err").read_text(encoding="utf-8")
        yield Check(f"XNNPACK {side}", ON in said, "on" if ON in said else "off: its results are other ones")


def judge_replays(folder: Path) -> Iterator[Check]:
    """Understanding makes the same of recorded Readings: labels and reasons to the letter, numbers within REPLAYED."""
    here, there = (_states(folder, side) for side in ("here", "there"))
    if not here or len(here) != len(there):
        yield Check("replay", ok=False, found=f"x86-64 has {len(here)} States; arm64 {len(there)}")
        return
    differing = sum(one != other for one, other in zip(here, there, strict=True))
    furthest = max(_apart(one, other) for one, other in zip(here, there, strict=True))
    found = f"{len(here)} States, {differing} of them not bit-identical, by up to {furthest:.1e}"
    yield Check("replay", furthest <= REPLAYED, found)


def _states(folder: Path, side: str) -> list[dict[str, Any]]:
    lines = (folder / f"replay-{side}.out").read_text(encoding="utf-8").splitlines()
    return [record["state"] for record in map(json.loads, lines) if "state" in record]


def _apart(here: object, there: object) -> float:
    """The largest difference of two numbers at the same place; infinite where anything else differs."""
    if isinstance(here, dict) and isinstance(there, dict) and here.keys() == there.keys():
        return max((_apart(here[key], there[key]) for key in here), default=0.0)
    if isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        return max((_apart(one, other) for one, other in zip(here, there, strict=True)), default=0.0)
    if isinstance(here, float) and isinstance(there, float):
        return abs(here - there)
    return 0.0 if here == there else float("inf")


def judge_session(folder: Path) -> Iterator[Check]:
    """The bundled session came to its end: Readings of every sense, several States, replies in both languages."""
    summary = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    readings, replies, restarts = summary["readings"], summary["replies"], summary["restarts"]
    states = sorted(set(summary["states"]))
    yield _ended(folder, "session", f"{summary['seconds']:.0f} s")
    yield Check("readings", all(readings.get(sense, 0) > 0 for sense in SENSES), _listed(readings))
    yield Check("states", len(set(states) - {"unsure"}) > 1, ", ".join(states))
    yield Check("replies", all(replies.get(language, 0) > 0 for language in LANGUAGES), _listed(replies))
    yield Check("restarts", not any(restarts.values()), _listed(restarts))


def _bytes(path: Path) -> io.BytesIO:
    return io.BytesIO(path.read_bytes())  # of a path numpy leaves the file open where it is damaged


def _printed(folder: Path, step: str) -> Any:  # noqa: ANN401 - whatever the step prints
    return json.loads((folder / f"{step}.out").read_text(encoding="utf-8"))


def _ended(folder: Path, step: str, found: str, *, ok: bool = True) -> Check:
    code = (folder / f"{step}.exit").read_text(encoding="utf-8").strip()
    return Check(step, ok and code == "0", found if code == "0" else f"exit {code}; {found}")


def _named(names: Sequence[str]) -> str:
    return ", ".join(names) or "no model"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def judge(folder: Path) -> tuple[list[Check], list[Difference]]:
    """All checks, and the outputs that were compared. What cannot be read is a check that is not well."""
    checks: list[Check] = []
    differences: list[Difference] = []

    def outputs(folder: Path) -> Iterator[Check]:
        for check, difference in judge_outputs(folder):
            yield check
            if difference is not None:
                differences.append(difference)

    parts: tuple[tuple[str, Callable[[Path], Iterator[Check]]], ...] = (
        ("doctor", judge_doctor),
        ("models", judge_models),
        ("machines", judge_machines),
        ("outputs", outputs),
        ("replay", judge_replays),
        ("session", judge_session),
    )
    for name, part in parts:
        try:
            checks.extend(part(folder))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            found = f"what the step left in {folder} cannot be used: {type(error).__name__}: {error}"
            checks.append(Check(name, ok=False, found=found))
    return checks, differences


def main(words: list[str] | None = None) -> int:
    """Print the checks; write them with ``--json``."""
    parser = argparse.ArgumentParser(prog="judge.py", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--commit", default="unknown")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args(words)
    checks, differences = judge(arguments.folder)
    ok = all(check.ok for check in checks)
    for check in checks:
        print(f"{'ok ' if check.ok else 'BAD'} {check.name:<28} {check.found}")
    print(f"== arm64 {'does what x86-64 does' if ok else f'FAILED; what the steps said is in {arguments.folder}'}")
    if arguments.json is not None:
        record = {
            "ok": ok,
            "date": datetime.now(UTC).date().isoformat(),
            "commit": arguments.commit,
            "checks": [asdict(check) for check in checks],
            "outputs": [asdict(difference) for difference in differences],
        }
        arguments.json.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return int(not ok)


if __name__ == "__main__":
    sys.exit(main())
