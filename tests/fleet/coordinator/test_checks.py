from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.accelerators.keys import PublicKey, parse_key
from edge.learning.federated.head import SIZE
from edge.learning.federated.join import Trust, noised, update_of
from edge.learning.federated.messages import LARGEST, Announcement, sign
from fleet.coordinator.checks import Candidate, Incoming, Reason, check
from tests.fleet.coordinator.household import Device, device, fleet

ROUND = Announcement(
    round=3,
    head="a" * 64,
    size=SIZE,
    clip=1.0,
    noise_multiplier=8.0,
    cohort=2,
    opens_utc="2026-11-28T18:00:00Z",
    closes_utc="2026-11-28T19:00:00Z",
    share=1.0,
    noise="coordinator",
)
REGISTRY: dict[str, PublicKey] = {one.name: parse_key(one.line) for one in fleet(3)}
ONE = device(1)


def judged(incoming: Incoming, announcement: Announcement | None = ROUND, *, is_open: bool = True) -> Reason | None:
    found = check(incoming, announcement, is_open=is_open, registry=REGISTRY)
    return found if isinstance(found, Reason) else None


def altered(incoming: Incoming, **changes: object) -> Incoming:
    """The message with other content, and its old signature."""
    content = json.loads(incoming.payload) | changes
    return replace(incoming, payload=json.dumps(content).encode())


def long(length: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.full(SIZE, length / np.sqrt(SIZE), np.float32)


def test_an_honest_update_is_a_candidate() -> None:
    found = check(ONE.sends(ROUND), ROUND, is_open=True, registry=REGISTRY)
    assert isinstance(found, Candidate)
    assert found.update.device == ONE.name
    np.testing.assert_array_equal(found.delta, ONE.learned())


def test_an_update_as_long_as_the_clip_may_count_and_one_beyond_it_may_not() -> None:
    assert judged(ONE.sends(ROUND, long(1.0))) is None
    assert judged(ONE.sends(ROUND, long(1.001))) is Reason.NORM
    assert judged(ONE.sends(ROUND, long(3e38))) is Reason.NORM


def test_where_devices_add_noise_an_update_may_be_as_long_as_the_noise_of_an_unlucky_one() -> None:
    by_devices = ROUND.model_copy(update={"noise": "devices", "noise_multiplier": 4.0, "cohort": 100})
    deviation = 4.0 / np.sqrt(100)
    for seed in range(200):
        noise = np.random.default_rng(seed).normal(0, deviation, SIZE)
        assert judged(ONE.sends(ROUND, ONE.learned() + noise), by_devices) is None
    assert judged(ONE.sends(ROUND, long(1 + deviation * (np.sqrt(SIZE) + 5.2))), by_devices) is None
    assert judged(ONE.sends(ROUND, long(1 + deviation * (np.sqrt(SIZE) + 5.3))), by_devices) is Reason.NORM


def test_an_update_of_zeros_may_count() -> None:
    assert judged(ONE.sends(ROUND, np.zeros(SIZE))) is None


def test_another_round_is_wrong_or_late() -> None:
    assert judged(ONE.sends(ROUND, round=4)) is Reason.WRONG_ROUND
    assert judged(ONE.sends(ROUND, round=2)) is Reason.LATE
    assert judged(ONE.sends(ROUND), is_open=False) is Reason.LATE
    assert judged(ONE.sends(ROUND), None) is Reason.WRONG_ROUND


def test_another_head_is_wrong() -> None:
    assert judged(ONE.sends(ROUND, head="b" * 64)) is Reason.WRONG_HEAD


@pytest.mark.parametrize("size", [2, SIZE - 1, SIZE + 1, 4096])
def test_another_shape_is_wrong(size: int) -> None:
    assert judged(ONE.sends(ROUND, np.zeros(size))) is Reason.SHAPE


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(number: float) -> None:
    delta = ONE.learned()
    delta[17] = number
    assert judged(ONE.sends(ROUND, delta)) is Reason.NUMBER


@pytest.mark.parametrize("cut", [slice(0, -1), slice(0, -2), slice(1, None)])
def test_what_is_no_base64_is_malformed(cut: slice) -> None:
    whole = ONE.update(ROUND)
    assert judged(Incoming(ONE.topic, sign(whole, ONE.key).payload())) is None
    broken = sign(whole.model_copy(update={"delta": whole.delta.rstrip("=")[cut]}), ONE.key)
    assert judged(Incoming(ONE.topic, broken.payload())) is Reason.MALFORMED


def test_a_stranger_is_refused_though_its_signature_is_good() -> None:
    assert judged(device(9).sends(ROUND)) is Reason.STRANGER


def test_a_device_may_not_speak_for_another_as_the_topic_is_the_name_in_its_certificate() -> None:
    assert judged(replace(ONE.sends(ROUND), topic=device(2).topic)) is Reason.SENDER


def test_a_name_with_a_key_of_its_own_is_refused() -> None:
    impostor = Device(ONE.name, Ed25519PrivateKey.generate())
    assert judged(impostor.sends(ROUND)) is Reason.KEY


def test_a_key_of_the_registry_with_the_signature_of_another_is_refused() -> None:
    impostor = Device(ONE.name, Ed25519PrivateKey.generate())
    assert judged(impostor.sends(ROUND, public_key=ONE.line)) is Reason.SIGNATURE


@pytest.mark.parametrize(("field", "value"), [("round", 2), ("count", 64), ("epsilon", 0.5), ("head", "b" * 64)])
def test_what_was_altered_on_the_way_has_a_bad_signature(field: str, value: object) -> None:
    assert judged(altered(ONE.sends(ROUND), **{field: value})) is Reason.SIGNATURE


@pytest.mark.parametrize("bytes_", [LARGEST + 1, 1 << 20])
def test_an_absurd_size_is_refused_before_it_is_read(bytes_: int) -> None:
    assert judged(Incoming(ONE.topic, b"{" * bytes_)) is Reason.SIZE


@pytest.mark.parametrize(
    "payload",
    [b"", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 20_000, b'{"round":NaN}', b'{"schema":1}' * 3],
)
def test_what_is_no_update_is_malformed(payload: bytes) -> None:
    assert judged(Incoming(ONE.topic, payload)) is Reason.MALFORMED


@pytest.mark.parametrize("count", [0, -1, 65, 10**9, 1.5, True, "5"])
def test_a_count_out_of_bounds_is_malformed(count: object) -> None:
    assert judged(altered(ONE.sends(ROUND), count=count)) is Reason.MALFORMED


def test_an_update_without_an_id_is_malformed() -> None:
    content = json.loads(ONE.sends(ROUND).payload)
    del content["id"]
    assert judged(Incoming(ONE.topic, json.dumps(content).encode())) is Reason.MALFORMED


@pytest.mark.parametrize("topic", ["fleet/update", "fleet/a/b/update", "fleet//update", "x/device-0001/update", ""])
def test_a_topic_that_names_no_device_is_malformed(topic: str) -> None:
    assert judged(replace(ONE.sends(ROUND), topic=topic)) is Reason.MALFORMED


@pytest.mark.parametrize(
    ("noise", "trust"),
    [("coordinator", "coordinator"), ("coordinator", "nobody"), ("devices", "fleet"), ("devices", "nobody")],
)
@pytest.mark.parametrize("multiplier", [0.5, 8.0, 60.0])
def test_what_the_device_itself_makes_may_count(noise: str, trust: Trust, multiplier: float) -> None:
    announcement = ROUND.model_copy(update={"noise": noise, "noise_multiplier": multiplier, "cohort": 100})
    for length in (0.0, 0.3, 1.0):
        delta = noised(long(length).astype(np.float64), announcement, trust)
        made = update_of(delta, announcement, ONE.name, ONE.key, ONE.line, count=3, delta_dp=1e-6)
        payload = made.model_copy(update={"id": "a" * 32}).payload()
        assert judged(Incoming(ONE.topic, payload), announcement) is None
