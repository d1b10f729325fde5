"""Flower's strategies, called without its server: updates in, a step for the head out. Nothing else here knows Flower.

Pinned to flwr 1.41.0: ``TaskIdentity`` is not public, but without it a Message cannot be made outside a running task.
Everything works on updates (what a device adds to the head), so the head that a strategy starts from is zero.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from fleet.coordinator.settings import StrategySection
    from fleet.coordinator.store import Accepted

ARRAYS, METRICS, NAME, WEIGHT = "arrays", "metrics", "head", "num-examples"
SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class Noise:
    """Of the coordinator's own: deviation in the sum of the updates in clips, the clip, and the seed (SEED_BYTES)."""

    multiplier: float
    clip: float
    seed: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """What is added to the head: (n,) float64; ``optimiser`` what FedAdam must be given the next time."""

    change: NDArray[np.float64]
    optimiser: bytes | None = None


def aggregate(
    settings: StrategySection,
    updates: Sequence[Accepted],
    *,
    noise: Noise | None = None,
    optimiser: bytes | None = None,
    results: int = 0,
) -> Step:
    """Put the updates together; the same updates in the same order give the same bits.

    Args:
        settings: which strategy, and its numbers.
        updates: at least one, each of n numbers.
        noise: on the mean of the updates, trimmed or not (central differential privacy); unweighted, and not with Krum.
        optimiser: what the Step before this one had.
        results: how many Steps there were.
    """
    prepare()
    replies = _replies([(one.delta, one.count if settings.weighted else 1) for one in updates])
    if noise is not None:
        # what follows only works on what the noise has covered
        replies = _replies([(_noisy_mean(settings, replies, noise), 1)])
    strategy = _strategy(settings, len(replies))
    if settings.name != "fedadam":
        return Step(_aggregated(strategy, replies))
    size = updates[0].delta.size
    strategy.current_arrays = {NAME: np.zeros(size)}
    if optimiser is not None:
        first, second = np.frombuffer(optimiser, "<f8").reshape(2, size)
        strategy.m_t, strategy.v_t = {NAME: first.astype(np.float64)}, {NAME: second.astype(np.float64)}
    change = _aggregated(strategy, replies, results)
    return Step(change, np.stack([strategy.m_t[NAME], strategy.v_t[NAME]]).astype("<f8").tobytes())


def _noisy_mean(settings: StrategySection, replies: list[Any], noise: Noise) -> NDArray[np.float64]:
    from flwr.serverapp.strategy import DifferentialPrivacyClientSideFixedClipping, FedAvg

    # the norm of each was checked when it came in; Flower's other wrapper clips anew, and fails on an update of zeros
    trimmed = settings.name == "trimmed-mean"
    mean = _strategy(settings, len(replies)) if trimmed else FedAvg(weighted_by_key=WEIGHT)
    averaged = len(replies) - (2 * int(settings.trim * len(replies)) if trimmed else 0)
    wrapped = DifferentialPrivacyClientSideFixedClipping(mean, noise.multiplier, noise.clip, averaged)
    with _seeded(noise.seed):
        return _aggregated(wrapped, replies)


def _aggregated(strategy: Any, replies: list[Any], results: int = 0) -> NDArray[np.float64]:  # noqa: ANN401 - Flower's
    arrays, _ = strategy.aggregate_train(results, replies)
    return np.asarray(arrays[NAME].numpy(), np.float64)


def prepare() -> None:
    """Load Flower; a second time it costs nothing. Raises ImportError."""
    os.environ.setdefault("FLWR_TELEMETRY_ENABLED", "0")  # it would tell its makers that it runs
    from flwr.supercore.task_identity import TaskIdentity

    TaskIdentity.run_id = TaskIdentity.node_id = TaskIdentity.task_id = 1
    logging.getLogger("flwr").setLevel(logging.WARNING)


def _strategy(settings: StrategySection, updates: int) -> Any:  # noqa: ANN401 - flwr comes without types here
    from flwr.serverapp import strategy

    if settings.name == "fedavg":
        return strategy.FedAvg(weighted_by_key=WEIGHT)
    if settings.name == "fedadam":
        return strategy.FedAdam(
            weighted_by_key=WEIGHT,
            eta=settings.learning_rate,
            beta_1=settings.beta_1,
            beta_2=settings.beta_2,
            tau=settings.tau,
        )
    if settings.name == "trimmed-mean":
        return strategy.FedTrimmedAvg(weighted_by_key=WEIGHT, beta=settings.trim)
    far = int(settings.poisoners * updates)
    return strategy.MultiKrum(weighted_by_key=WEIGHT, num_malicious_nodes=far, num_nodes_to_select=updates - far)


def _replies(updates: Sequence[tuple[NDArray[Any], int]]) -> list[Any]:
    """Each update (n,) with its weight as a message of Flower."""
    from flwr.app import Array, ArrayRecord, Message, MetricRecord, RecordDict

    return [
        Message(
            content=RecordDict(
                {
                    ARRAYS: ArrayRecord({NAME: Array(delta.astype(np.float64))}),
                    METRICS: MetricRecord({WEIGHT: weight}),
                }
            ),
            dst_node_id=1,
            message_type="train",
        )
        for delta, weight in updates
    ]


@contextmanager
def _seeded(seed: bytes) -> Iterator[None]:
    """Flower draws its noise from numpy's global generator, which gets its former state back."""
    before = np.random.get_state()  # noqa: NPY002 - it is this very generator
    np.random.seed(np.frombuffer(seed, "<u4"))  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002
