"""Trains and packages the net that tells back: ``python -m converters train reply-generator --data DIR``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.train import options
from converters.train.reply_material import NO_STEP, Rows, gather, rows
from edge.response.generate import NAME
from edge.response.pieces import MOST
from edge.response.window import CONTROLS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from converters.corpora.reflections import Pair

    Model = Any  # tf_keras has no types

EPOCHS, BATCH, RATE, WARM_UP, AVERAGE = 3, 64, 2e-3, 0.1, 0.998
SHORT_MOST, SHORT_STEPS, SHORT_ROWS = 24, 16, 26_000
"""Most is learnt from so many of the pairs that a shorter window holds, in half the time: seven of ten pairs do."""
WHOLE_ROWS, WHOLE_RATE = 12_000, 6e-4
"""Then one epoch over as many pairs in the whole window, the long ones first."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters train reply-generator``."""
    parser.add_argument("--data", type=Path, required=True, help="folder with text/goemotions, text/smilechat_short, …")
    parser.add_argument("--models", type=Path, default=Path("models"), help=f"where {NAME}/ is written")
    options.add_arguments(parser, epochs=EPOCHS)


def run(arguments: argparse.Namespace) -> int:
    """Train and write ``models/reply-generator``. Returns the exit code."""
    from converters.train.loop import begin

    begin(arguments.seed, arguments.threads)
    learn, held = gather(arguments.data, arguments.seed)
    model = train(rows(learn), rows(held), arguments)
    from converters.train.reply_report import packaged

    packaged(model, learn, held, arguments)
    return 0


def train(learn: Rows, held: Rows, arguments: argparse.Namespace) -> Model:
    """The network, trained: the epochs of the options over a shorter window, then one over the whole one."""
    from converters.train.reply_network import network

    folder = arguments.runs / NAME
    quick = network(SHORT_MOST, SHORT_STEPS, dtype="float32")
    part, rest = short(learn, SHORT_ROWS, arguments.seed), longest(learn, WHOLE_ROWS, arguments.seed)
    print(f"{len(learn)} pairs, {len(held)} held out, {quick.count_params():,} parameters", flush=True)
    rate = options.cosine(RATE, arguments.epochs, warm_up=WARM_UP)
    _fitted(quick, part, short(held, len(held), arguments.seed), arguments, folder / "short", rate)
    model = network(dtype="float32")
    model.set_weights(quick.get_weights())
    once = argparse.Namespace(**{**vars(arguments), "epochs": 1})
    _fitted(model, rest, held, once, folder / "whole", options.cosine(WHOLE_RATE, 1, warm_up=WARM_UP))
    return model


def _fitted(  # noqa: PLR0917 - what a training is made of
    model: Model, learn: Rows, held: Rows, arguments: argparse.Namespace, folder: Path, rate: Callable[[float], float]
) -> None:
    import tf_keras as keras

    from converters.train.loop import fit

    fit(
        model,
        batches(learn, BATCH, arguments.seed),
        options.plan_of(arguments, len(learn) // BATCH, average=AVERAGE),
        folder,
        loss=loss,
        optimiser=keras.optimizers.Adam(RATE, jit_compile=False),
        validate=lambda trained: judged(trained, held),
        watch="exact",
        rate=rate,
    )


def short(material: Rows, most: int, seed: int) -> Rows:
    """At most ``most`` of the rows that a shorter window holds, cut to it."""
    from converters.train.reply_network import kept

    beyond = CONTROLS + SHORT_MOST
    fits = (material.kinds[:, beyond : CONTROLS + MOST] == 0).all(axis=1)
    fits &= (material.targets[:, SHORT_STEPS:] == NO_STEP).all(axis=1)
    chosen = np.flatnonzero(fits)
    chosen = np.sort(np.random.default_rng(seed).permutation(chosen)[:most])
    places = kept(SHORT_MOST, SHORT_STEPS)
    return Rows(
        material.ids[chosen][:, places], material.kinds[chosen][:, places], material.targets[chosen][:, :SHORT_STEPS]
    )


def longest(material: Rows, most: int, seed: int) -> Rows:
    """``most`` rows: those that the shorter window does not hold, and others."""
    order = np.random.default_rng(seed).permutation(len(material))
    size = (material.kinds[order] > 0).sum(axis=1)
    chosen = np.sort(order[np.argsort(-size, kind="stable")[: most // 2]])
    others = np.sort(np.setdiff1d(order, chosen)[:: max(1, (len(order) - len(chosen)) // (most - len(chosen)))])
    both = np.concatenate([chosen, others])[:most]
    return Rows(material.ids[both], material.kinds[both], material.targets[both])


def batches(material: Rows, size: int, seed: int) -> Callable[[int], Iterator[Any]]:
    """Batches of one epoch, in an order of its own."""

    def drawn(epoch: int) -> Iterator[Any]:
        order = np.random.default_rng((seed, epoch)).permutation(len(material))
        for first in range(0, len(order) - size + 1, size):
            chosen = np.sort(order[first : first + size])
            inputs = material.ids[chosen].astype(np.float32), material.kinds[chosen].astype(np.float32)
            yield inputs, material.targets[chosen].astype(np.float32), None

    return drawn


def loss(targets: Any, scores: Any) -> Any:  # noqa: ANN401 - tensors
    """(rows,) mean cross-entropy of the steps up to the end."""
    import tensorflow as tf

    wanted = tf.cast(targets, tf.int32)
    counted = tf.cast(wanted > NO_STEP, tf.float32)
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(wanted, 0), scores)
    return tf.reduce_sum(each * counted, axis=1) / tf.reduce_sum(counted, axis=1)


def judged(model: Model, held: Rows) -> Mapping[str, float]:
    """Perplexity of a choice, and the part of the rows of which every choice is the likeliest one (teacher-forced)."""
    scores = np.concatenate(
        [
            model([held.ids[at : at + 256].astype(np.float32), held.kinds[at : at + 256].astype(np.float32)]).numpy()
            for at in range(0, len(held), 256)
        ]
    )
    return figures(scores, held.targets)


def figures(scores: Any, targets: Any) -> dict[str, float]:  # noqa: ANN401 - arrays
    """Perplexity and exactness of scores (n, STEPS, CHOICES) on targets (n, STEPS)."""
    wanted = targets.astype(np.int64)
    counted = wanted > NO_STEP
    top = scores.max(axis=-1, keepdims=True)
    logarithms = scores - top - np.log(np.exp(scores - top).sum(axis=-1, keepdims=True))
    each = np.take_along_axis(logarithms, np.maximum(wanted, 0)[..., None], axis=-1)[..., 0]
    right = (scores.argmax(axis=-1) == wanted) | ~counted
    return {
        "perplexity": float(np.exp(-(each * counted).sum() / counted.sum())),
        "exact": float(right.all(axis=1).mean()),
    }


def told(pairs: list[Pair]) -> int:
    """How many of ``pairs`` have something to tell back."""
    return sum(pair.told is not None for pair in pairs)
