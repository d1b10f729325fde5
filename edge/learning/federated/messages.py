"""What goes over the wire in a round: announcement, update and result, each signed with Ed25519 (RFC 8032).

The signature is over the canonical JSON of the message without ``signature``, and without ``id``, which the outbox puts
on. Canonical: keys in the order of their code points, no space, ASCII, numbers as Python's ``repr`` writes them. It is
made from what was parsed, so that what is signed is what is used.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from edge.accelerators.keys import KEY_PATTERN, PublicKey, is_signed, parse_key
from edge.errors import FleetError, ModelError
from edge.learning.federated import vectors

if TYPE_CHECKING:
    import numpy as np
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from numpy.typing import NDArray

LARGEST = 32 * 1024
"""Bytes of a message; the largest head as text has 21,848."""
MOST_EXAMPLES = 64
"""What ``count`` of an update is clipped to: how much a household corrects is nobody's business beyond that."""
MOST_CLIP = 100.0
SHOWN = 60
"""Characters of a wrong value that an error repeats."""
NOT_SIGNED = "signature", "id"
TIME = "%Y-%m-%dT%H:%M:%SZ"

Round = Annotated[int, Field(ge=1, le=1_000_000)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Device = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
Signature = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{86}==$")]
Vector = Annotated[str, Field(min_length=8, max_length=vectors.LONGEST, pattern=r"^[A-Za-z0-9+/]+={0,2}$")]
Utc = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    schema_: Literal[1] = Field(default=1, alias="schema")
    signature: Signature = ""

    def signed(self) -> bytes:
        """What the signature is over."""
        content = self.model_dump(mode="json", by_alias=True)
        return canonical({key: value for key, value in content.items() if key not in NOT_SIGNED})

    def message(self) -> dict[str, Any]:
        """As it is handed on; without an ``id`` where it has none yet."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def payload(self) -> bytes:
        """As it goes over the wire."""
        return canonical(self.message())


class Announcement(_Message):
    """A round begins. Retained on ``fleet/round``, signed by the coordinator.

    Attributes:
        round: its number.
        head: SHA-256 of the head that every update of the round starts from.
        size: numbers in a head.
        clip: most that an update may be long (L2).
        noise_multiplier: deviation of the noise in the sum of all updates, in ``clip``.
        noise: who adds it: each device its part, or the coordinator all of it, which the signature promises.
        cohort: least devices whose updates are put together.
        opens_utc: from when updates are taken.
        closes_utc: until when.
        share: chance with which a device joins.
    """

    round: Round
    head: Digest
    size: int = Field(ge=2, le=vectors.MOST_PARAMETERS)
    clip: float = Field(gt=0, le=MOST_CLIP)
    noise_multiplier: float = Field(ge=0, le=1000)
    cohort: int = Field(ge=1, le=10_000_000)
    opens_utc: Utc
    closes_utc: Utc
    share: float = Field(gt=0, le=1)
    noise: Literal["devices", "coordinator"] = "devices"

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if not self.opens_s < self.closes_s:
            message = "a round opens before it closes"
            raise ValueError(message)
        return self

    @property
    def opens_s(self) -> float:
        """Unix time in seconds."""
        return unix_s(self.opens_utc)

    @property
    def closes_s(self) -> float:
        """Unix time in seconds."""
        return unix_s(self.closes_utc)


class Update(_Message):
    """What a device learned since the head that the round starts from. On ``fleet/<device>/update``, signed by it.

    Attributes:
        id: a UUID, in hexadecimal, by which it is counted once; None until the outbox has it.
        round: the announcement's.
        head: the announcement's.
        device: its id, the CN of its certificate.
        public_key: a line of ``edge.accelerators.keys``.
        delta: new head − old head, clipped; see ``edge.learning.federated.vectors``.
        count: corrections that it was learned from, at most MOST_EXAMPLES.
        epsilon: what the device charged to its budget for it, at ``delta_dp``.
        delta_dp: chance for which ``epsilon`` does not hold.
    """

    id: str | None = Field(default=None, pattern=r"^[0-9a-f]{32}$")
    round: Round
    head: Digest
    device: Device
    public_key: str = Field(pattern=KEY_PATTERN)
    delta: Vector
    count: int = Field(ge=1, le=MOST_EXAMPLES)
    epsilon: float = Field(ge=0, le=1000)
    delta_dp: float = Field(ge=0, lt=1)

    @property
    def key(self) -> PublicKey:
        """The device's."""
        return _key(self.public_key)

    def vector(self, size: int) -> NDArray[np.float32]:
        """(``size``,) what it adds to the head. Raises FleetError."""
        return vectors.decode(self.delta, size, "the delta of the update")


class Result(_Message):
    """The head after a round. Retained on ``fleet/head``, signed by the coordinator.

    Attributes:
        round: after which.
        head: SHA-256 of ``parameters``.
        parameters: the head; see ``edge.learning.federated.vectors``.
        devices: how many updates it was made of; 0 for the head that a fleet begins with.
    """

    round: int = Field(ge=0, le=1_000_000)
    head: Digest
    parameters: Vector
    devices: int = Field(ge=0, le=10_000_000)

    def vector(self, size: int) -> NDArray[np.float32]:
        """(``size``,) the head. Raises FleetError, also where it is not the one that it says it is."""
        found = vectors.decode(self.parameters, size, "the head of the result")
        if vectors.digest(found) != self.head:
            problem = f"the head of the result has the digest {vectors.digest(found)[:16]}…, it says {self.head[:16]}…"
            raise FleetError(problem, vectors.SEND_ANEW)
        return found


M = TypeVar("M", Announcement, Update, Result)


def read(kind: type[M], payload: bytes) -> M:
    """The message in ``payload``; its signature is not looked at yet.

    Raises:
        FleetError: it is too long, no JSON, or has a field that is missing, unknown or wrong.
    """
    name = kind.__name__.lower()
    if len(payload) > LARGEST:
        problem = f"the {name} has {len(payload)} bytes, at most {LARGEST} are taken"
        raise FleetError(problem, vectors.SEND_ANEW)
    try:
        found = kind.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the whole"
        shown = repr(first["input"])
        shown = shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"
        problem = f"the {name} is wrong at {field}: {first['msg']}, found {shown}"
        raise FleetError(problem, vectors.SEND_ANEW) from error
    if not found.signature:
        problem = f"the {name} is wrong at signature: it is not signed"
        raise FleetError(problem, vectors.SEND_ANEW)
    return found


def sign(message: M, key: Ed25519PrivateKey) -> M:
    """``message`` with the signature of ``key``."""
    return message.model_copy(update={"signature": base64.b64encode(key.sign(message.signed())).decode()})


def verify(message: Announcement | Update | Result, key: PublicKey) -> None:
    """Raises FleetError unless ``key`` signed ``message``."""
    if not message.signature or not is_signed(message.signed(), base64.b64decode(message.signature), key):
        name = type(message).__name__.lower()
        problem = f"the {name} of round {message.round} is not signed by the key {key.id} ({key.owner or 'no name'})"
        raise FleetError(problem, "Check who sent it, and that the key is the sender's present one")


def public_key(key: Ed25519PrivateKey, owner: str) -> PublicKey:
    """The public half of ``key``."""
    return PublicKey(key.public_key().public_bytes_raw(), owner)


def canonical(content: dict[str, Any]) -> bytes:
    """The one way in which ``content`` is written."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def unix_s(utc: str) -> float:
    """Seconds since 1970 of a time such as 2026-11-28T18:50:00Z. Raises ValueError."""
    return datetime.strptime(utc, TIME).replace(tzinfo=UTC).timestamp()


def utc(unix_s: float) -> str:
    """The time of ``unix_s``, as it stands in messages."""
    return datetime.fromtimestamp(unix_s, tz=UTC).strftime(TIME)


def _key(line: str) -> PublicKey:
    try:
        return parse_key(line)
    except ModelError as error:
        raise FleetError(
            error.problem, "Send the public key of the device as `edge.accelerators.keys` writes it"
        ) from error
