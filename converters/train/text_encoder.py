"""multilingual-e5-small as Keras layers, so that it can be trained on: embeddings, twelve blocks, mean over the words.

The blocks are BERT's (Devlin et al. 2019): attention and a two-layer network, each added to its input and normalised
afterwards. Ids are padded with `PAD`; padding is neither attended to nor averaged.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
import tensorflow as tf
import tf_keras as keras

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from converters.train.text_e5 import E5File

    Floats = NDArray[np.float32]
    Tensor = Any  # tensorflow has no types

FAR = -1e9
"""Added to the attention to padding."""
SPREAD = 0.02
"""Standard deviation of new weights, as in BERT."""


class Block(keras.layers.Layer):  # type: ignore[misc] # tf_keras has no types
    """One layer of the encoder: (rows, words, width) and (rows, words) 1 for a word, 0 for padding → the same shape."""

    def __init__(self, width: int, heads: int, inner: int, epsilon: float, **named: Tensor) -> None:
        super().__init__(**named)
        self._heads = heads
        self._mixed = keras.layers.Dense(3 * width, name="mixed")
        self._joined = keras.layers.Dense(width, name="joined")
        self._first = keras.layers.LayerNormalization(epsilon=epsilon, name="first")
        self._inner = keras.layers.Dense(inner, name="inner")
        self._outer = keras.layers.Dense(width, name="outer")
        self._last = keras.layers.LayerNormalization(epsilon=epsilon, name="last")

    def call(self, x: Tensor, present: Tensor) -> Tensor:
        """What the words are after attending to each other."""
        rows, words, width = tf.shape(x)[0], tf.shape(x)[1], x.shape[2]
        flat = tf.reshape(x, (-1, width))
        mixed = tf.reshape(self._mixed(flat), (rows, words, 3, self._heads, width // self._heads))
        query, key, value = tf.unstack(tf.transpose(mixed, (2, 0, 3, 1, 4)))
        score = tf.matmul(query, key, transpose_b=True) * (width // self._heads) ** -0.5
        share = tf.nn.softmax(score + (1 - present[:, None, None, :]) * FAR)
        seen = tf.reshape(tf.transpose(tf.matmul(share, value), (0, 2, 1, 3)), (-1, width))
        flat = self._first(flat + self._joined(seen))
        flat = self._last(flat + self._outer(tf.nn.gelu(self._inner(flat), approximate=False)))
        return tf.reshape(flat, (rows, words, width))

    def take(self, file: E5File, layer: int) -> None:
        """Set the weights to those of the file's ``layer``."""
        at, width = f"l{layer}.", file.width
        mixed = [file.matrix(f"{at}{part}.w", width) for part in "qkv"]
        self._mixed.set_weights([np.concatenate(mixed).T, np.concatenate([file.vector(f"{at}{p}.b") for p in "qkv"])])
        for dense, name, inputs in (
            (self._joined, "ao", width),
            (self._inner, "fi", width),
            (self._outer, "fo", file.inner),
        ):
            dense.set_weights([file.matrix(f"{at}{name}.w", inputs).T, file.vector(f"{at}{name}.b")])
        for norm, name in ((self._first, "aln"), (self._last, "oln")):
            norm.set_weights([file.vector(f"{at}{name}.w"), file.vector(f"{at}{name}.b")])


def blocks(file: E5File, first: int, last: int) -> list[Block]:
    """Layers ``first`` up to but not including ``last``, with the file's weights."""
    made = []
    for layer in range(first, last):
        block = Block(file.width, file.heads, file.inner, file.epsilon, name=f"block{layer}")
        block(tf.zeros((1, 2, file.width)), tf.ones((1, 2)))
        block.take(file, layer)
        made.append(block)
    return made


def word_vectors(file: E5File, ids: NDArray[np.integer]) -> Floats:
    """(rows, words, width) what the first block reads: word, place and kind, normalised."""
    places = file.vector("emb.pos").reshape(-1, file.width)[: ids.shape[1]]
    x = file.matrix("emb.word", file.width, ids.ravel()).reshape(*ids.shape, file.width)
    x = x + places + file.vector("emb.type")[: file.width]
    x -= x.mean(axis=-1, keepdims=True)
    x /= np.sqrt((x * x).mean(axis=-1, keepdims=True) + file.epsilon)
    return np.asarray(x * file.vector("emb.ln.w") + file.vector("emb.ln.b"), np.float32)


def mean_over_words(x: Tensor, present: Tensor) -> Tensor:
    """(rows, width) mean of the vectors of the words that are there."""
    return tf.reduce_sum(x * present[:, :, None], axis=1) / tf.reduce_sum(present, axis=1, keepdims=True)
