"""Who must not get in at all: no certificate, or one that is not, not yet or no more good."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import TYPE_CHECKING

from fleet.broker.peer import REFUSED_S, Papers, Peer
from fleet.broker.plan import DEVICE
from fleet.broker.trial import Attempt
from fleet.ca.certificates import SLOW_CLOCK, Authority, issue, key_pem, new_authority, new_key, pem, utc_now
from fleet.ca.folder import replace, write_private
from fleet.ca.names import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from fleet.ca.household import Household

PLAIN = bytes.fromhex("101300044d51545405020005000006") + b"plain0"
"""A CONNECT of MQTT 5 without TLS, client id "plain0"."""


def written(folder: Path, authority: Authority, name: str, *, now: datetime, days: int = 365, ca: Path) -> Papers:
    """A certificate of ``authority`` that no list knows of, in ``folder``; the broker is checked by ``ca``."""
    key = new_key()
    write_private(folder / "private.key", key_pem(key))
    certificate = issue(authority, Role.DEVICE, name, key.public_key(), now=now, days=days)
    replace(folder / "certificate.crt", pem(certificate))
    return Papers(ca, folder / "certificate.crt", folder / "private.key")


def strangers(household: Household, folder: Path, revoked: Papers) -> dict[str, Papers]:
    """All of them, by what is wrong with them. Each has the name of a device that the broker knows."""
    own, now = household.authority, utc_now()
    ca = household.folder / "broker" / "ca.crt"
    broker = household.folder / "broker"
    foreign = new_authority(own.certificate.subject.rfc4514_string().removeprefix("CN="), now, 365)
    return {
        "without a certificate": Papers(ca),
        "of a foreign authority of the same name": written(folder / "foreign", foreign, DEVICE, now=now, ca=ca),
        "expired": written(folder / "expired", own, DEVICE, now=now - timedelta(days=2), days=1, ca=ca),
        "not yet valid": written(folder / "early", own, DEVICE, now=now + SLOW_CLOCK + timedelta(days=1), ca=ca),
        "revoked": revoked,
        "with the broker's certificate": Papers(ca, broker / "certificate.crt", broker / "private.key"),
    }


def knocks(port: int, found: dict[str, Papers]) -> Iterator[Attempt]:
    """Whether any of them is accepted, or a client without TLS is answered."""
    for what, papers in found.items():
        peer = Peer(port, papers)
        yield Attempt(what, "connects", "", allowed=False, through=peer.connect(REFUSED_S))
        peer.close()
    yield Attempt("without TLS", "connects", "", allowed=False, through=_answers_plainly(port))


def _answers_plainly(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), REFUSED_S) as link:
        link.sendall(PLAIN)
        try:
            return link.recv(1)[:1] == b"\x20"  # CONNACK
        except OSError:
            return False
