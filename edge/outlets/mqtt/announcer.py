"""What is said to the home, and when: the Speaker of the connection.

State and Reply are handed in from the outlet's thread and wait here in slots of one; only crisis notices queue, until
the broker has acknowledged them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from edge.outlets.mqtt.discovery import discovery, encoded
from edge.outlets.mqtt.pace import ECHO_S, Pace
from edge.outlets.mqtt.payloads import (
    OFFLINE,
    ONLINE,
    AcceleratorPayload,
    ActionPayload,
    CrisisNotice,
    DiagnosticsPayload,
    OutcomePayload,
    ProposalPayload,
    ReplyPayload,
    StatePayload,
)
from edge.outlets.mqtt.session import Message
from edge.response.proposal import Act

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edge.accelerators.usage import InUse
    from edge.affect import Reply, State
    from edge.outlets.mqtt.commands import Commands
    from edge.outlets.mqtt.identity import Identity, Topics
    from edge.outlets.mqtt.session import Session
    from edge.outlets.mqtt.settings import MqttSettings
    from edge.outlets.outlet import Outcome, Portrait
    from edge.response.proposal import Proposal

log = logging.getLogger(__name__)

DIAGNOSTICS_S = 60.0
"""Between two messages about the outlet itself."""
NOTICES = 16
"""Crisis notices that may wait for a broker; the oldest goes first when there are more."""
EVENTS = 8
"""Proposals and acts that may wait for a broker."""
ACT_S = 10.0
"""Seconds that an act may wait for one: a light that goes down later than that startles."""
OUTCOMES = 16
"""Outcomes of feedback that may wait for the connection's thread; of more, the oldest go untold."""
LATENCIES = 256
"""States over which the p95 of the latency is taken."""


@dataclass(slots=True)
class _Notice:
    message: Message
    number: int | None = None
    """What the connection calls it; None until it was published over the present connection."""


class Announcer:
    """``offer_*`` may be called from any thread; the rest belongs to the connection's thread."""

    def __init__(
        self,
        settings: MqttSettings,
        identity: Identity,
        topics: Topics,
        reply_lasts_s: float,
        dropped: Callable[[], int],
        *,
        in_use: Callable[[], InUse] | None = None,
        commands: Commands | None = None,
        silence: Callable[[], str | None] = lambda: None,
        picture: bool = False,
    ) -> None:
        """Nothing is said yet.

        Args:
            settings: rate, topics and what expires.
            identity: of this device.
            topics: of this device.
            reply_lasts_s: how long a Reply may wait for a broker.
            dropped: what the outlet's queue gave up.
            in_use: what the models run on just now; None where nobody knows.
            commands: what the home may say to the device; None: nothing.
            silence: why nothing is said now.
            picture: whether the home is told of the device's own face.
        """
        self._settings = settings
        self._identity = identity
        self._topics = topics
        self._discovery = encoded(discovery(settings, identity, topics, picture=picture))
        self._reply_lasts_s = reply_lasts_s
        self._queue_dropped = dropped
        self._dropped = 0
        self._connections = 0
        self.misunderstood = 0
        """Messages that were heard and are none that this device knows."""
        self._lock = threading.Lock()
        self._pace = Pace(settings)
        self._captured_ns: int | None = None
        self._state: State | None = None
        self._reply: tuple[Message, float] | None = None
        self._portrait: Message | None = None
        self._portrait_waits = False
        self._notices: deque[_Notice] = deque()
        self._latencies_ms: deque[float] = deque(maxlen=LATENCIES)
        self._diagnostics_at = 0.0
        self._in_use = in_use
        self._said_of: tuple[str, bool] | None = None
        self._commands = commands
        self._outcomes: deque[Message] = deque(maxlen=OUTCOMES)
        self._silence = silence
        self._heard_topics = () if commands is None else commands.topics(topics)
        self._events: deque[tuple[Message, float]] = deque(maxlen=EVENTS)

    def offer_state(self, state: State) -> None:
        """The newest State; it replaces one that waits."""
        payload = StatePayload.of(state)
        with self._lock:
            self._pace.offer(payload, time.monotonic())
            self._captured_ns = state.captured_ns
            self._state = state

    def offer_reply(self, reply: Reply) -> None:
        """The newest Reply. Of a crisis reply nothing but the fact is published, and only where the settings say so."""
        if reply.crisis:
            self._offer_notice(reply)
            return
        message = Message(self._topics.reply, ReplyPayload.of(reply).encode())
        with self._lock:
            self._dropped += self._reply is not None
            self._reply = (message, time.monotonic() + self._reply_lasts_s)

    def offer_event(self, item: Proposal | Act) -> None:
        """A proposal, or what is to be done; it is said once, and not at all when it is over by then."""
        if isinstance(item, Act):
            message = Message(self._topics.action, ActionPayload.of(item).encode())
            expires = time.monotonic() + ACT_S
        else:
            message = Message(self._topics.proposal, ProposalPayload.of(item).encode())
            expires = item.expires_ns / 1e9
        with self._lock:
            self._dropped += len(self._events) == EVENTS
            self._events.append((message, expires))

    def offer_portrait(self, portrait: Portrait) -> None:
        """The newest picture of the face; the broker keeps it for whoever comes later."""
        with self._lock:
            self._portrait = Message(self._topics.avatar, portrait.png, retain=True)
            self._portrait_waits = True

    def offer_outcome(self, outcome: Outcome) -> None:
        """What became of feedback: said once, to whoever listens, and never late."""
        message = Message(self._topics.outcome, OutcomePayload.of(outcome).encode())
        with self._lock:
            self._outcomes.append(message)

    def greet(self, session: Session, now: float) -> None:
        """Retained "online", discovery, then (by ``speak``) the latest State."""
        self._connections += 1
        for topic in (self._topics.home_status, *self._heard_topics):
            session.subscribe(topic)
        with self._lock:
            self._outcomes.clear()  # of before the connection was lost
            for notice in self._notices:
                notice.number = None
        self._introduce(session, now)

    def hear(self, message: Message, session: Session, now: float) -> None:
        """A command, or Home Assistant has started and knows nothing. Anything else is counted, and told once."""
        if self._commands is not None and message.topic in self._heard_topics:
            self._commands.hear(message.topic, message.payload, self._topics, retained=message.retain)
        elif message.topic == self._topics.home_status and message.payload == ONLINE.encode():
            self._introduce(session, now)
        elif message.topic != self._topics.home_status or message.payload != OFFLINE.encode():
            if not self.misunderstood:
                log.warning("mqtt: a message of %d bytes on %s is not understood", len(message.payload), message.topic)
            self.misunderstood += 1

    def settle(self, numbers: Iterable[int]) -> None:
        """Notices that the broker has are done with."""
        done = set(numbers)
        with self._lock:
            self._notices = deque(notice for notice in self._notices if notice.number not in done)

    def speak(self, session: Session, now: float) -> float:
        """Publish what is due; when the next is due."""
        with self._lock:
            self._speak_notices(session)
            self._speak_reply(session, now)
            self._speak_events(session, now)
            while self._outcomes:
                session.publish(self._outcomes.popleft())
            self._speak_state(session, now)
            if self._portrait is not None and self._portrait_waits:
                self._portrait_waits = False
                session.publish(self._portrait)
            state_due = self._pace.due
        in_use = None if self._in_use is None else self._in_use()
        moved = in_use is not None and self._said_of not in {None, (in_use.device, in_use.fallback)}
        if now >= self._diagnostics_at or moved:
            self._diagnostics_at = now + DIAGNOSTICS_S
            self._said_of = None if in_use is None else (in_use.device, in_use.fallback)
            session.publish(Message(self._topics.diagnostics, self._diagnosis(in_use).encode()))
        return min(state_due, self._diagnostics_at)

    def take_leave(self, session: Session, now: float) -> None:
        """What waits, then "offline"."""
        self.speak(session, now)
        session.publish(Message(self._topics.availability, OFFLINE.encode(), retain=True))

    def _introduce(self, session: Session, now: float) -> None:
        session.publish(Message(self._topics.availability, ONLINE.encode(), retain=True))
        session.publish(Message(self._topics.discovery, self._discovery, retain=True))
        self._diagnostics_at = now + ECHO_S
        with self._lock:
            self._pace.say_anew(now)
            self._portrait_waits = True  # a broker without a store has lost it

    def _offer_notice(self, reply: Reply) -> None:
        topic = self._settings.crisis_topic
        if topic is None:
            return
        notice = _Notice(Message(topic, CrisisNotice.of(reply, self._identity.device_id).encode()))
        with self._lock:
            if len(self._notices) >= NOTICES:
                self._notices.popleft()
                self._dropped += 1
                log.error("mqtt: a crisis notice was given up: %d newer ones wait for the broker", NOTICES)
            self._notices.append(notice)

    def _speak_notices(self, session: Session) -> None:
        for notice in self._notices:
            if notice.number is None:
                notice.number = session.publish(notice.message)

    def _speak_reply(self, session: Session, now: float) -> None:
        if self._reply is None:
            return
        message, expires = self._reply
        self._reply = None
        if now > expires:
            self._dropped += 1
        else:
            session.publish(message)

    def _speak_events(self, session: Session, now: float) -> None:
        while self._events:
            message, expires = self._events.popleft()
            if now > expires:
                self._dropped += 1
            else:
                session.publish(message)

    def _speak_state(self, session: Session, now: float) -> None:
        payload = self._pace.take(now)
        if payload is None or self._state is None:
            return
        if self._captured_ns is not None:
            self._latencies_ms.append((time.monotonic_ns() - self._captured_ns) / 1e6)
            self._captured_ns = None  # saying it again is not a latency
        retain = self._settings.expire_after_s == 0  # what expires must not be kept: it would come back as new
        told = payload.explained(self._state, self._identity.language)
        session.publish(Message(self._topics.state, told.encode(), retain=retain))

    def _diagnosis(self, in_use: InUse | None) -> DiagnosticsPayload:
        ordered = sorted(self._latencies_ms)
        p95 = round(ordered[ceil(0.95 * len(ordered)) - 1], 1) if ordered else None
        return DiagnosticsPayload(
            latency_p95_ms=p95,
            dropped=self._queue_dropped() + self._dropped,
            connections=self._connections,
            accelerator=AcceleratorPayload.of(in_use),
            refused=self.misunderstood + (0 if self._commands is None else self._commands.refused),
            silence=self._silence(),
        )
