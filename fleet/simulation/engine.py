"""The rounds of a simulated fleet: announce, hear the devices, check as the coordinator does, put together, measure.

Where the devices run is not known here (``Crowd``): in this process, or on Flower's engine.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.learning.federated import vectors
from edge.learning.federated.head import MOST, SIZE, nothing
from edge.learning.federated.loss import predict
from edge.learning.federated.messages import Announcement, Result, public_key, sign, utc
from fleet.coordinator.checks import Candidate, Incoming, check
from fleet.simulation.aggregate import Strategy
from fleet.simulation.device import Device, Setup, name_of, registry
from fleet.simulation.households import World, household, joined, measured
from fleet.simulation.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from edge.learning.federated.head import Vector
    from edge.learning.federated.loss import Batch
    from edge.understanding.fusion import Pool
    from fleet.simulation.predictions import Predictions

BEGINS_UTC_S = 1_800_000_000.0
"""When the first round of every simulation opens: 2027-01-15."""
ROUND_S = 86_400.0
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
"""Of simulated coordinators, and of no use elsewhere."""
UNSEEN_SEED = 1_000_003
"""Added to the seed for households that never learn."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is simulated.

    Attributes:
        devices: how many.
        rounds: how many.
        share: chance with which a device joins a round.
        cohort: least updates of which a head is made.
        clip: most that an update may be long.
        noise: deviation in the sum, in clips; 0: none.
        central: whether the coordinator adds it, not the devices.
        strategy: how updates are put together.
        world: what homes are like.
        unseen: households that accuracy is measured on; none of their items is known to the others.
        moments: of each of them.
        every: rounds between two measurements.
    """

    devices: int
    rounds: int
    share: float = 0.2
    cohort: int = 100
    clip: float = 0.5
    noise: float = 5.4
    central: bool = True
    strategy: Strategy = field(default_factory=Strategy)
    world: World = field(default_factory=World)
    unseen: int = 200
    moments: int = 50
    every: int = 5


@dataclass(slots=True)
class Found:
    """What came out.

    Attributes:
        start: accuracy on unseen households with what is shipped.
        accuracy: (round, accuracy) as it went on; the last is the end.
        interval: 95 % of the end less the start, over households.
        epsilon: most that a device spent, at δ = 1e-6.
        joined: updates that were taken.
        refused: updates that were not, by reason.
        missed: rounds without a cohort.
        seconds: of the rounds.
        processor_s: of the rounds, of all processes.
        peak_mib: most memory of all processes together, PSS, after a round.
        head: (size,) at the end.
    """

    start: float
    accuracy: list[tuple[int, float]]
    interval: tuple[float, float] = (0.0, 0.0)
    epsilon: float = 0.0
    joined: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    missed: int = 0
    seconds: float = 0.0
    processor_s: float = 0.0
    peak_mib: float = 0.0
    head: Vector = field(default_factory=nothing)

    @property
    def end(self) -> float:
        """Accuracy after the last round."""
        return self.accuracy[-1][1]

    @property
    def gain(self) -> float:
        """In points."""
        return 100 * (self.end - self.start)


class Crowd(Protocol):
    """Where the devices run."""

    def ask(
        self, numbers: Sequence[int], announcement: Announcement, payload: bytes, result: bytes
    ) -> Iterable[tuple[int, bytes | None, float]]:
        """Each device's number, what it sent, and the ρ that it has spent so far."""
        ...


class Here:
    """All devices in this process; one is made when it is first asked."""

    def __init__(self, setup: Setup, said: Predictions, world: World) -> None:
        self._setup, self._said, self._world = setup, said, world
        self._devices: dict[int, Device] = {}

    def ask(
        self, numbers: Sequence[int], announcement: Announcement, payload: bytes, result: bytes
    ) -> Iterable[tuple[int, bytes | None, float]]:
        """One after the other."""
        for number in numbers:
            device = self._devices.get(number) or self._made(number)
            sent = device.answer(announcement, payload, result, announcement.opens_s)
            yield number, sent, device.budget.rho

    def _made(self, number: int) -> Device:
        setup = self._setup
        home = household(self._said, setup.base, self._world, setup.seed, number)
        device = self._devices[number] = Device(setup, number, home)
        return device


def run(plan: Plan, setup: Setup, unseen: Sequence[Batch], crowd: Crowd, told: Callable[[int], None]) -> Found:
    """All rounds; ``told`` hears of each that is over. The same plan and setup give the same head, on any crowd."""
    began, usage = time.perf_counter(), Usage()
    spent_s = usage.look()
    head, known = nothing(), registry(setup.seed, plan.devices)
    together = joined(unseen)
    start = _right(head, setup.base, together)
    found = Found(float(start.mean()), [])
    random = np.random.default_rng((setup.seed, plan.rounds))
    result = _result(0, head, 0)
    most_rho, strategy = 0.0, replace(plan.strategy)  # FedAdam remembers: one of its own for each run
    for number in range(1, plan.rounds + 1):
        announcement = _announcement(plan, number, head)
        drawn = [one for one in range(plan.devices) if setup.chance(one, number) < plan.share]
        updates = []
        for device, sent, rho in crowd.ask(drawn, announcement, announcement.payload(), result):
            most_rho = max(most_rho, rho)
            if sent is None:
                continue
            topic = f"fleet/{name_of(device)}/update"
            judged = check(Incoming(topic, sent), announcement, is_open=True, registry=known)
            if isinstance(judged, Candidate):
                updates.append((device, judged.delta))
            else:
                found.refused[judged.value] = found.refused.get(judged.value, 0) + 1
        if len(updates) < plan.cohort:
            found.missed += 1
        else:
            found.joined += len(updates)
            stacked = np.array([delta for _, delta in sorted(updates, key=lambda one: one[0])], np.float64)
            step = strategy.step(stacked, plan.noise if plan.central else 0.0, plan.clip, random)
            head = np.clip(head + step, -MOST, MOST).astype(np.float32)
        result = _result(number, head, len(updates))
        if number % plan.every == 0 or number == plan.rounds:
            right = _right(head, setup.base, together)
            found.accuracy.append((number, float(right.mean())))
        usage.look()
        told(number)
    found.interval = _interval(100 * (right - start), plan.moments, setup.seed)
    found.epsilon = _epsilon(most_rho)
    found.head = head
    found.seconds = time.perf_counter() - began
    found.processor_s = usage.look() - spent_s
    found.peak_mib = usage.peak_mib
    return found


def setup_of(plan: Plan, base: Pool, seed: int, **what: object) -> Setup:
    """What the devices share: they stop at the yearly limit where there is noise."""
    from edge.privacy.limits import MOST_EPSILON_YEAR

    epsilon = MOST_EPSILON_YEAR if plan.noise else None
    return Setup(seed, base, public_key(KEY, "coordinator"), epsilon, **what)  # type: ignore[arg-type]


def unseen_of(plan: Plan, said: Predictions, seed: int) -> list[Batch]:
    """Moments of households that never learn."""
    return [measured(said, plan.world, seed + UNSEEN_SEED, number, plan.moments) for number in range(plan.unseen)]


def _right(head: Vector, base: Pool, batch: Batch) -> np.ndarray:
    return np.asarray(predict(head, base, batch).argmax(axis=1) == batch.truth, np.float64)


def _announcement(plan: Plan, number: int, head: Vector) -> Announcement:
    opens = BEGINS_UTC_S + number * ROUND_S
    return sign(
        Announcement(
            round=number,
            head=vectors.digest(head),
            size=SIZE,
            clip=plan.clip,
            noise_multiplier=plan.noise,
            noise="coordinator" if plan.central else "devices",
            cohort=plan.cohort,
            opens_utc=utc(opens),
            closes_utc=utc(opens + ROUND_S),
            share=plan.share,
        ),
        KEY,
    )


def _result(number: int, head: Vector, devices: int) -> bytes:
    return sign(
        Result(round=number, head=vectors.digest(head), parameters=vectors.encode(head), devices=devices), KEY
    ).payload()


def _interval(gains: np.ndarray, moments: int, seed: int) -> tuple[float, float]:
    """95 % of the mean gain, by resampling whole households."""
    each = gains.reshape(-1, moments).mean(axis=1)
    random = np.random.default_rng(seed)
    means = random.choice(each, (2000, len(each))).mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def _epsilon(rho: float) -> float:
    from edge.privacy.accounting import epsilon_of
    from fleet.simulation.device import DELTA

    return epsilon_of(rho, DELTA) if np.isfinite(rho) else float("inf")
