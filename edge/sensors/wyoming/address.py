"""Whom a sensor may talk to: the host that the settings name, and only if it is in this house.

Sound and words never go to a public address unless the settings allow it. The address that was checked is the one that
is connected to, so that a name which resolves differently a moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass

from edge.errors import SensorError, SensorGone

SOURCE = re.compile(
    r"(?P<scheme>wyoming|wyoming-listen)://(?P<host>\[[0-9a-fA-F:.]+\]|[^\s:/@\[\]]+):(?P<port>\d{1,5})/?"
)
HIGHEST_PORT = 65_535
PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "127.0.0.0/8", "::1/128",  # loopback: RFC 1122 3.2.1.3, RFC 4291 2.5.3
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # RFC 1918
        "169.254.0.0/16", "fe80::/10",  # one link: RFC 3927, RFC 4291 2.5.6
        "fc00::/7",  # unique local: RFC 4193
    )
)  # fmt: skip
"""Networks that no router passes on to the internet."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``host`` is a name or an address without brackets."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        """``host:port`` as a reader writes it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def is_wyoming(source: str) -> bool:
    """Whether ``source`` means to be an address of this protocol, well written or not."""
    return source.partition("://")[0] in {"wyoming", "wyoming-listen"} and "://" in source


def endpoint(source: str, setting: str) -> Endpoint:
    """The parts of ``wyoming://host:port``. Raises SensorError that names ``setting``, e.g. "words.source"."""
    match = SOURCE.fullmatch(source)
    if match is None or not 1 <= int(match["port"]) <= HIGHEST_PORT:
        problem = f"{setting} is {source!r}; an address is written wyoming://host:port, with a port from 1 to 65535"
        raise SensorError(problem, f'Write {setting} = "wyoming://127.0.0.1:10300", say')
    return Endpoint(match["scheme"], match["host"].strip("[]"), int(match["port"]))


def is_private(address: str) -> bool:
    """Whether an IP address is loopback, private or of this link; an IPv4 address within IPv6 counts as what it is."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(parsed in network for network in PRIVATE if network.version == parsed.version)


def checked(target: Endpoint, setting: str, *, public: bool) -> list[tuple[socket.AddressFamily, str]]:
    """The addresses of ``target`` that may be used, in the resolver's order.

    Args:
        target: whom to reach.
        setting: what named it, for the message.
        public: True lets public addresses pass.

    Raises:
        SensorGone: the name cannot be resolved now.
        SensorError: all of its addresses are public, and that is not allowed.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        problem = f"{setting} names {target.host!r}, which cannot be resolved"
        raise SensorGone(problem, "Check the name and the network; it is tried again by itself") from error
    addresses: list[tuple[socket.AddressFamily, str]] = [(family, str(where[0])) for family, _, _, _, where in found]
    allowed = [item for item in addresses if public or is_private(item[1])]
    if not allowed:
        problem = f"{setting} names {target}, a public address ({addresses[0][1]}); nothing is sent out of the house"
        remedy = "Name a host with a loopback or private address"
        if setting == "words.source":
            remedy += ", or set words.public_server = true if that is meant"
        raise SensorError(problem, remedy)
    return allowed
