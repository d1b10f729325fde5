from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edge.errors import InputError
from edge.privacy.contribution import Variances
from fleet import deliveries
from fleet.aggregates.received import Book, read, sift
from tests.fleet.aggregates.support import encoded, household

if TYPE_CHECKING:
    from pathlib import Path


def changed(payload: bytes, **fields: object) -> bytes:
    return json.dumps({**json.loads(payload), **fields}).encode()


def test_what_a_device_sends_is_what_is_read(tmp_path: Path) -> None:
    messages = household(1, 3)
    file = tmp_path / "told.jsonl"
    file.write_bytes(b"\n".join([*encoded(messages), b"", b""]))
    found = read(file).messages
    assert [one.payload() for one in found] == [one.payload() for one in messages]
    assert found[0].counted() == messages[0].counted()


def delivered(payload: bytes) -> deliveries.Delivery:
    found = deliveries.read("fleet/dev1/aggregate", payload)
    assert isinstance(found, deliveries.Delivery)
    return found


def test_each_id_is_kept_once_also_over_a_restart(tmp_path: Path) -> None:
    payloads = encoded(household(1, 3))
    book = Book(tmp_path / "told.db")
    assert [book.take(delivered(payload)) for payload in [*payloads, payloads[0]]] == [True, True, True, False]
    assert book.take(delivered(changed(payloads[0], words="hello")))
    assert book.malformed == 1
    book.close()
    again = Book(tmp_path / "told.db")
    assert not again.take(delivered(payloads[2]))
    again.close()
    assert len(read(tmp_path / "told.db").messages) == 3


def test_a_household_counts_once_for_an_hour_whatever_it_sends() -> None:
    first, *_ = encoded(household(1, 1))
    found = sift([first, first, changed(first, id="f" * 32, replies=10**6)])
    assert (len(found.messages), found.repeated) == (1, 2)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"id": None},
        {"id": "short"},
        {"pseudonym": "Anna"},
        {"hour": 24},
        {"day": "yesterday"},
        {"replies": 1.5},
        {"replies": True},
        {"valence": 2**60},
        {"words": "hello"},
        {"epsilon": 3},
        {"minutes": {}},
        {"noise": {"minutes": 0, "valence": 1, "replies": 1, "feedback": 1}},
    ],
)
def test_what_is_no_aggregate_is_counted_and_left_out(change: dict[str, object]) -> None:
    first, *_ = encoded(household(1, 1))
    found = sift([changed(first, **change)])
    assert (len(found.messages), found.malformed) == (0, 1)


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 4000, b" " * 5000])
def test_what_is_no_message_at_all_is_left_out(payload: bytes) -> None:
    assert sift([payload]).malformed == 1


def test_a_number_that_no_noise_makes_is_left_out() -> None:
    first, *_ = encoded(household(1, 1))
    assert sift([changed(first, replies=10**9)]).implausible == 1


def test_a_message_with_too_little_noise_is_left_out() -> None:
    first, *_ = encoded(household(1, 1))
    zero = dict.fromkeys(json.loads(first)["minutes"], 0)
    likely = {"minutes": zero, "valence": 0, "replies": 0, "feedback": {"helped": 0, "not_now": 0, "wrong": 0}}
    enough = changed(first, **likely)
    assert len(sift([enough]).messages) == 1
    bare = {"minutes": 3, "valence": 3, "replies": 3, "feedback": 3}
    assert Variances(**bare).rho > 1
    assert sift([changed(enough, noise=bare)]).implausible == 1


def test_a_file_that_is_not_there_or_no_receivers_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl cannot be read: No such file"):
        read(tmp_path / "none.jsonl")
    (tmp_path / "broken.db").write_bytes(b"SQLite format 3\0 and then nothing")
    with pytest.raises(InputError, match=r"broken\.db cannot be used"):
        read(tmp_path / "broken.db")
    with pytest.raises(InputError, match="cannot be used"):
        Book(tmp_path / "nowhere" / "told.db")
