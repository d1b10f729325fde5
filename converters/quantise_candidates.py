"""What each way of quantising costs, measured with the real interpreter on the validation set, and which is best."""

from __future__ import annotations

import gzip
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from converters import metrics
from converters.tflite_file import TfliteFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from converters.run import Run, Validation

    Floats = NDArray[np.float32]
    Figure = Callable[[NDArray[np.int64], NDArray[np.int64]], float]

FIGURES: dict[str, tuple[str, Figure]] = {
    "face": ("accuracy", metrics.accuracy),
    "voice": ("uar", metrics.uar),
    "text": ("macro_f1", metrics.macro_f1),
}
"""The figure that each sense is judged by."""
BATCH = 64
"""Rows that the float network takes at once."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One int8 file and what it lost; names of figures as in the card's table ``quantised``."""

    method: str
    content: bytes
    figure: str
    float_value: float
    """Of the trained float network."""
    int8_value: float
    agreement: float
    """Part of all rows on which both lead with the same label."""
    largest_deviation: float
    """Largest difference of one logit."""
    n: int

    def report(self) -> dict[str, object]:
        """All but the content, and its sizes; pruned and clustered files differ in the size of their gzip."""
        told = asdict(self)
        content = told.pop("content")
        return {**told, "bytes": len(content), "gzip_bytes": len(gzip.compress(content, 9))}


class Judge:
    """Measures candidates of one run against its float network."""

    def __init__(self, run: Run, model: Any) -> None:  # noqa: ANN401 - tf_keras has no types
        self._validation: Validation = run.validation()
        self._output = run.recipe.outputs[0][0]
        self.figure, self._measure = FIGURES[run.recipe.sense]
        self._float = self.float_logits(model)
        self.float_value = self.value(self._float)

    def float_logits(self, model: Any) -> Floats:  # noqa: ANN401
        """(rows, labels) of a Keras model on the validation set."""
        inputs = list(self._validation.inputs.values())
        rows = len(inputs[0])
        parts = []
        for start in range(0, rows, BATCH):
            part = [array[start : start + BATCH] for array in inputs]
            found = model(part if len(part) > 1 else part[0], training=False)
            parts.append(np.asarray(found[0] if isinstance(found, (list, tuple)) else found))
        return np.concatenate(parts).astype(np.float32, copy=False)

    def value(self, logits: Floats) -> float:
        """The sense's figure on the rows that have a label."""
        known = self._validation.truth >= 0
        return self._measure(self._validation.truth[known], logits[known].argmax(axis=1).astype(np.int64))

    def measured(self, method: str, content: bytes) -> Candidate:
        """What the file does on the validation set."""
        logits = TfliteFile(content).run(self._validation.inputs)[self._output]
        return Candidate(
            method=method,
            content=content,
            figure=self.figure,
            float_value=self.float_value,
            int8_value=self.value(logits),
            agreement=float(np.mean(logits.argmax(axis=1) == self._float.argmax(axis=1))),
            largest_deviation=float(np.abs(logits - self._float).max()),
            n=len(logits),
        )


def best(candidates: Sequence[Candidate]) -> Candidate:
    """The one with the highest figure; among equals the smaller file, then the one that packs smaller."""

    def rank(candidate: Candidate) -> tuple[float, int, int]:
        return -candidate.int8_value, len(candidate.content), len(gzip.compress(candidate.content, 9))

    return min(candidates, key=rank)


def table(candidates: Sequence[Candidate], chosen: Candidate) -> str:
    """The candidates as lines of text, the chosen one marked."""
    first = candidates[0]
    head = f"{'':2}{'method':28}{'bytes':>9}{'gzip':>9}{'int8':>8}{'float':>8}{'agree':>8}{'deviates':>10}"
    lines = [f"{first.figure} on {first.n} validation rows", head]
    for candidate in candidates:
        told = candidate.report()
        mark = "* " if candidate is chosen else "  "
        lines.append(
            f"{mark}{candidate.method:28}{told['bytes']:>9}{told['gzip_bytes']:>9}{candidate.int8_value:>8.4f}"
            f"{candidate.float_value:>8.4f}{candidate.agreement:>8.4f}{candidate.largest_deviation:>10.3f}"
        )
    return "\n".join(lines)
