from __future__ import annotations

import socket

import pytest

from edge.errors import SensorError, SensorGone
from edge.sensors.settings import WordsSettings
from edge.sensors.wyoming.address import Endpoint, checked, endpoint, is_private
from edge.sensors.wyoming.listener import TranscriptListener


@pytest.mark.parametrize(
    ("source", "host", "port"),
    [
        ("wyoming://127.0.0.1:10300", "127.0.0.1", 10300),
        ("wyoming://hub.local:1/", "hub.local", 1),
        ("wyoming-listen://[::1]:65535", "::1", 65535),
    ],
)
def test_an_address_has_a_host_and_a_port(source: str, host: str, port: int) -> None:
    found = endpoint(source, "words.source")
    assert (found.host, found.port) == (host, port)


@pytest.mark.parametrize(
    "source",
    ["wyoming://", "wyoming://hub", "wyoming://hub:0", "wyoming://hub:65536", "wyoming://a@hub:1", "wyoming://hub:1/x"],
)
def test_another_address_is_refused_with_the_setting_the_value_and_the_form(source: str) -> None:
    with pytest.raises(SensorError, match=r"words\.source is .*wyoming://host:port"):
        endpoint(source, "words.source")


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("10.0.0.1", True),
        ("172.16.0.1", True),
        ("172.31.255.255", True),
        ("172.32.0.1", False),
        ("192.168.1.2", True),
        ("192.169.0.1", False),
        ("169.254.1.1", True),
        ("fd00::1", True),
        ("fe80::1%eth0", True),
        ("::ffff:192.168.0.1", True),
        ("::ffff:8.8.8.8", False),
        ("8.8.8.8", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - it is refused
        ("::", False),
        ("2001:db8::1", False),
    ],
)
def test_private_is_what_no_router_passes_on(address: str, private: bool) -> None:  # noqa: FBT001 - a truth of the table
    assert is_private(address) is private


def test_a_public_address_is_refused_unless_it_is_allowed() -> None:
    target = Endpoint("wyoming", "8.8.8.8", 10300)
    with pytest.raises(SensorError, match=r"public address \(8\.8\.8\.8\).*words\.public_server = true"):
        checked(target, "words.source", public=False)
    assert checked(target, "words.source", public=True) == [(socket.AF_INET, "8.8.8.8")]


def test_of_a_name_only_the_private_addresses_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, 1, 6, "", (address, 1)) for address in ("8.8.8.8", "192.168.0.9")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert checked(Endpoint("wyoming", "hub", 1), "words.source", public=False) == [(socket.AF_INET, "192.168.0.9")]


def test_a_name_that_is_not_known_is_tried_again() -> None:
    with pytest.raises(SensorGone, match="cannot be resolved"):
        checked(Endpoint("wyoming", "no-such-host.invalid", 1), "words.source", public=False)


def test_nobody_listens_on_every_address_of_the_device() -> None:
    listener = TranscriptListener(WordsSettings(source="wyoming-listen://0.0.0.0:10500"))
    with pytest.raises(SensorError, match="public address"):
        listener.attach()
