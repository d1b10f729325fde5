"""A small world for tests of learning together: the shipped pool, people who are read wrong in one way, and a fleet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.affect import EMOTIONS, Affect, Reading, Sense
from edge.learning.federated import vectors
from edge.learning.federated.examples import WIDTH, Example
from edge.learning.federated.head import SIZE, nothing
from edge.learning.federated.messages import Announcement, Result, public_key, sign
from edge.understanding.pooled import parse

if TYPE_CHECKING:
    from numpy.typing import NDArray

COORDINATOR = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(3, 35)))
DEVICE = Ed25519PrivateKey.from_private_bytes(bytes(range(7, 39)))
BASE = parse(Path("models/fusion-pool/parameters.toml").read_bytes())
NOW_S = 1_800_000_000.0


def announcement(signer: Ed25519PrivateKey = COORDINATOR, **changed: object) -> Announcement:
    """A round that is open at NOW_S, from the shipped head, that everybody joins."""
    fields: dict[str, object] = {
        "round": 1,
        "head": vectors.digest(nothing()),
        "size": SIZE,
        "clip": 0.5,
        "noise_multiplier": 5.4,
        "noise": "coordinator",
        "cohort": 100,
        "opens_utc": "2027-01-15T07:00:00Z",
        "closes_utc": "2027-01-15T09:00:00Z",
        "share": 1.0,
    }
    return sign(Announcement.model_validate(fields | changed), signer)


def result(
    vector: NDArray[np.floating], number: int = 1, signer: Ed25519PrivateKey = COORDINATOR, devices: int = 120
) -> bytes:
    """The head of a round, as it goes over the wire."""
    head, parameters = vectors.digest(vector), vectors.encode(vector)
    return sign(Result(round=number, head=head, parameters=parameters, devices=devices), signer).payload()


def examples(number: int, seed: int = 0) -> list[Example]:
    """People whose voice says nothing: the face is right, and the voice is sure of something else, at random."""
    random = np.random.default_rng(seed)
    found = []
    for _ in range(number):
        truth, other = random.integers(0, 7, 2)
        evidence = np.zeros((3, 9), np.float32)
        for row, label in ((0, truth), (1, other)):
            evidence[row, :7] = 0.05
            evidence[row, label] = 0.7
            evidence[row, 7:] = 1.0
        told = int(random.integers(0, 2))
        found.append(Example(evidence.reshape(WIDTH), EMOTIONS[truth], bool(told)))
    return found


def reading(sense: Sense, label: int, p: float = 0.7) -> Reading:
    """A Reading that is sure of a label."""
    probabilities = np.full(7, (1 - p) / 6)
    probabilities[label] = p
    return Reading(sense, 0, Affect.of(tuple(probabilities.tolist())), 1.0)


def key_line() -> str:
    """Of the device."""
    return public_key(DEVICE, "pi-01").line
