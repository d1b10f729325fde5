"""The outlet to the home: States and Replies go to a broker, where Home Assistant finds them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from edge.affect import Episode, Reply, State
from edge.errors import OutletError, VaultError
from edge.outlets.mqtt import credentials
from edge.outlets.mqtt.announcer import Announcer
from edge.outlets.mqtt.connection import Connection
from edge.outlets.mqtt.courier import Courier
from edge.outlets.mqtt.duet import Duet
from edge.outlets.mqtt.fleet_ear import FleetEar
from edge.outlets.mqtt.identity import Topics
from edge.outlets.mqtt.payloads import OFFLINE, CrisisNotice
from edge.outlets.mqtt.phase import Phase, Status
from edge.outlets.mqtt.session import Message
from edge.outlets.outlet import Item, Outcome, Outlet, Portrait
from edge.response.proposal import Act, Proposal

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.affect import Sense
    from edge.outlets.mqtt.commands import Commands
    from edge.outlets.mqtt.connection import Speaker
    from edge.outlets.mqtt.diagnostics import Sources
    from edge.outlets.mqtt.identity import Identity
    from edge.outlets.mqtt.settings import MqttSettings
    from edge.privacy.outbox import Outbox

log = logging.getLogger(__name__)

STOP_S = 1.0
"""Limit for the goodbye to the broker."""
NOTED_S = 0.3
"""Limit for the vault to note what the broker has said until then."""
NOTICE_S = 86_400.0
"""How long a crisis notice is worth sending: it says when it happened."""


class MqttOutlet(Outlet):
    """Keeps trying to reach the broker; what happens meanwhile is in ``status`` and never disturbs the loop."""

    name = "mqtt"
    takes = (State, Reply, Episode, Proposal, Act, Outcome, Portrait)

    def __init__(
        self,
        settings: MqttSettings,
        identity: Identity,
        sources: Sources | None = None,
        commands: Commands | None = None,
        *,
        picture: bool = False,
        outbox: Outbox | None = None,
        in_flight: int = 8,
        fleet: Callable[[str, bytes], None] | None = None,
    ) -> None:
        """Connects to nothing yet; what is called may be called from any thread.

        Args:
            settings: the table ``[mqtt]``.
            identity: of this device.
            sources: where the diagnostics come from.
            commands: what the home may say to the device; None: nothing.
            picture: whether Portraits will come.
            outbox: what must arrive; None: crisis notices wait in memory, and nothing else is carried.
            in_flight: messages of the outbox on their way at once.
            fleet: takes topic and payload of what the coordinator of a fleet publishes; None: it is not listened to.
        """
        super().__init__()
        self._settings = settings
        self._identity = identity
        self._topics = Topics.of(settings, identity)
        self._announcer = Announcer(
            settings,
            identity,
            self._topics,
            self.expires_s,
            lambda: self.dropped,
            sources=sources,
            commands=commands,
            picture=picture,
        )
        self._connection: Connection | None = None
        self._outbox = outbox
        self._in_flight = in_flight
        self._courier: Courier | None = None
        self._fleet = fleet

    @property
    def trouble(self) -> str | None:
        """Why what must arrive cannot be read or noted now; None while it can."""
        return None if self._courier is None else self._courier.trouble

    @property
    def status(self) -> Status:
        """Where the connection stands, why, and what to do about it."""
        return Status() if self._connection is None else self._connection.status

    @property
    def listens(self) -> bool:
        """Whether the broker has this device, so that a home may carry out what is proposed."""
        return self.status.phase is Phase.ONLINE

    def open(self) -> None:
        """Check the settings' files and start to connect. An unreachable broker is no error; it is tried again.

        Raises:
            OutletError: when MQTT is off, or a credential's file cannot be used.
        """
        if not self._settings.active:
            problem = "MQTT is off, as mqtt.host is empty or mqtt.enabled is false"
            raise OutletError(problem, "Set mqtt.host to the broker's name or address")
        credentials.password(self._settings)
        credentials.tls_context(self._settings)
        will = Message(self._topics.availability, OFFLINE.encode(), retain=True)
        speaker: Speaker = self._announcer
        if self._outbox is not None:
            self._courier = Courier(self._outbox, self._in_flight, self._ring)
            speaker = Duet(self._announcer, self._courier)
        if self._fleet is not None:
            speaker = FleetEar(speaker, self._fleet)
        self._connection = Connection(self._settings, f"rapport-{self._identity.device_id}", will, speaker)
        self._connection.start()
        if self._courier is not None:
            self._courier.start()

    def deliver(self, item: Item) -> None:
        """Hand the item to the connection's thread."""
        if isinstance(item, State):
            self._announcer.offer_state(item)
        elif isinstance(item, Reply):
            if not (item.crisis and self._kept(item)):
                self._announcer.offer_reply(item)
        elif isinstance(item, Proposal | Act | Episode):
            self._announcer.offer_event(item)
        elif isinstance(item, Portrait):
            self._announcer.offer_portrait(item)
        elif isinstance(item, Outcome):
            self._announcer.offer_outcome(item)
        self._ring()

    def forget(self, sense: Sense) -> None:
        """What was derived and not yet sent is not sent: the State that comes next is without ``sense``."""
        del sense  # a State, an episode and a reply rest on all that was sensed
        with self._wake:
            kept = [entry for entry in self._items if not _derived(entry[1])]
            self.dropped += len(self._items) - len(kept)
            self._items.clear()
            self._items.extend(kept)
        self._announcer.forget()

    def close(self) -> None:
        """Publish "offline" and disconnect, within STOP_S."""
        if self._connection is not None:
            self._connection.stop(STOP_S)
        if self._courier is not None:
            self._courier.stop(NOTED_S)
            self._courier = None

    def _ring(self) -> None:
        if self._connection is not None:
            self._connection.wake()

    def _kept(self, reply: Reply) -> bool:
        """Whether the notice of a crisis reply waits in the vault; where that fails it waits in memory."""
        topic = self._settings.crisis_topic
        if self._outbox is None or topic is None:
            return False
        notice = CrisisNotice.of(reply, self._identity.device_id).model_dump(mode="json")
        try:
            self._outbox.put("notice", topic, notice, lifetime_s=NOTICE_S)
        except VaultError as error:
            log.error("mqtt: a crisis notice waits in memory, where a power cut loses it: %s", error)  # noqa: TRY400
            return False
        return True


def _derived(item: Item) -> bool:
    return isinstance(item, State | Episode) or (isinstance(item, Reply) and not item.crisis)
