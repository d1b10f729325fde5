"""The options that the trainings of all senses share, and the plan and learning rates that follow from them."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from converters.train.loop import Plan

if TYPE_CHECKING:
    from collections.abc import Callable


def add_arguments(parser: argparse.ArgumentParser, *, epochs: int, patience: int = 0, seed: int = 0) -> None:
    """Adds --epochs, --patience, --seed, --threads, --runs, --tensorboard and --wandb with the sense's defaults."""
    parser.add_argument("--epochs", type=_positive, default=epochs, help="passes over the training data (%(default)s)")
    parser.add_argument(
        "--patience",
        type=natural,
        default=patience,
        help="end after so many epochs without a better figure; 0 never does (%(default)s)",
    )
    parser.add_argument("--seed", type=natural, default=seed, help="of weights, order and augmentation (%(default)s)")
    parser.add_argument("--threads", type=_positive, default=1, help="of TensorFlow (%(default)s)")
    parser.add_argument(
        "--runs", type=Path, default=Path("runs"), help="where work is kept; a stopped training goes on there"
    )
    parser.add_argument(
        "--tensorboard", action=argparse.BooleanOptionalAction, default=True, help="write TensorBoard event files"
    )
    parser.add_argument(
        "--wandb",
        nargs="?",
        choices=("off", "offline", "online"),
        const="offline",
        default="off",
        help="log to Weights & Biases: on this machine only (offline, when no word follows) or to its servers",
    )


def plan_of(arguments: argparse.Namespace, steps: int, *, average: float = 0.0) -> Plan:
    """The plan that the options ask for, with ``steps`` batches an epoch."""
    return Plan(
        epochs=arguments.epochs,
        steps=steps,
        patience=arguments.patience,
        seed=arguments.seed,
        average=average,
        tensorboard=arguments.tensorboard,
        wandb=arguments.wandb,
    )


def cosine(highest: float, epochs: float, *, warm_up: float = 0.0) -> Callable[[float], float]:
    """Learning rate by epoch: a linear rise over ``warm_up`` epochs, then a half cosine to zero at ``epochs``.

    Loshchilov & Hutter, SGDR, 2017, without restarts.
    """

    def rate(epoch: float) -> float:
        if epoch < warm_up:
            return highest * max(epoch / warm_up, 1e-2)
        share = (epoch - warm_up) / max(epochs - warm_up, 1e-9)
        return 0.5 * highest * (1 + math.cos(math.pi * min(share, 1.0)))

    return rate


def _positive(text: str) -> int:
    return _at_least(text, 1)


def natural(text: str) -> int:
    """A whole number of 0 or more, for argparse."""
    return _at_least(text, 0)


def _at_least(text: str, least: int) -> int:
    if not text.isdecimal() or int(text) < least:
        message = f"{text!r} is no whole number of {least} or more"
        raise argparse.ArgumentTypeError(message)
    return int(text)
