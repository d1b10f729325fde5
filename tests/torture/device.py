"""A device that only puts aggregates into its outbox: ``python -m tests.torture.device FOLDER PORT ALLOWED``.

Each message has a number that is counted on in the same commit that stores the message, as a ledger is. Lines on
standard output: "number id": the commit returned; "!": it was refused; "#": the vault could not be opened; "idle":
nothing waits any more; "cut", after SIGUSR1: the vault's log has no space in reserve. ALLOWED is a file with the number
up to which it may go.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import VaultError
from edge.outlets.mqtt import backoff, courier
from edge.outlets.mqtt.identity import Identity
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.mqtt.settings import MqttSettings
from edge.privacy.outbox import LONGEST_LIFETIME_S, Outbox
from edge.privacy.outbox_settings import OutboxSettings
from edge.privacy.vault import Vault, open_vault
from tests.edge.outlets.mqtt.samples import state

if TYPE_CHECKING:
    from typing import NoReturn

DEVICE = "torture"
TOPIC = f"fleet/{DEVICE}/aggregate"
SHORT_S = 0.5
"""Waits that take minutes in a household are as short as this, so that hours of faults pass in minutes."""
NAME = "torture number"


def main() -> NoReturn:
    """Go on until it is killed."""
    folder, port, allowed = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    shorten = threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: shorten.set())
    backoff.FIRST_WAIT_S, backoff.LONGEST_WAIT_S, courier.RETRY_S = 0.1, SHORT_S, SHORT_S
    vault = _opened(folder)
    outbox = Outbox(vault, OutboxSettings(most_messages=100_000))
    settings = MqttSettings(host="127.0.0.1", port=port, keepalive_s=5)
    outlet = MqttOutlet(settings, Identity(DEVICE, "Torture", "1"), outbox=outbox)
    outlet.attach()
    print("ready", flush=True)
    while True:
        number = 0
        try:
            if shorten.is_set():
                vault.rows("PRAGMA wal_checkpoint(TRUNCATE)")
                shorten.clear()
                print("cut", flush=True)
            number = _next(vault, outbox, int(allowed.read_text(encoding="ascii")))
        except VaultError as error:
            print("!", error, flush=True)
        if number == 0:
            outlet.offer(state())
            time.sleep(0.02)


def _opened(folder: Path) -> Vault:
    while True:
        try:
            return open_vault(folder)
        except VaultError as error:
            print("#", error, flush=True)
            time.sleep(0.1)


def _next(vault: Vault, outbox: Outbox, allowed: int) -> int:
    """Store one more and say so; 0 where no more are allowed now."""
    with vault.transaction() as transaction:
        rows = transaction.rows("SELECT value FROM counter WHERE name = ?", NAME)
        number = 1 + (int(rows[0][0] or 0) if rows else 0)
        if number > allowed:
            ((waiting,),) = transaction.rows("SELECT count(*) FROM outbox")
            number = 0
        else:
            up = "INSERT INTO counter VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
            transaction.run(up, NAME)
            message = {"n": number, "text": "x" * (number * 7919 % 2000)}
            ident = outbox.put("aggregate", TOPIC, message, lifetime_s=LONGEST_LIFETIME_S, transaction=transaction)
    if number:
        print(number, ident, flush=True)
    elif waiting == 0:
        print("idle", flush=True)
    return number


if __name__ == "__main__":
    main()
