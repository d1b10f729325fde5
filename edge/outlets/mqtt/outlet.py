"""The outlet to the home: States and Replies go to a broker, where Home Assistant finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import Episode, Reply, State
from edge.errors import OutletError
from edge.outlets.mqtt import credentials
from edge.outlets.mqtt.announcer import Announcer
from edge.outlets.mqtt.connection import Connection
from edge.outlets.mqtt.identity import Topics
from edge.outlets.mqtt.payloads import OFFLINE
from edge.outlets.mqtt.phase import Phase, Status
from edge.outlets.mqtt.session import Message
from edge.outlets.outlet import Item, Outcome, Outlet, Portrait
from edge.response.proposal import Act, Proposal

if TYPE_CHECKING:
    from edge.affect import Sense
    from edge.outlets.mqtt.commands import Commands
    from edge.outlets.mqtt.diagnostics import Sources
    from edge.outlets.mqtt.identity import Identity
    from edge.outlets.mqtt.settings import MqttSettings

STOP_S = 1.0
"""Limit for the goodbye to the broker."""


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
    ) -> None:
        """Connects to nothing yet; what is called may be called from any thread.

        Args:
            settings: the table ``[mqtt]``.
            identity: of this device.
            sources: where the diagnostics come from.
            commands: what the home may say to the device; None: nothing.
            picture: whether Portraits will come.
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
        self._connection = Connection(self._settings, f"rapport-{self._identity.device_id}", will, self._announcer)
        self._connection.start()

    def deliver(self, item: Item) -> None:
        """Hand the item to the connection's thread."""
        if isinstance(item, State):
            self._announcer.offer_state(item)
        elif isinstance(item, Reply):
            self._announcer.offer_reply(item)
        elif isinstance(item, Proposal | Act | Episode):
            self._announcer.offer_event(item)
        elif isinstance(item, Portrait):
            self._announcer.offer_portrait(item)
        elif isinstance(item, Outcome):
            self._announcer.offer_outcome(item)
        if self._connection is not None:
            self._connection.wake()

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


def _derived(item: Item) -> bool:
    return isinstance(item, State | Episode) or (isinstance(item, Reply) and not item.crisis)
