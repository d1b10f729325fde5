from __future__ import annotations

import pytest

from edge.privacy.outbox import LARGEST
from fleet.deliveries import Delivery, Refusal, read

ID = "0f" * 16


def test_a_message_of_a_device_is_taken_apart() -> None:
    payload = b'{"counts":[1],"id":"%s"}' % ID.encode()
    assert read("fleet/kitchen/aggregate", payload) == Delivery("kitchen", "aggregate", ID, {"counts": [1], "id": ID})


@pytest.mark.parametrize(
    ("topic", "payload", "why"),
    [
        ("fleet/kitchen", b"{}", "topic"),
        ("fleet/a b/aggregate", b"{}", "topic"),
        ("other/kitchen/aggregate", b"{}", "topic"),
        ("fleet/kitchen/aggregate/more", b"{}", "topic"),
        ("fleet/k/aggregate", b"x" * (LARGEST + 1), "bytes"),
        ("fleet/k/aggregate", b"\xff\xfe", "no JSON"),
        ("fleet/k/aggregate", b"{", "no JSON"),
        ("fleet/k/aggregate", b"[" * 60_000, "no JSON"),
        ("fleet/k/aggregate", b'{"id": NaN}', "no JSON"),
        ("fleet/k/aggregate", b"[]", "no JSON object"),
        ("fleet/k/aggregate", b"{}", "its id"),
        ("fleet/k/aggregate", b'{"id": 7}', "its id"),
        ("fleet/k/aggregate", b'{"id": "../../etc"}', "its id"),
    ],
)
def test_anything_else_is_refused_with_the_reason(topic: str, payload: bytes, why: str) -> None:
    found = read(topic, payload)
    assert isinstance(found, Refusal)
    assert why in found.why
