"""The network of the generator: a causal Transformer over a short window, which points at what was said.

The prompt (control codes and pieces) sees itself; what is told back sees the prompt and what was told before (a prefix
language model: Raffel et al., JMLR 2020). The output is a pointer (Vinyals et al., Pointer networks, 2015): the next
piece is a place in the prompt, or the end, or nothing at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from converters.train.reply_pack import dynamic
from edge.response.pieces import MOST
from edge.response.window import CONTROLS, KINDS, STEPS, TABLE, WINDOW

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH, HEADS, LAYERS, WIDER = 96, 4, 2, 2
FAR = -1e4
"""Added to the score of what must not be seen: e to that is 0, and it survives half precision."""


def causal_mask(most: int = MOST, steps: int = STEPS) -> NDArray[np.float32]:
    """(window, window): 0 where the row may see the column, FAR elsewhere."""
    first = CONTROLS + most
    seen = np.tri(first + steps, dtype=bool)
    seen[:first, :first] = True
    return np.where(seen, 0.0, FAR).astype(np.float32)


def kept(most: int = MOST, steps: int = STEPS) -> NDArray[np.int32]:
    """Places of the whole window that a shorter one has: of the first ``most`` pieces, and of the first ``steps``."""
    told = CONTROLS + MOST
    return np.concatenate([np.arange(CONTROLS + most), np.arange(told, told + steps)]).astype(np.int32)


def network(most: int = MOST, steps: int = STEPS, dropout: float = 0.1, dtype: str = "int32") -> Any:  # noqa: ANN401
    """Ids (n, window, 3), kinds (n, window) → scores (n, steps, 2 + most).

    A net of a shorter window, which trains faster, has the same weights: see ``kept``.
    """
    import tensorflow as tf
    import tf_keras as keras
    from tf_keras import layers as kl

    window = CONTROLS + most + steps
    ids = keras.Input((window, 3), dtype=dtype, name="ids")
    kinds = keras.Input((window,), dtype=dtype, name="kinds")
    table = kl.Embedding(
        TABLE, WIDTH, name="words", embeddings_initializer=keras.initializers.RandomNormal(stddev=0.05)
    )
    places = kl.Embedding(WINDOW, WIDTH, name="places")
    whole_kinds = tf.cast(kinds, tf.int32)
    whole_ids = tf.cast(ids, tf.int32)
    vectors = tf.reduce_sum(table(whole_ids[:, :, :2]), axis=2)
    vectors = vectors + kl.Embedding(MOST + 1, WIDTH, name="taken_from")(whole_ids[:, :, 2])
    vectors = vectors + kl.Embedding(KINDS, WIDTH, name="kinds_table")(whole_kinds)
    # Of the input, though it is the same for every row: a layer that is called on a constant is no part of the model.
    at = tf.zeros_like(whole_kinds) + tf.constant(kept(most, steps))
    vectors = vectors + places(at)
    absent = tf.cast(tf.equal(whole_kinds, 0), tf.float32)[:, None, None, :] * FAR
    mask = tf.constant(causal_mask(most, steps))[None, None] + absent
    x = kl.Dropout(dropout)(vectors)
    for number in range(LAYERS):
        y = kl.LayerNormalization(epsilon=1e-5, name=f"norm_a{number}")(x)
        x = x + kl.Dropout(dropout)(_attention(y, mask, window, number))
        y = kl.LayerNormalization(epsilon=1e-5, name=f"norm_b{number}")(x)
        y = kl.Dense(WIDER * WIDTH, activation="relu", name=f"wide{number}")(y)
        x = x + kl.Dropout(dropout)(kl.Dense(WIDTH, name=f"narrow{number}")(y))
    x = kl.LayerNormalization(epsilon=1e-5, name="norm_out")(x)
    said, told = x[:, CONTROLS : CONTROLS + most], x[:, CONTROLS + most :]
    keys, queries = kl.Dense(WIDTH, name="keys")(said), kl.Dense(WIDTH, name="queries")(told)
    pointed = tf.matmul(queries, keys, transpose_b=True) / float(WIDTH) ** 0.5
    special = kl.Dense(2, name="special")(told)
    scores = tf.concat([special, pointed], axis=-1)
    return keras.Model([ids, kinds], scores, name="reply_generator")


def _attention(x: Any, mask: Any, window: int, number: int) -> Any:  # noqa: ANN401 - tensors
    import tensorflow as tf
    from tf_keras import layers as kl

    each = WIDTH // HEADS

    def heads(name: str) -> Any:  # noqa: ANN401
        flat = kl.Dense(WIDTH, name=f"{name}{number}")(x)
        return tf.transpose(tf.reshape(flat, (-1, window, HEADS, each)), (0, 2, 1, 3))

    scores = tf.matmul(heads("query"), heads("key"), transpose_b=True) / float(each) ** 0.5 + mask
    mixed = tf.matmul(tf.nn.softmax(scores), heads("value"))
    return kl.Dense(WIDTH, name=f"out{number}")(tf.reshape(tf.transpose(mixed, (0, 2, 1, 3)), (-1, window, WIDTH)))


def to_tflite(model: Any) -> bytes:  # noqa: ANN401
    """One window at a time, weights in int8, activations in float (dynamic range)."""
    import tensorflow as tf

    def serve(ids: Any, kinds: Any) -> Any:  # noqa: ANN401
        return {"scores": model([ids, kinds], training=False)}

    function = tf.function(
        serve,
        input_signature=[
            tf.TensorSpec((1, WINDOW, 3), tf.int32, name="ids"),
            tf.TensorSpec((1, WINDOW), tf.int32, name="kinds"),
        ],
    )
    return dynamic(function.get_concrete_function(), model)
