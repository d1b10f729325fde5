"""Read a model file operator by operator: what the Edge TPU takes, why not the rest, and the share of the work.

Our reading of Coral's documented list (``converters.edge_tpu``), not the word of its compiler.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from converters.arena import arena_bytes
from converters.count import macs, parameters
from converters.edge_tpu import caution, refusal
from converters.flatbuffer import Graph, Operator, read_graph
from edge.accelerators.card import MODEL_FILE, EdgeTpu
from edge.errors import InputError

if TYPE_CHECKING:
    import argparse

COMPILER = "Our reading of Coral's list, not its compiler's word"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One operator: where it would run, and why not on the Edge TPU."""

    index: int
    operator: str
    output: tuple[int, ...]
    macs: int
    edge_tpu: bool
    reason: str | None
    caution: str | None


@dataclass(frozen=True, slots=True)
class Audit:
    """One file."""

    verdicts: tuple[Verdict, ...]
    parameters: int
    macs: int
    arena_bytes: int

    @property
    def share_of_macs(self) -> float:
        """Part of the multiply-accumulates that would run on the Edge TPU; 0 for a file without any."""
        there = sum(verdict.macs for verdict in self.verdicts if verdict.edge_tpu)
        return there / self.macs if self.macs else 0.0

    def card(self) -> EdgeTpu:
        """What the card says of it: each kind of refusal once, with how often it comes."""
        times = Counter(f"{verdict.operator} {verdict.reason}" for verdict in self.verdicts if not verdict.edge_tpu)
        refused = tuple(f"{n} × {why}" for why, n in times.items())
        return EdgeTpu(share_of_macs=round(self.share_of_macs, 4), refused=refused)


def audit(tflite: bytes) -> Audit:
    """The audit of a file's content. Raises InputError when it is not a TFLite file."""
    graph = read_graph(tflite)
    verdicts = tuple(_verdicts(graph))
    return Audit(verdicts, parameters(graph), sum(verdict.macs for verdict in verdicts), arena_bytes(graph))


def _verdicts(graph: Graph) -> list[Verdict]:
    """The compiler makes one part of the graph for the Edge TPU: it ends, on every path, at the first refused operator.

    A refused QUANTIZE of the graph's input ends nothing: the compiler's logs show the part behind it mapped.
    """
    verdicts: list[Verdict] = []
    behind: dict[int, str] = {}  # tensor → the refused operator that it comes from
    for operator in graph.operators:
        reason = refusal(operator)
        ancestor = next((behind[t.index] for t in operator.inputs if t is not None and t.index in behind), None)
        origin = ancestor or (
            f"{operator.name} ({operator.index})" if reason and not _border(operator, graph) else None
        )
        if origin:
            behind.update((tensor.index, origin) for tensor in operator.outputs)
        after = f"comes after {ancestor}, which runs on the CPU; only one part is compiled" if ancestor else None
        verdicts.append(
            Verdict(
                operator.index,
                operator.name,
                operator.outputs[0].shape if operator.outputs else (),
                macs(operator),
                reason is None and ancestor is None,
                reason or after,
                caution(operator),
            )
        )
    return verdicts


def _border(operator: Operator, graph: Graph) -> bool:
    first = operator.inputs[0]
    return operator.name == "QUANTIZE" and first is not None and first.index in graph.inputs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters audit``."""
    parser.add_argument("path", type=Path, metavar="FILE_OR_FOLDER", help="a .tflite file, or a folder that holds one")
    parser.add_argument("--json", action="store_true", help="print one object")


def run(arguments: argparse.Namespace) -> int:
    """Print the audit. Exit 0 whatever it says: it is a reading, not a test."""
    found = audit(content(arguments.path))
    if arguments.json:
        print(json.dumps(record(found)))
        return 0
    for verdict in found.verdicts:
        where = "Edge TPU" if verdict.edge_tpu else "CPU     "
        why = "; ".join(
            clause for clause in (verdict.reason, verdict.caution and f"unsettled: {verdict.caution}") if clause
        )
        shape = "×".join(map(str, verdict.output))
        print(f"{verdict.index:>4}  {where}  {verdict.macs / 1e6:>9.3f} M  {verdict.operator:<24} {shape:<16} {why}")
    print(
        f"{found.share_of_macs:.1%} of {found.macs / 1e6:.2f} M multiply-accumulates on the Edge TPU; "
        f"{found.parameters:,} parameters; arena {found.arena_bytes / 1024:.0f} KiB. {COMPILER}."
    )
    return 0


def record(found: Audit) -> dict[str, object]:
    """The audit for a program, and for ``audit.json`` in a run's folder."""
    return {
        "share_of_macs": found.share_of_macs,
        "macs": found.macs,
        "parameters": found.parameters,
        "arena_bytes": found.arena_bytes,
        "operators": [asdict(verdict) for verdict in found.verdicts],
        "source": COMPILER,
    }


def content(path: Path) -> bytes:
    """The bytes of a file, or of ``model.tflite`` in a folder. Raises InputError."""
    file = path / MODEL_FILE if path.is_dir() else path
    try:
        return file.read_bytes()
    except OSError as error:
        problem = f"{file} cannot be read: {error.strerror or error}"
        raise InputError(problem, "Give a .tflite file, or a folder that holds model.tflite") from error
