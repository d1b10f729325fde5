"""Times a State to its PUBACK: ``python -m tests.benchmarks.to_broker [--states N] [--tls] [--core N] [--json]``.

The broker is a real Mosquitto on loopback. The clock starts where the State is offered to the outlet, as the loop does
it, and stops where the broker's acknowledgement was read: the outlet's queue, two changes of thread, the payload, and
the way there and back are in it. With ``--waiting N`` as many messages leave the outbox meanwhile, to show that they
do not hold it up.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.affect import Emotion
from edge.cli.bench.load import pinned
from edge.cli.bench.machine import machine
from edge.loop.latency import percentile
from edge.outlets.mqtt.identity import Identity
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.mqtt.phase import Phase
from edge.outlets.mqtt.session import Message, Session
from edge.outlets.mqtt.settings import MqttSettings
from edge.privacy.outbox import Outbox
from edge.privacy.vault import open_vault
from tests.broker import LONGEST_S, Broker, Listener, running_broker, until
from tests.edge.outlets.mqtt.samples import state

if TYPE_CHECKING:
    from collections.abc import Callable

FLOOR_S = 0.05
"""The least that ``mqtt.min_interval_s`` may be."""
WARM_STATES = 20


def times(states: int, broker: Broker, folder: Path, *, tls: bool, waiting: int) -> list[float]:
    """Milliseconds of each State, in the order in which they were offered."""
    took: list[float] = []
    answered = threading.Event()
    offered_ns = 0

    def note(code: int, words: str) -> None:  # noqa: ARG001 - the outlet looks at both
        took.append((time.monotonic_ns() - offered_ns) / 1e6)
        answered.set()

    _listen_to_states(note)
    outbox = Outbox(open_vault(folder))
    for number in range(waiting):
        outbox.put("aggregate", "fleet/bench/aggregate", {"n": number}, lifetime_s=3600)
    outlet = MqttOutlet(_settings(broker, tls=tls), Identity("bench", "Bench", "1"), outbox=outbox)
    outlet.attach()
    until(lambda: outlet.status.phase is Phase.ONLINE)
    for number in range(states + WARM_STATES):
        answered.clear()
        offered_ns = time.monotonic_ns()
        outlet.offer(state((Emotion.HAPPY, Emotion.SAD)[number % 2]))
        if not answered.wait(LONGEST_S):
            message = f"no acknowledgement: {outlet.status}"
            raise SystemExit(message)
        time.sleep(FLOOR_S * 1.2)
    outlet.stop()
    return took[WARM_STATES:]


def _settings(broker: Broker, *, tls: bool) -> MqttSettings:
    # What is said again a moment after discovery or when it expires would be taken for an answer.
    plain = {"host": broker.host, "port": broker.plain, "min_interval_s": FLOOR_S, "expire_after_s": 3600}
    secure = {"tls": True, "port": broker.tls, "tls_ca": broker.ca, "tls_cert": broker.cert, "tls_key": broker.key}
    return MqttSettings.model_validate({**plain, **(secure if tls else {})})


def _listen_to_states(note: Callable[[int, str], None]) -> None:
    true_publish = Session.publish

    def publish(self: Session, message: Message, answered: Any = None) -> int | None:  # noqa: ANN401 - as it has it
        return true_publish(self, message, note if message.topic.endswith("/state") else answered)

    Session.publish = publish  # type: ignore[method-assign]


def main() -> None:
    """Print p50, p99 and the largest, or with --json an object."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.to_broker", description="State to PUBACK.")
    parser.add_argument("--states", type=int, default=1000, help="how many (default 1000)")
    parser.add_argument("--tls", action="store_true", help="over TLS with a client certificate")
    parser.add_argument("--waiting", type=int, default=0, help="messages that wait in the outbox (default 0)")
    parser.add_argument("--core", type=int, help="run on this core only, with the broker")
    parser.add_argument("--json", action="store_true", help="print one object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, pinned(arguments.core), running_broker() as broker:
        place = Path(folder)
        with Listener(broker, "fleet/#"):  # what nobody takes is not sent
            took = sorted(times(arguments.states, broker, place, tls=arguments.tls, waiting=arguments.waiting))
    figures = {"p50_ms": percentile(took, 50), "p99_ms": percentile(took, 99), "max_ms": took[-1]}
    if arguments.json:
        about = {"states": len(took), "tls": arguments.tls, "waiting": arguments.waiting}
        print(json.dumps({**about, **figures, "machine": machine(arguments.core)}))
    else:
        print("  ".join(f"{name} {value:.2f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
