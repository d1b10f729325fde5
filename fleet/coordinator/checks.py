"""Whether an update may count, or the reason why it does not. What needs the database is asked elsewhere (``rounds``)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from enum import StrEnum
from math import log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import FleetError
from edge.learning.federated.messages import LARGEST, Update, read, verify
from fleet.coordinator.registry import DEVICE

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    Its noise has the deviation s = noise_multiplier · clip / √cohort in each of n numbers. A Gaussian vector is longer than
    s · (√n + √(2 ln 1/p)) with a chance of at most p (Boucheron, Lugosi & Massart, Concentration Inequalities, 2013,
    theorem 5.6: its length is a function that moves no faster than the vector).
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
    update = _authentic(incoming, registry)
    if isinstance(update, Reason):
        return update
    if announcement is None or update.round > announcement.round:
        return Reason.WRONG_ROUND
    if update.round < announcement.round or not is_open:
        return Reason.LATE
    if update.head != announcement.head:
        return Reason.WRONG_HEAD
    delta = _vector(update.delta, announcement.size)
    if isinstance(delta, Reason):
        return delta
    if np.linalg.norm(delta.astype(np.float64)) > longest(announcement):
        return Reason.NORM
    return Candidate(update, delta)


def _authentic(incoming: Incoming, registry: Mapping[str, PublicKey]) -> Update | Reason:
    """A message that is whole, and that the device whose topic it came on has signed."""
    if len(incoming.payload) > LARGEST:
        return Reason.SIZE
    place = TOPIC.fullmatch(incoming.topic)
    if place is None:
        return Reason.MALFORMED
    device = place[1]
    try:
        update = read(Update, incoming.payload)
    except FleetError:
        return Reason.MALFORMED
    if update.id is None:
        return Reason.MALFORMED
    if update.device != device:
        return Reason.SENDER
    key = registry.get(device)
    if key is None:
        return Reason.STRANGER
    try:
        if update.key.raw != key.raw:
            return Reason.KEY
    except FleetError:
        return Reason.KEY
    try:
        verify(update, key)
    except FleetError:
        return Reason.SIGNATURE
    return update


def _vector(text: str, size: int) -> NDArray[np.float32] | Reason:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return Reason.MALFORMED
    if len(raw) != size * 4:
        return Reason.SHAPE
    vector = np.frombuffer(raw, "<f4").astype(np.float32)
    return vector if np.isfinite(vector).all() else Reason.NUMBER
