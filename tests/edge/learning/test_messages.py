"""What goes over the wire in a round: whole, signed, and refused with a sentence where it is not."""

import json

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from edge.accelerators.keys import PublicKey
from edge.errors import FleetError
from edge.learning.federated import vectors
from edge.learning.federated.messages import (
    LARGEST,
    MOST_EXAMPLES,
    Announcement,
    Result,
    Update,
    canonical,
    public_key,
    read,
    sign,
    unix_s,
    utc,
    verify,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
HEAD = np.linspace(-1, 1, 8, dtype=np.float32)


def announcement(**changed: object) -> Announcement:
    fields: dict[str, object] = {
        "round": 3,
        "head": vectors.digest(HEAD),
        "size": 8,
        "clip": 0.5,
        "noise_multiplier": 2.5,
        "cohort": 100,
        "opens_utc": "2026-11-28T18:00:00Z",
        "closes_utc": "2026-11-28T19:00:00Z",
        "share": 0.1,
    }
    return sign(Announcement.model_validate(fields | changed), KEY)


def update(**changed: object) -> Update:
    fields: dict[str, object] = {
        "round": 3,
        "head": vectors.digest(HEAD),
        "device": "pi-01",
        "public_key": public_key(KEY, "pi-01").line,
        "delta": vectors.encode(HEAD),
        "count": 5,
        "epsilon": 1.9,
        "delta_dp": 1e-6,
    }
    return sign(Update.model_validate(fields | changed), KEY)


def result(**changed: object) -> Result:
    head: dict[str, object] = {"head": vectors.digest(HEAD), "parameters": vectors.encode(HEAD)}
    fields: dict[str, object] = {"round": 3, "devices": 120} | head
    return sign(Result.model_validate(fields | changed), KEY)


@pytest.mark.parametrize(("kind", "made"), [(Announcement, announcement()), (Update, update()), (Result, result())])
def test_what_is_sent_is_what_is_read_and_its_signature_holds(kind: type[Update], made: Update) -> None:
    got = read(kind, made.payload())
    assert got == made
    verify(got, public_key(KEY, "the sender"))
    with pytest.raises(FleetError, match="round 3 is not signed by the key"):
        verify(got, public_key(OTHER, "another"))


@pytest.mark.parametrize(
    ("made", "field", "value"),
    [
        (announcement(), "noise_multiplier", 0.1),
        (announcement(), "closes_utc", "2027-11-28T19:00:00Z"),
        (update(), "delta", vectors.encode(-HEAD)),
        (update(), "device", "pi-02"),
        (update(), "round", 4),
        (result(), "devices", 121),
    ],
)
def test_a_field_that_is_changed_on_the_way_breaks_the_signature(made: Update, field: str, value: object) -> None:
    content = made.message() | {field: value}
    got = read(type(made), canonical(content))
    with pytest.raises(FleetError, match="is not signed by"):
        verify(got, public_key(KEY, "the sender"))


def test_the_id_that_the_outbox_puts_on_is_not_part_of_what_is_signed() -> None:
    made = update()
    assert "id" not in made.message()
    got = read(Update, canonical(made.message() | {"id": "0123456789abcdef" * 2}))
    assert got.id == "0123456789abcdef" * 2
    verify(got, got.key)


def test_the_schema_is_said_in_the_payload() -> None:
    assert json.loads(update().payload())["schema"] == 1


BAD = [
    (update(), "round", 0),
    (update(), "round", "3"),
    (update(), "round", True),
    (update(), "head", "abc"),
    (update(), "device", "a/b"),
    (update(), "device", "+"),
    (update(), "public_key", "rsa AAAA"),
    (update(), "delta", "not base64!"),
    (update(), "delta", "A" * (vectors.LONGEST + 4)),
    (update(), "count", 0),
    (update(), "count", MOST_EXAMPLES + 1),
    (update(), "epsilon", -1.0),
    (update(), "delta_dp", 1.0),
    (update(), "signature", "AAAA"),
    (update(), "id", "not-a-uuid"),
    (update(), "schema", 2),
    (update(), "words", "what a person said"),
    (announcement(), "clip", 0.0),
    (announcement(), "share", 1.5),
    (announcement(), "cohort", 0),
    (announcement(), "size", vectors.MOST_PARAMETERS + 1),
    (announcement(), "opens_utc", "2026-11-28 18:00"),
    (announcement(), "opens_utc", "2026-13-28T18:00:00Z"),
    (announcement(), "opens_utc", "2026-11-28T19:00:00Z"),
    (announcement(), "noise_multiplier", -1.0),
    (result(), "devices", -1),
    (result(), "parameters", ""),
]


@pytest.mark.parametrize(("made", "field", "value"), BAD)
def test_a_wrong_field_is_refused_with_its_name(made: Update, field: str, value: object) -> None:
    with pytest.raises(FleetError) as refused:
        read(type(made), json.dumps(made.message() | {field: value}).encode())
    told = "the whole" if field == "opens_utc" and "T" in str(value) else field
    assert f"wrong at {told}" in str(refused.value)


@pytest.mark.parametrize("field", ["round", "head", "device", "public_key", "delta", "count", "epsilon", "delta_dp"])
def test_a_missing_field_is_refused_with_its_name(field: str) -> None:
    content = update().message()
    del content[field]
    with pytest.raises(FleetError, match=f"wrong at {field}"):
        read(Update, canonical(content))


def test_a_message_without_a_signature_is_refused() -> None:
    content = update().message()
    del content["signature"]
    with pytest.raises(FleetError, match="it is not signed"):
        read(Update, canonical(content))


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(value: str) -> None:
    text = announcement().payload().decode().replace('"clip":0.5', f'"clip":{value}')
    assert value in text
    with pytest.raises(FleetError, match="the announcement is wrong"):
        read(Announcement, text.encode())


def test_what_is_too_long_is_refused_unread() -> None:
    with pytest.raises(FleetError, match=f"at most {LARGEST} are taken"):
        read(Update, b"[" * (LARGEST + 1))


@given(st.binary(max_size=200))
def test_noise_is_refused_and_nothing_else_happens(payload: bytes) -> None:
    with pytest.raises(FleetError):
        read(Update, payload)


def test_an_error_does_not_repeat_all_that_was_sent() -> None:
    with pytest.raises(FleetError) as refused:
        read(Update, canonical(update().message() | {"device": "x" * 9000}))
    assert len(str(refused.value)) < 400


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=2, max_size=50))
def test_a_vector_comes_back_to_the_bit(numbers: list[float]) -> None:
    vector = np.array(numbers, np.float32)
    assert vectors.decode(vectors.encode(vector), len(numbers), "it").tobytes() == vector.tobytes()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (vectors.encode(HEAD[:-1]), "has 28 bytes, wanted are 32 for 8 float32"),
        (vectors.encode(np.array([0, 1, np.nan, 0, 0, 0, 0, 0])), "has nan at place 2"),
        (vectors.encode(np.array([0, 1, 0, np.inf, 0, 0, 0, 0])), "has inf at place 3"),
        ("A===", "is not base64"),
    ],
)
def test_a_vector_that_does_not_fit_is_refused(text: str, told: str) -> None:
    with pytest.raises(FleetError, match=told):
        vectors.decode(text, 8, "it")


def test_a_head_that_is_not_the_one_it_says_is_refused() -> None:
    with pytest.raises(FleetError, match="has the digest"):
        result(head=vectors.digest(-HEAD)).vector(8)
    assert np.array_equal(result().vector(8), HEAD)


def test_the_key_of_an_update_is_that_of_its_line() -> None:
    assert update().key == PublicKey(KEY.public_key().public_bytes_raw(), "pi-01")


def test_times_go_there_and_back() -> None:
    assert utc(unix_s("2026-11-28T18:50:00Z")) == "2026-11-28T18:50:00Z"
    assert announcement().closes_s - announcement().opens_s == 3600
