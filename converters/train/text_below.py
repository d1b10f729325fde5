"""What the frozen half of the teacher's encoder makes of texts: worked out once, kept on disk, read many times.

The teacher reads its lesson twice and most texts a third time for their soft labels; the frozen half would say the same
each time, and is a quarter of the work.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from converters.arrays import replaced
from converters.train.text_encoder import blocks, word_vectors
from converters.train.text_pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from converters.train.text_e5 import E5File

    Floats = NDArray[np.float32]

FROZEN = 6
"""Blocks of twelve that stay as they are."""
LONGEST = 64
"""Pieces of a text that the teacher reads; nearly all texts have fewer."""
PIECES = 800
"""Of one batch, padding included: about forty texts."""
SORTED = 2500
"""Texts among which those of like length are put together."""
CHUNK = 2000
"""Texts a file."""


class Below:
    """Texts → (words, width) half-precision vectors each."""

    def __init__(self, words: Sequence[str], folder: Path, file: E5File) -> None:
        """``words`` are all texts that will be asked for; ``folder`` keeps their vectors, about 15 kB a text."""
        self.file = file
        self._folder = folder
        self._pieces = Pieces(self.file.vocabulary, LONGEST)
        self._words = list(dict.fromkeys(words))
        self._vectors: dict[str, NDArray[np.float16]] = {}

    def read(self) -> None:
        """Work out all texts that are not on disk; goes on where it was stopped."""
        from tqdm import tqdm

        self._folder.mkdir(parents=True, exist_ok=True)
        frozen = self._compiled()
        for start in tqdm(range(0, len(self._words), CHUNK), desc="frozen half", mininterval=2, leave=False):
            chunk = self._words[start : start + CHUNK]
            ids = [self._pieces.ids(text) for text in chunk]
            ends = np.cumsum([len(row) for row in ids])
            path = self._folder / f"{zlib.crc32(chr(10).join(chunk).encode()):08x}-{len(chunk)}.npy"
            # What an earlier version cut into other pieces does not count.
            if not path.is_file() or len(np.load(path, mmap_mode="r")) != ends[-1]:
                vectors = _vectors(ids, frozen, self.file)
                replaced(path, lambda part, vectors=vectors: np.save(part, vectors))  # type: ignore[misc]
            kept = np.load(path, mmap_mode="r")
            self._vectors.update(zip(chunk, np.split(kept, ends[:-1]), strict=True))

    def of(self, words: Sequence[str]) -> tuple[Floats, Floats]:
        """(rows, words, width) what the frozen half makes of the texts, and (rows, words) which words are there."""
        found = [self._vectors[text] for text in words]
        lengths = np.array([len(vectors) for vectors in found])
        padded = np.zeros((len(found), lengths.max(), self.file.width), np.float32)
        for row, vectors in zip(padded, found, strict=True):
            row[: len(vectors)] = vectors
        return padded, (np.arange(padded.shape[1]) < lengths[:, None]).astype(np.float32)

    def lengths(self, words: Sequence[str]) -> NDArray[np.int64]:
        """(rows,) pieces of each text."""
        return np.array([len(self._vectors[text]) for text in words])

    def _compiled(self) -> Callable[[Floats, Floats], Floats]:
        import tensorflow as tf

        frozen = blocks(self.file, 0, FROZEN)
        shapes = [tf.TensorSpec((None, None, self.file.width)), tf.TensorSpec((None, None))]

        @tf.function(input_signature=shapes)  # type: ignore[untyped-decorator]
        def below(x: tf.Tensor, present: tf.Tensor) -> tf.Tensor:
            for block in frozen:
                x = block(x, present)
            return x

        return lambda x, present: np.asarray(below(x, present).numpy())


def _vectors(
    ids: Sequence[Sequence[int]], frozen: Callable[[Floats, Floats], Floats], file: E5File
) -> NDArray[np.float16]:
    """(pieces of all texts, width), one text after the other."""
    lengths = np.array([len(row) for row in ids])
    kept = np.zeros((lengths.sum(), file.width), np.float16)
    starts = np.cumsum(lengths) - lengths
    for rows in planned(lengths, None):
        padded = np.full((len(rows), lengths[rows].max()), file.vocabulary.pad)
        for line, row in zip(padded, rows, strict=True):
            line[: lengths[row]] = ids[row]
        present = (np.arange(padded.shape[1]) < lengths[rows][:, None]).astype(np.float32)
        for found, row in zip(frozen(word_vectors(file, padded), present), rows, strict=True):
            kept[starts[row] : starts[row] + lengths[row]] = found[: lengths[row]]
    return kept


def planned(lengths: NDArray[np.int64], chance: np.random.Generator | None) -> list[NDArray[np.int64]]:
    """Batches of texts of like length, at most PIECES pieces each; in random order when ``chance`` is given."""
    order = np.arange(len(lengths)) if chance is None else chance.permutation(len(lengths))
    batches: list[NDArray[np.int64]] = []
    for start in range(0, len(order), SORTED):
        some = order[start : start + SORTED]
        some = some[np.argsort(lengths[some], kind="stable")]
        begin = 0
        for end in range(1, len(some) + 1):
            if end == len(some) or (end - begin + 1) * lengths[some[end]] > PIECES:
                batches.append(some[begin:end])
                begin = end
    if chance is not None:
        chance.shuffle(batches)
    return batches
