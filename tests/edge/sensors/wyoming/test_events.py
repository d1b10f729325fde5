from __future__ import annotations

import contextlib
import io
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.sensors.wyoming.events import DATA_BYTES, HEADER_BYTES, PAYLOAD_BYTES, Event, Malformed, Reader, encoded

EVENTS = st.builds(
    Event,
    st.text(min_size=1),
    st.dictionaries(st.text(), st.integers() | st.text() | st.none()),
    st.binary(max_size=200),
)


@given(st.lists(EVENTS, max_size=4), st.integers(1, 50))
def test_events_survive_the_wire_in_portions_of_any_size(events: list[Event], size: int) -> None:
    wire = b"".join(encoded(event) for event in events)
    reader = Reader()
    heard = [event for at in range(0, len(wire), size) for event in reader.feed(wire[at : at + size])]
    assert heard == events
    assert not reader.within


@given(st.binary(max_size=300))
def test_any_bytes_are_events_or_malformed(block: bytes) -> None:
    with contextlib.suppress(Malformed):
        assert all(isinstance(event, Event) for event in Reader().feed(block))


def test_data_within_the_first_line_and_after_it_are_joined() -> None:
    wire = b'{"type":"transcript","data":{"text":"a","language":"en"},"data_length":12}\n{"text":"b"}'
    assert Reader().feed(wire) == [Event("transcript", {"text": "b", "language": "en"})]


@pytest.mark.parametrize(
    ("block", "why"),
    [
        (b"x" * (HEADER_BYTES + 1), "more than"),
        (b"\xff\xfe\n", "no JSON"),
        (b"[" * 60_000 + b"\n", "no JSON"),
        (b"[]\n", "no JSON object"),
        (b"{}\n", "without a type"),
        (b'{"type":"a","data":[1]}\n', "no object"),
        (b'{"type":"a","data_length":%d}\n' % (DATA_BYTES + 1), "data_length"),
        (b'{"type":"a","payload_length":%d}\n' % (PAYLOAD_BYTES + 1), "payload_length"),
        (b'{"type":"a","payload_length":-1}\n', "payload_length"),
        (b'{"type":"a","payload_length":true}\n', "payload_length"),
        (b'{"type":"a","payload_length":"9"}\n', "payload_length"),
        (b'{"type":"a","data_length":2}\n\xff\xff', "data that is no JSON"),
    ],
)
def test_what_is_no_event_is_refused_with_the_reason(block: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        Reader().feed(block)


def test_an_event_that_is_not_complete_is_held() -> None:
    reader = Reader()
    assert reader.feed(encoded(Event("a", {"b": 1}, b"12"))[:-1]) == []
    assert reader.within
    assert reader.feed(b"2") == [Event("a", {"b": 1}, b"12")]


def test_the_wyoming_package_reads_what_we_write_and_we_read_what_it_writes() -> None:
    pytest.importorskip("wyoming.event", reason="the wyoming package is not installed")
    code = """
import sys
from wyoming.event import read_event, write_event
event = read_event(sys.stdin.buffer)
assert (event.type, event.data, event.payload) == ("audio-chunk", {"rate": 16000, "name": "声"}, b"\\0\\1"), event
write_event(event, sys.stdout.buffer)
"""
    event = Event("audio-chunk", {"rate": 16000, "name": "声"}, b"\0\1")
    ran = subprocess.run(
        [sys.executable, "-c", code], input=encoded(event), capture_output=True, check=True, timeout=30
    )
    assert Reader().feed(io.BytesIO(ran.stdout).read()) == [event]
