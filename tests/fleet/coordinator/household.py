"""Devices for tests, with keys of their own, and a coordinator's files on disk."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.learning.federated import vectors
from edge.learning.federated.head import SIZE
from edge.learning.federated.messages import Announcement, Update, public_key, read, sign
from fleet.coordinator.checks import Incoming
from fleet.coordinator.key import key_file

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Device:
    name: str
    key: Ed25519PrivateKey

    @property
    def line(self) -> str:
        return public_key(self.key, self.name).line

    @property
    def topic(self) -> str:
        return f"fleet/{self.name}/update"

    def learned(self) -> NDArray[np.float32]:
        """Its own direction, 0.5 long, the same in every run."""
        seed = [int(part) for part in self.name.encode()]
        found = np.random.default_rng(seed).normal(size=SIZE)
        return (0.5 * found / np.linalg.norm(found)).astype(np.float32)

    def update(self, to: Announcement, delta: NDArray[Any] | None = None, **changes: Any) -> Update:  # noqa: ANN401
        content = {
            "id": uuid.uuid4().hex,
            "round": to.round,
            "head": to.head,
            "device": self.name,
            "public_key": self.line,
            "delta": vectors.encode(self.learned() if delta is None else delta),
            "count": 5,
            "epsilon": 1.0,
            "delta_dp": 1e-6,
        }
        return sign(Update.model_validate(content | changes), self.key)

    def sends(self, to: Announcement, delta: NDArray[Any] | None = None, **changes: Any) -> Incoming:  # noqa: ANN401
        return Incoming(self.topic, self.update(to, delta, **changes).payload())


@cache
def device(number: int) -> Device:
    return Device(f"device-{number:04d}", Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big")))


def fleet(count: int) -> list[Device]:
    return [device(number) for number in range(1, count + 1)]


def announced(payload: bytes) -> Announcement:
    return read(Announcement, payload)


def write_files(folder: Path, devices: list[Device], tables: str = "") -> Path:
    """Key, registry and settings of a coordinator; ``tables`` is TOML after [coordinator]."""
    key_file(folder / "key.pem").new("test")
    (folder / "devices.txt").write_text("".join(f"{one.line}\n" for one in devices))
    path = folder / "coordinator.toml"
    path.write_text(
        f'[coordinator]\nkey = "{folder}/key.pem"\ndevices = "{folder}/devices.txt"\n'
        f'[database]\nurl = "sqlite:///{folder}/coordinator.sqlite"\n{tables}'
    )
    return path
