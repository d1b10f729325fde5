"""What one device of a fleet sends, made by the code that reads it: an update, signed, and an aggregate."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.learning.federated.head import SIZE
from edge.learning.federated.messages import Update, canonical, public_key, sign
from edge.learning.federated.vectors import digest, encode
from edge.outlets.aggregates.message import message_of
from edge.privacy.contribution import Hour, Variances

HEAD = digest(np.zeros(SIZE, np.float32))
CLIP = 1.0
VARIANCES = Variances(minutes=25_000, valence=500_000_000, replies=1_000, feedback=400)
"""Of the order that a year's budget gives; only the length of the numbers matters here."""


class Sayings:
    """The messages of one device; each has an id of its own."""

    def __init__(self, device: str, chance: np.random.Generator) -> None:
        self.update_topic, self.aggregate_topic = f"fleet/{device}/update", f"fleet/{device}/aggregate"
        self._device = device
        self._chance = chance
        self._key = Ed25519PrivateKey.generate()
        self._pseudonym = uuid.uuid4().hex

    def update(self, number: int) -> tuple[str, bytes]:
        """Id and payload of what was learned in round ``number``."""
        delta = self._chance.normal(size=SIZE)
        delta *= CLIP / np.linalg.norm(delta)
        made = Update(
            round=number,
            head=HEAD,
            device=self._device,
            public_key=public_key(self._key, self._device).line,
            delta=encode(delta),
            count=12,
            epsilon=0.5,
            delta_dp=1e-6,
        )
        return _with_id(sign(made, self._key).message())

    def aggregate(self) -> tuple[str, bytes]:
        """Id and payload of one hour."""
        noise = self._chance.normal(scale=150, size=13).astype(int).tolist()
        hour = Hour(tuple(noise[:8]), noise[8] * 100, noise[9], tuple(noise[10:]))
        now = datetime.now(UTC)
        made = message_of(
            hour, VARIANCES, pseudonym=self._pseudonym, day=now.date(), of_day=now.hour, epsilon=0.1, delta=1e-6
        )
        return _with_id(made.payload())


def _with_id(content: dict[str, object]) -> tuple[str, bytes]:
    """As the outbox does it."""
    number = uuid.uuid4().hex
    return number, canonical({**content, "id": number})
