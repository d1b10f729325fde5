"""Train the expression net on FER+ soft votes, on chips as FER2013 has them and as the device cuts them.

On the device's cuts an early net was right on 66 % of PublicTest, on the same chips as they are on 59 %: alignment
pays, and seeing both keeps the net tolerant of imperfect alignment.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.datasets.face import SIDE, Faces, augmented, load
from converters.datasets.face_aligned import aligned
from edge.affect import EMOTIONS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Cuts = Sequence[NDArray[np.uint8]]

BATCH = 128
RATE = 1.5e-3
"""Highest learning rate of AdamW; a third of an epoch of warm-up, then a half cosine to zero."""
DECAY = 1e-2
RARITY = 0.35
"""A row weighs (mean class size / its class's size) to this power, so that fear and disgust are not forgotten."""
HEAVIEST = 3.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters train face``."""
    parser.add_argument("--data", type=Path, required=True, help="folder that holds face/fer2013_train_public.npz")
    parser.add_argument("--models", type=Path, default=Path("models"), help="where the finished model goes")
    parser.add_argument(
        "--runs", type=Path, default=Path("runs"), help="where checkpoints are kept; a run resumes there"
    )
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)


def run(arguments: argparse.Namespace) -> int:
    """Train (or go on training), then write ``models/face-expression``."""
    from converters.train.face_report import finish

    split = load(arguments.data)
    folder = arguments.runs / "face"
    chips = aligned(split.training.images, arguments.models, folder / "aligned.npy")
    cuts = (split.training.images, chips)
    net = train(split.training, cuts, split.held_out, folder, epochs=arguments.epochs, seed=arguments.seed)
    command = f"python -m converters train face --data DIR --epochs {arguments.epochs} --seed {arguments.seed}"
    for metric in finish(net, split, arguments.models, command).metrics:
        print(f"{metric.name:50} {metric.value:.4f}  {metric.on}")
    return 0


def keras() -> Any:  # noqa: ANN401 - tf_keras has no types
    """tf_keras on one thread."""
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf
    import tf_keras

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return tf_keras


def network() -> Any:  # noqa: ANN401
    """(48, 48, 1) grey levels 0..255 → (7,) logits.

    Plain convolutions, not depthwise-separable ones: at this size they cost a CPU no more time (0.57 s a batch of 128
    here against 0.59), fit into the same 400 KiB, and after 100 steps stood at a loss of 1.31 against 1.55.
    """
    k = keras()
    layers = k.layers

    def convolved(x: Any, channels: int, size: int, stride: int) -> Any:  # noqa: ANN401
        x = layers.Conv2D(channels, size, stride, "same", use_bias=False, kernel_initializer="he_normal")(x)
        return layers.ReLU()(layers.BatchNormalization(momentum=0.95)(x))

    given = k.Input((SIDE, SIDE, 1), name="grey")
    x = layers.Rescaling(1 / 128, offset=-1)(given)
    for channels, size, stride in ((32, 5, 2), (40, 3, 1), (64, 3, 2), (96, 3, 1), (128, 3, 2)):
        x = convolved(x, channels, size, stride)
    x = layers.Add()([x, convolved(x, 128, 3, 1)])
    x = layers.Dropout(0.25)(layers.Flatten()(convolved(x, 48, 1, 1)))
    return k.Model(given, layers.Dense(len(EMOTIONS), name="logits")(x))


def train(rows: Faces, cuts: Cuts, held_out: Faces, folder: Path, *, epochs: int, seed: int) -> Any:  # noqa: ANN401
    """The trained net. Each epoch is saved in ``folder``; a run that was cut short goes on from there.

    Args:
        rows: training rows; their votes are the targets.
        cuts: the same faces cut in different ways, each (n, 48, 48) uint8; every time one is picked at random.
        held_out: measured after each epoch.
        folder: for checkpoints.
        epochs: of the whole schedule.
        seed: of weights, order and augmentation.
    """
    import tensorflow as tf
    from tqdm import tqdm

    k = keras()
    k.utils.set_random_seed(seed)
    model = network()
    optimiser = k.optimizers.AdamW(RATE, weight_decay=DECAY)
    model.compile(optimiser, k.losses.CategoricalCrossentropy(from_logits=True))
    done = tf.Variable(0, trainable=False, dtype=tf.int64)
    saved = tf.train.Checkpoint(model=model, optimizer=optimiser, done=done)
    manager = tf.train.CheckpointManager(saved, str(folder), max_to_keep=1)
    if manager.latest_checkpoint:
        saved.restore(manager.latest_checkpoint)
    weights = row_weights(rows.votes)
    steps = len(rows.votes) // BATCH
    for epoch in range(int(done.numpy()), epochs):
        generator = np.random.default_rng((seed, epoch))
        order = generator.permutation(len(rows.votes))
        losses = []
        for step in tqdm(range(steps), desc=f"epoch {epoch + 1}/{epochs}", mininterval=10):
            picked = order[step * BATCH : (step + 1) * BATCH]
            optimiser.learning_rate.assign(rate_at(epoch + step / steps, epochs))
            chips = batch(cuts, picked, generator)
            losses.append(model.train_on_batch(chips, rows.votes[picked], sample_weight=weights[picked]))
        right = logits_of(model, held_out.images).argmax(axis=1) == held_out.votes.argmax(axis=1)
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, held-out accuracy {right.mean():.4f}", flush=True)
        done.assign(epoch + 1)
        manager.save()
    return model


def batch(cuts: Cuts, picked: NDArray[np.int64], generator: np.random.Generator) -> NDArray[np.float32]:
    """(len(picked), 48, 48, 1) augmented chips of the picked rows, each from one of the cuts."""
    chips = [augmented(cuts[int(generator.integers(len(cuts)))][row], generator) for row in picked]
    return np.stack(chips)[..., None]


def rate_at(epoch: float, epochs: int) -> float:
    """Learning rate after ``epoch`` epochs (a fraction) of ``epochs``."""
    return float(RATE * min(3 * epoch + 0.01, 1) * 0.5 * (1 + np.cos(np.pi * epoch / epochs)))


def row_weights(votes: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) weight of each row in the loss, with mean 1."""
    sizes = votes.sum(axis=0)
    of_class = np.minimum((sizes.mean() / np.maximum(sizes, 1)) ** RARITY, HEAVIEST)
    rows = votes @ of_class
    return np.asarray(rows / rows.mean(), np.float32)


def logits_of(model: Any, images: NDArray[np.uint8]) -> NDArray[np.float64]:  # noqa: ANN401
    """(n, 7) logits of the float net, in batches."""
    parts = [
        model(images[start : start + 256, ..., None].astype(np.float32), training=False).numpy()
        for start in range(0, len(images), 256)
    ]
    return np.concatenate(parts).astype(np.float64)
