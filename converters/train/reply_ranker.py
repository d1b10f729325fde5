"""Trains and packages the ranker of replies: ``python -m converters train reply-ranker --data DIR``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.train import options
from converters.train.reply_lists import LENGTH, Lists, counselled, stacked, written
from converters.train.reply_pack import dynamic
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import Language
from edge.perception.text.settings import TextSettings
from edge.response.compose import _TextReader
from edge.response.rank import FEATURES, NAME, PLACES, UNITS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping

    Model = Any  # tf_keras has no types

EPOCHS, BATCH, RATE, WARM_UP = 12, 32, 3e-3, 0.2
LISTS, COUNSELLED, HELD = 1500, 800, 250
WIDTH, HIDDEN = 32, 32
SHARP = 1.5
"""Grades times this, through a softmax, are what a list's scores should be."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters train reply-ranker``."""
    parser.add_argument("--data", type=Path, required=True, help="folder with text/smilechat_short")
    parser.add_argument("--models", type=Path, default=Path("models"), help=f"where {NAME}/ is written")
    options.add_arguments(parser, epochs=EPOCHS)


def run(arguments: argparse.Namespace) -> int:
    """Train and write ``models/reply-ranker``. Returns the exit code."""
    from converters.train.loop import begin
    from converters.train.reply_report import ranker_packaged

    begin(arguments.seed, arguments.threads)
    learn, held = gather(arguments)
    model = train(learn, held, arguments)
    ranker_packaged(model, learn, held, arguments)
    return 0


def gather(arguments: argparse.Namespace) -> tuple[Lists, dict[str, Lists]]:
    """Lists to learn from, and held out by language."""
    reader = _TextReader(TextSettings(), Models(arguments.models, Cpu()))
    rows, held = [], {}
    for language in Language:
        rows += written(language, reader, LISTS, arguments.seed, held=False)
        held[language.value] = stacked(written(language, reader, HELD, arguments.seed + 1, held=True))
    rows += counselled(arguments.data, reader, COUNSELLED, arguments.seed)
    return stacked(rows), held


def network(dtype: str = "int32") -> Model:
    """One candidate: what was said and the text as means of vectors, their product, and the numbers → a score."""
    import tensorflow as tf
    import tf_keras as keras
    from tf_keras import layers as kl

    said = keras.Input((UNITS, 2), dtype=dtype, name="said")
    text = keras.Input((UNITS, 2), dtype=dtype, name="text")
    numbers = keras.Input((FEATURES,), dtype="float32", name="numbers")
    table = kl.Embedding(PLACES, WIDTH, name="words")

    def mean(ids: Any) -> Any:  # noqa: ANN401 - tensors
        whole = tf.cast(ids, tf.int32)
        there = tf.cast(whole > 0, tf.float32)[..., None]
        summed = tf.reduce_sum(table(whole) * there, axis=(1, 2))
        return summed / (tf.reduce_sum(there, axis=(1, 2)) + 1.0)

    one, other = mean(said), mean(text)
    joint = tf.concat([one, other, one * other, numbers], axis=-1)
    hidden = kl.Dense(HIDDEN, activation="relu", name="hidden")(kl.Dropout(0.1)(joint))
    return keras.Model([said, text, numbers], kl.Dense(1, name="score")(hidden), name="reply_ranker")


def to_tflite(model: Model) -> bytes:
    """One candidate at a time, weights in int8, activations in float (dynamic range)."""
    import tensorflow as tf

    def serve(said: Any, text: Any, numbers: Any) -> Any:  # noqa: ANN401 - tensors
        return {"score": model([said, text, numbers], training=False)}

    function = tf.function(
        serve,
        input_signature=[
            tf.TensorSpec((1, UNITS, 2), tf.int32, name="said"),
            tf.TensorSpec((1, UNITS, 2), tf.int32, name="text"),
            tf.TensorSpec((1, FEATURES), tf.float32, name="numbers"),
        ],
    )
    return dynamic(function.get_concrete_function(), model)


def train(learn: Lists, held: Mapping[str, Lists], arguments: argparse.Namespace) -> Model:
    """The network, trained on whole lists at once."""
    import tensorflow as tf
    import tf_keras as keras

    from converters.train.loop import fit

    single = network(dtype="float32")
    said = keras.Input((UNITS, 2), name="said")
    texts = keras.Input((LENGTH, UNITS, 2), name="texts")
    numbers = keras.Input((LENGTH, FEATURES), name="numbers")
    scores = [single([said, texts[:, at], numbers[:, at]]) for at in range(LENGTH)]
    whole = keras.Model([said, texts, numbers], tf.concat(scores, axis=-1))
    print(f"{len(learn.said)} lists, {single.count_params():,} parameters", flush=True)
    fit(
        whole,
        batches(learn, arguments.seed),
        options.plan_of(arguments, len(learn.said) // BATCH),
        arguments.runs / NAME / "training",
        loss=loss,
        optimiser=keras.optimizers.Adam(RATE, jit_compile=False),
        validate=lambda trained: judged(lambda lists: scored(trained, lists), held),
        watch="mean",
        rate=options.cosine(RATE, arguments.epochs, warm_up=WARM_UP),
    )
    return single


def batches(lists: Lists, seed: int) -> Callable[[int], Iterator[Any]]:
    """Batches of one epoch, in an order of its own."""

    def drawn(epoch: int) -> Iterator[Any]:
        order = np.random.default_rng((seed, epoch)).permutation(len(lists.said))
        for first in range(0, len(order) - BATCH + 1, BATCH):
            chosen = np.sort(order[first : first + BATCH])
            inputs = tuple(part[chosen].astype(np.float32) for part in lists[:3])
            yield inputs, lists.grades[chosen], None

    return drawn


def loss(grades: Any, scores: Any) -> Any:  # noqa: ANN401 - tensors
    """(rows,) cross-entropy of the list's softmax with that of its grades (ListNet: Cao et al., ICML 2007)."""
    import tensorflow as tf

    return tf.nn.softmax_cross_entropy_with_logits(tf.nn.softmax(SHARP * grades), scores)


def scored(whole: Model, lists: Lists) -> Any:  # noqa: ANN401 - an array
    """(n, LENGTH) scores."""
    return whole([part.astype(np.float32) for part in lists[:3]]).numpy()


def judged(score: Callable[[Lists], Any], held: Mapping[str, Lists]) -> dict[str, float]:
    """Part of the lists whose first is one of the best grade, and part in which no wrong one comes first."""
    found: dict[str, float] = {}
    for name, lists in held.items():
        first = score(lists).argmax(axis=1)
        grades = lists.grades[np.arange(len(first)), first]
        found[f"best {name}"] = float((grades >= lists.grades.max(axis=1)).mean())
        found[f"fit {name}"] = float((grades > 0).mean())
    return found | {"mean": float(np.mean([value for name, value in found.items() if name.startswith("best")]))}
