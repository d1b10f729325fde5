"""Ten thousand messages that nobody understands, through a real broker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from edge.cli.running import rss_mib
from edge.outlets.mqtt.identity import Topics
from edge.outlets.mqtt.phase import Phase
from tests.broker import LONGEST_S, Listener, until
from tests.edge.outlets.mqtt.samples import state
from tests.edge.outlets.mqtt.test_outlet import running, settings_for

if TYPE_CHECKING:
    import pytest

    from edge.outlets.mqtt.identity import Identity
    from tests.broker import Broker

MESSAGES = 10_000
WITHIN_MIB = 20
"""The messages alone would be 10,000 × 4 KiB = 40 MiB."""


def test_ten_thousand_malformed_messages_are_counted_and_change_nothing(
    broker: Broker, identity: Identity, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_for(broker, identity)
    topics = Topics.of(settings, identity)
    junk = [b"", b"{", b"ONLINE", b"\xff\xfe\x00", b'{"online": ' * 100, bytes(range(256)) * 16, b"x" * 4096]
    flooder = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
    flooder.max_queued_messages_set(0)
    flooder.connect(broker.host, broker.plain)
    flooder.loop_start()
    with Listener(broker, topics.state) as listener, running(settings, identity) as outlet:
        until(lambda: outlet.status.phase is Phase.ONLINE)
        outlet.offer(state())
        listener.on(topics.state)
        before = rss_mib()
        for number in range(MESSAGES):
            flooder.publish(topics.home_status, junk[number % len(junk)], qos=1)
            if number % 500 == 0:
                outlet.offer(state(valence=number / MESSAGES))
        last = flooder.publish(topics.home_status, b"the last", qos=1)
        last.wait_for_publish(LONGEST_S)
        announcer = outlet._announcer
        # The broker drops for a subscriber whose queue is full, so not all arrive; what arrives is counted.
        until(lambda: announcer.misunderstood > MESSAGES / 20)
        assert outlet.status.connections == 1, "the connection was never lost"
        assert rss_mib() - before < WITHIN_MIB
        count = len(listener.heard)
        flooder.publish(topics.home_status, b"online", qos=1).wait_for_publish(LONGEST_S)
        until(lambda: len(listener.heard) > count)
        assert outlet.failures == 0
    flooder.disconnect()
    flooder.loop_stop()
    assert sum("is not understood" in record.message for record in caplog.records) == 1
