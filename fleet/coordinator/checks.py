"""Whether an update may count, or the reason why it does not. What needs the database is asked in ``rounds``."""

from __future__ import annotations

import base64
import re
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from math import log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import FleetError
from edge.learning.federated import vectors
from edge.learning.federated.messages import LARGEST, Update, read, verify
from fleet.coordinator.registry import DEVICE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from edge.accelerators.keys import PublicKey
    from edge.learning.federated.messages import Announcement

TOPIC = re.compile(rf"fleet/({DEVICE.pattern})/update")
"""What an update comes on; the broker lets a device write below its own name only."""
UNLUCKY = 1e-6
"""Chance with which the noise of an honest device makes its update longer than what is allowed."""
ROUNDING = 1e-5
"""Relative; a float32 vector that was clipped to a length may be longer by this."""


class Reason(StrEnum):
    """Why a message does not count."""

    SIZE = "absurd size"
    MALFORMED = "malformed"
    SENDER = "another's name"
    STRANGER = "stranger"
    KEY = "another key"
    SIGNATURE = "bad signature"
    WRONG_ROUND = "wrong round"
    LATE = "late"
    WRONG_HEAD = "wrong head"
    SHAPE = "wrong shape"
    NUMBER = "not a number"
    NORM = "norm over the clip"
    REPLAY = "replay"
    TWICE = "twice in a round"
    REDELIVERED = "redelivered"
    """By the broker, after the coordinator was away; it was counted before, and is no fault of anybody's."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message as the broker handed it over; ``again`` when the broker says that it did so before."""

    topic: str
    payload: bytes
    again: bool = False
    number: int = 0
    """By which it is acknowledged."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An update that nothing is wrong with, as far as itself goes: ``delta`` (n,) float32."""

    update: Update
    delta: NDArray[np.float32]


def longest(announcement: Announcement) -> float:
    """Length (L2) that no honest update exceeds: the clip and, where devices add noise, that of a very unlucky one.

    Its noise has the deviation s = noise_multiplier · clip / √cohort in each of n numbers. A Gaussian vector is longer
    than s · (√n + √(2 ln 1/p)) with a chance of at most p (Boucheron, Lugosi & Massart, Concentration Inequalities,
    2013, theorem 5.6: its length is a function that moves no faster than the vector).
    """
    noise = 0.0
    if announcement.noise == "devices":
        deviation = announcement.noise_multiplier * announcement.clip / sqrt(announcement.cohort)
        noise = deviation * (sqrt(announcement.size) + sqrt(2 * log(1 / UNLUCKY)))
    return (announcement.clip + noise) * (1 + ROUNDING)


def check(
    incoming: Incoming, announcement: Announcement | None, *, is_open: bool, registry: Mapping[str, PublicKey]
) -> Candidate | Reason:
    """The update in a message, or why it does not count.

    Args:
        incoming: what the broker handed over.
        announcement: of the latest round; None before the first.
        is_open: whether that round still takes updates.
        registry: device → key.
    """
    try:
        return _checked(incoming, announcement, is_open=is_open, registry=registry)
    except _Refused as refused:
        return refused.reason


def _checked(
    incoming: Incoming, announcement: Announcement | None, *, is_open: bool, registry: Mapping[str, PublicKey]
) -> Candidate:
    update = _authentic(incoming, registry)
    if announcement is None or update.round > announcement.round:
        raise _Refused(Reason.WRONG_ROUND)
    _require(update.round == announcement.round and is_open, Reason.LATE)
    _require(update.head == announcement.head, Reason.WRONG_HEAD)
    return Candidate(update, _vector(update.delta, announcement))


def _authentic(incoming: Incoming, registry: Mapping[str, PublicKey]) -> Update:
    """A message that is whole, and that the device whose topic it came on has signed."""
    _require(len(incoming.payload) <= LARGEST, Reason.SIZE)
    place = TOPIC.fullmatch(incoming.topic)
    with _refusing(Reason.MALFORMED):
        update = read(Update, incoming.payload)
    if place is None or update.id is None:
        raise _Refused(Reason.MALFORMED)
    _require(update.device == place[1], Reason.SENDER)
    key = registry.get(update.device)
    if key is None:
        raise _Refused(Reason.STRANGER)
    with _refusing(Reason.KEY):
        _require(update.key.raw == key.raw, Reason.KEY)
    with _refusing(Reason.SIGNATURE):
        verify(update, key)
    return update


def _vector(text: str, announcement: Announcement) -> NDArray[np.float32]:
    with _refusing(Reason.MALFORMED):
        raw = base64.b64decode(text, validate=True)
    _require(len(raw) == announcement.size * vectors.WIDTH, Reason.SHAPE)
    vector = np.frombuffer(raw, "<f4").astype(np.float32)
    _require(bool(np.isfinite(vector).all()), Reason.NUMBER)
    _require(float(np.linalg.norm(vector.astype(np.float64))) <= longest(announcement), Reason.NORM)
    return vector


class _Refused(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def _require(held: bool, reason: Reason) -> None:  # noqa: FBT001 - it reads as a sentence
    if not held:
        raise _Refused(reason)


@contextmanager
def _refusing(reason: Reason) -> Iterator[None]:
    try:
        yield
    except (FleetError, ValueError) as error:
        raise _Refused(reason) from error
