"""One training loop for every sense: it shows progress, keeps each epoch, and goes on where it was stopped.

A training that was interrupted and resumed ends with the same weights as one that ran through: after each epoch all
state is on disk, and every random number of an epoch comes from the seed and the epoch's number alone.
"""

from __future__ import annotations

import logging
import math
import os
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from converters.train.checkpoint import Checkpoint, best_epoch
from converters.train.step import Averages, compiled_step
from converters.train.tracking import Wandb, tracking
from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from converters.train.losses import Loss

    Model = Any  # tf_keras has no types
    Arrays = Any  # one array, or a tuple of arrays, each (rows, …)
    Batch = tuple[Arrays, Arrays, Any]
    Batches = Callable[[int], Iterator[Batch]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a training is and what it keeps."""

    epochs: int
    steps: int
    """Batches of one epoch."""
    patience: int = 0
    """Epochs without a better figure after which training ends; 0 never ends it early."""
    seed: int = 0
    average: float = 0.0
    """Decay per step (0.999, say) of averaged weights, which are then measured and kept; 0 takes the present ones."""
    keep: Literal["best", "last"] = "best"
    """Which epoch's weights the model has at the end."""
    tensorboard: bool = True
    wandb: Wandb = "off"


@dataclass(frozen=True, slots=True)
class History:
    """What a training measured, epoch by epoch, and which epoch was best."""

    epochs: tuple[Mapping[str, float], ...]
    best: int
    """Index of the best epoch in ``epochs``."""
    stopped_early: bool


@dataclass(frozen=True, slots=True)
class Tuning:
    """How a sense's finished network goes on training, for quantisation-aware training, pruning and clustering."""

    batches: Batches
    loss: Loss
    steps: int
    rate: float = 1e-4


def begin(seed: int, threads: int = 1) -> Any:  # noqa: ANN401
    """tf_keras on so many threads (unless TensorFlow runs already), with all generators seeded."""
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # TensorFlow turns oneDNN on only where it sees AVX-512; with AVX2 alone the face trains 1.4 times as fast by it.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    import tensorflow as tf
    import tf_keras

    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    except RuntimeError:
        # Only the pace depends on it, so a program that has used TensorFlow before may train all the same.
        log.info("TensorFlow has started already and keeps its %s threads", _threads(tf))
    # Dropout then draws from generators that can be set, not from counters inside compiled functions.
    tf_keras.backend.experimental.enable_tf_random_generator()
    tf_keras.utils.set_random_seed(seed)
    return tf_keras


def _threads(tf: Any) -> int:  # noqa: ANN401
    return int(tf.config.threading.get_intra_op_parallelism_threads())


def fit(
    model: Model,
    batches: Batches,
    plan: Plan,
    folder: Path,
    *,
    loss: Loss,
    optimiser: Any,  # noqa: ANN401 - tf_keras has no types
    validate: Callable[[Model], Mapping[str, float]],
    watch: str,
    rate: Callable[[float], float] | None = None,
    before_step: Callable[[], None] | None = None,
) -> History:
    """Train ``model`` in place; when ``folder`` holds a part of this training already, go on with it.

    Args:
        model: a ``tf_keras.Model``, made after ``begin``.
        batches: gives the batches (inputs, targets, weights) of one epoch, at least ``plan.steps``. Inputs and targets
            are arrays or tuples of arrays; weights (rows,) or None. Its random numbers must come from the seed and
            the epoch, which counts from 0.
        plan: length, patience, seed, logs.
        folder: of this training alone.
        loss: see ``converters.train.losses``.
        optimiser: a ``tf_keras`` optimiser.
        validate: figures of the model after an epoch, by name.
        watch: the figure that says which epoch is best; with a leading ``-``, less is better (``-loss``).
        rate: learning rate after a fractional number of epochs; by default the optimiser's own.
        before_step: called before each step; pruning counts its steps there.

    Raises:
        InputError: the loss is not finite, batches run out, or ``folder`` holds another training.
        KeyboardInterrupt: with a sentence that says what is kept.
    """
    averages = Averages(model, plan.average)
    optimiser.build(model.trainable_variables)
    objects = {"model": model, "optimiser": optimiser, "averages": averages.kept}
    settings = {name: getattr(plan, name) for name in ("epochs", "steps", "seed", "average")}
    checkpoint = Checkpoint(folder, objects, settings)
    checkpoint.restore()
    update = compiled_step(model, loss, optimiser, averages)

    def step(batch: Batch, at: float) -> float:
        if rate is not None:
            optimiser.learning_rate.assign(rate(at))
        if before_step is not None:
            before_step()
        return update(batch)

    with tracking(folder, tensorboard=plan.tensorboard, wandb=plan.wandb, settings=asdict(plan)) as record:
        while not _is_done(plan, checkpoint.epochs, watch):
            epoch = len(checkpoint.epochs)
            try:
                _seed(model, plan.seed, epoch)
                trained = _epoch(batches, plan, epoch, step)
                with averages.in_use():
                    figures = {"loss": trained, **validate(model)}
                    checkpoint.epochs.append({name: float(value) for name, value in figures.items()})
                    if best_epoch(checkpoint.epochs, watch) == epoch or plan.keep == "last":
                        checkpoint.save_best(model)
                checkpoint.save()
            except KeyboardInterrupt:
                sentence = f"stopped in epoch {epoch + 1} of {plan.epochs}; {folder} keeps the epochs before"
                how = f"{sentence}. The same command goes on from there."
                raise KeyboardInterrupt(how) from None
            record(epoch + 1, {**checkpoint.epochs[-1], "rate": float(optimiser.learning_rate.numpy())})
            print(f"epoch {epoch + 1}: {_told(checkpoint.epochs[-1])}", flush=True)
    checkpoint.load_best(model)
    done = tuple(checkpoint.epochs)
    return History(done, best_epoch(done, watch), len(done) < plan.epochs)


def _is_done(plan: Plan, epochs: list[dict[str, float]], watch: str) -> bool:
    since = len(epochs) - 1 - best_epoch(epochs, watch) if epochs else 0
    return len(epochs) >= plan.epochs or (plan.patience > 0 and since >= plan.patience)


def _seed(model: Model, seed: int, epoch: int) -> None:
    """All random numbers of this epoch follow from the two numbers, whatever ran before."""
    import tf_keras

    layers = [part for part in model.submodules if hasattr(part, "_random_generator")]
    first, *others = np.random.SeedSequence((seed, epoch)).generate_state(1 + len(layers))
    tf_keras.utils.set_random_seed(int(first))
    for layer, value in zip(layers, others, strict=True):
        generator = layer._random_generator._generator  # noqa: SLF001 - tf_keras has no other way to set it
        if generator is not None:
            generator.reset_from_seed(int(value))


def _epoch(batches: Batches, plan: Plan, epoch: int, step: Callable[[Batch, float], float]) -> float:
    """Train for one epoch; gives the mean loss."""
    from tqdm import tqdm

    losses: list[float] = []
    drawn = islice(batches(epoch), plan.steps)
    for batch in tqdm(drawn, desc=f"epoch {epoch + 1}/{plan.epochs}", total=plan.steps, mininterval=2, leave=False):
        losses.append(step(batch, epoch + len(losses) / plan.steps))
        if not math.isfinite(losses[-1]):
            problem = f"the loss is {losses[-1]} in step {len(losses)} of epoch {epoch + 1}"
            remedy = "Lower the learning rate, or look for missing or endless values in the inputs and targets"
            raise InputError(problem, f"{remedy}; the epochs before are kept")
    if len(losses) < plan.steps:
        problem = f"epoch {epoch + 1} has {len(losses)} batches, its plan says {plan.steps}"
        raise InputError(problem, "Plan as many steps as there are batches")
    return float(np.mean(losses))


def _told(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in figures.items())
