"""The student: hashed words (`edge.perception.text.features`) → vectors → one of three networks → three outputs.

The kinds have the same table of vectors, which is most of their size, and are compared in the model's card.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
import tf_keras as keras

from converters.train.text_heads import heads
from edge.perception.text.features import IDS, TABLE, UNITS, ids
from edge.perception.text.language import detect_language
from edge.perception.text.normalise import normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from converters.train.text_material import Material

    Floats = NDArray[np.float32]
    Model = Any  # tf_keras has no types
    Tensor = Any

INPUT = "ids"
LONGEST = 600
"""Characters read of a training text; the default of TextSettings.max_characters."""
WIDTH = 64
"""Numbers of a vector; with TABLE places 1.4 MB in int8."""
INNER = 160
"""Numbers inside a block of the convolutional network."""
UNIT_DROPOUT, DROPOUT = 0.15, 0.3
"""Share of the units that a text loses when it is shown, and of the numbers that are zeroed twice on the way."""
JOINED = 0.1
"""Share of the texts that go on with another one, as people say more than one thing; the targets are mixed alike."""


def read(words: Sequence[str]) -> NDArray[np.int32]:
    """(n, UNITS, IDS) int32: the beginning of each text, as the device reads it."""
    return np.array([parts[0] for parts in map(_parts, words)], np.int32).reshape(-1, UNITS, IDS)


def read_whole(words: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """(m, UNITS, IDS) int32: all parts of all texts, as the device reads them; (m,) int64: which text each is of."""
    parts = [_parts(text) for text in words]
    return np.concatenate(parts), np.repeat(np.arange(len(parts)), [len(part) for part in parts])


def _parts(text: str) -> NDArray[np.int32]:
    clean = normalised(text, LONGEST)
    return ids(clean, detect_language(clean))


def network(family: str, kind: str = "float32") -> Model:
    """(rows, UNITS, IDS) ids → the three outputs. Training gives ids as ``float32``, the file takes ``int32``."""
    entry = keras.Input((UNITS, IDS), name=INPUT, dtype=kind)
    x = keras.layers.Embedding(TABLE, WIDTH, name="table")(entry)
    x = keras.layers.Add()([x[:, :, place] for place in range(IDS)])
    x = keras.layers.Dropout(DROPOUT)(x)
    x = FAMILIES[family](x)
    pooled = [keras.layers.GlobalAveragePooling1D()(x), keras.layers.GlobalMaxPooling1D()(x)]
    x = keras.layers.Dropout(DROPOUT)(keras.layers.Concatenate()(pooled))
    return keras.Model(entry, heads(x))


def batches(found: NDArray[np.int32], material: Material, size: int, seed: int) -> Callable[[int], Iterator[Any]]:
    """For ``converters.train.loop.fit``: batches of an epoch; some texts are joined, some units are left out."""

    def of_epoch(epoch: int) -> Iterator[Any]:
        chance = np.random.default_rng((seed, epoch))
        order = chance.permutation(len(material))
        for start in range(0, len(order) - size + 1, size):
            rows = order[start : start + size]
            some, others, share = joined(found[rows], chance)
            targets = [_between(part, part[others], share[:, None]) for part in material.targets(rows)]
            weight = _between(material.weight[rows], material.weight[rows[others]], share)
            some *= chance.random((size, UNITS, 1)) >= UNIT_DROPOUT
            yield some.astype(np.float32), tuple(targets), weight

    return of_epoch


def joined(
    found: NDArray[np.int32], chance: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.int64], Floats]:
    """JOINED of the texts ``found`` (n, UNITS, IDS), drawn by ``chance``, go on with another one of them.

    Returns:
        The texts, (n,) which text each goes on with (itself, when it is left alone), and (n,) the share of the text's
        own units.
    """
    order, count = chance.permutation(len(found)), int(JOINED * len(found))
    lengths = np.count_nonzero(found[:, :, 0], axis=1)
    some, others, share = found.copy(), np.arange(len(found)), np.ones(len(found), np.float32)
    for row, other in zip(order[:count], order[::-1], strict=False):
        length = lengths[row]
        taken = min(UNITS - length, lengths[other])
        if taken:
            some[row, length : length + taken] = found[other, :taken]
            others[row], share[row] = other, length / (length + taken)
    return some, others, share


def _between(own: Floats, other: Floats, share: Floats) -> Floats:
    return np.asarray(share * own + (1 - share) * other, np.float32)


def outputs(model: Model, found: NDArray[np.int32], size: int = 500) -> tuple[Floats, Floats, Floats]:
    """The three outputs for many texts."""
    starts = range(0, len(found), size)
    parts = [model(found[start : start + size].astype(np.float32), training=False) for start in starts]
    first, second, third = (np.concatenate([part[place].numpy() for part in parts]) for place in range(3))
    return first, second, third


def _convolved(x: Tensor) -> Tensor:
    for dilation in (1, 2, 4):
        y = keras.layers.SeparableConv1D(INNER, 3, padding="same", dilation_rate=dilation, activation="relu")(x)
        y = keras.layers.Dense(WIDTH)(y)
        x = keras.layers.Add()([x, y])
    return x


def _recurrent(x: Tensor) -> Tensor:
    return keras.layers.LSTM(3 * WIDTH // 2, return_sequences=True)(x)


def _attended(x: Tensor) -> Tensor:
    for _ in range(2):
        y = keras.layers.MultiHeadAttention(4, WIDTH // 4)(x, x)
        x = keras.layers.LayerNormalization()(keras.layers.Add()([x, y]))
        y = keras.layers.Dense(WIDTH)(keras.layers.Dense(3 * WIDTH, activation="relu")(x))
        x = keras.layers.LayerNormalization()(keras.layers.Add()([x, y]))
    return x


FAMILIES: dict[str, Callable[[Tensor], Tensor]] = {
    "convolution": _convolved,
    "recurrent": _recurrent,
    "attention": _attended,
}
"""Residual depthwise-separable convolutions that see 15 units; an LSTM; two layers of a Transformer (no places)."""
