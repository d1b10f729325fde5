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
from math import inf
from typing import TYPE_CHECKING

from edge.affect import Episode
from edge.outlets.mqtt.diagnostics import Diagnostics, Sources
from edge.outlets.mqtt.features import Need
from edge.outlets.mqtt.pace import ECHO_S
from edge.outlets.mqtt.payloads import (
    OFFLINE,
    ONLINE,
    ActionPayload,
    CrisisNotice,
    EpisodePayload,
    OutcomePayload,
    ProposalPayload,
    ReplyPayload,
    StatePayload,
)
from edge.outlets.mqtt.registration import Registration
from edge.outlets.mqtt.session import Message
from edge.outlets.mqtt.states import States
from edge.response.proposal import Act

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edge.affect import Reply, State
    from edge.outlets.mqtt.commands import Commands
    from edge.outlets.mqtt.identity import Identity, Topics
    from edge.outlets.mqtt.session import Session
    from edge.outlets.mqtt.settings import MqttSettings
    from edge.outlets.outlet import Outcome, Portrait
    from edge.response.proposal import Proposal

log = logging.getLogger(__name__)

NOTICES = 16
"""Crisis notices that may wait for a broker; the oldest goes first when there are more."""
EVENTS = 8
"""Proposals and acts that may wait for a broker."""
EPISODE_S = 30.0
"""Seconds that the beginning or end of an episode may wait for one."""
ACT_S = 10.0
"""Seconds that an act may wait for one: a light that goes down later than that startles."""
OUTCOMES = 16
"""Outcomes of feedback that may wait for the connection's thread; of more, the oldest go untold."""


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
        sources: Sources | None = None,
        commands: Commands | None = None,
        picture: bool = False,
    ) -> None:
        """Nothing is said yet.

        Args:
            settings: rate, topics and what expires.
            identity: of this device.
            topics: of this device.
            reply_lasts_s: how long a Reply may wait for a broker.
            dropped: what the outlet's queue gave up.
            sources: where the diagnostics come from.
            commands: what the home may say to the device; None: nothing.
            picture: whether the home is told of the device's own face.
        """
        self._settings = settings
        self._identity = identity
        self._topics = topics
        self._reply_lasts_s = reply_lasts_s
        self._queue_dropped = dropped
        self._dropped = 0
        self._connections = 0
        self.misunderstood = 0
        """Messages that were heard and are none that this device knows."""
        self._lock = threading.Lock()
        self._states = States(settings, identity.language)
        self._reply: tuple[Message, float] | None = None
        self._said_reply: Message | None = None
        self._reply_again_at = inf
        self._portrait: Message | None = None
        self._portrait_waits = False
        self._notices: deque[_Notice] = deque()
        self._diagnostics = Diagnostics(Sources() if sources is None else sources)
        self._commands = commands
        needs = {Need.PICTURE: picture, Need.BUDGET: self._diagnostics.budgeted}
        self._registration = Registration(
            settings,
            identity,
            topics,
            None if commands is None else commands.controls,
            *(need for need, there in needs.items() if there),
        )
        self._outcomes: deque[Message] = deque(maxlen=OUTCOMES)
        self._heard_topics = () if commands is None else commands.topics(topics)
        self._events: deque[tuple[Message, float]] = deque(maxlen=EVENTS)

    def offer_state(self, state: State) -> None:
        """The newest State; it replaces one that waits."""
        payload = StatePayload.of(state)
        with self._lock:
            self._states.offer(state, payload, time.monotonic())

    def offer_reply(self, reply: Reply) -> None:
        """The newest Reply. Of a crisis reply nothing but the fact is published, and only where the settings say so."""
        if reply.crisis:
            self._offer_notice(reply)
            return
        message = Message(self._topics.reply, ReplyPayload.of(reply).encode())
        with self._lock:
            self._dropped += self._reply is not None
            self._reply = (message, time.monotonic() + self._reply_lasts_s)

    def offer_event(self, item: Proposal | Act | Episode) -> None:
        """Something that happened; it is said once, and not at all when it is over by then."""
        if isinstance(item, Act):
            message = Message(self._topics.action, ActionPayload.of(item).encode())
            expires = time.monotonic() + ACT_S
        elif isinstance(item, Episode):
            message = Message(self._topics.episode, EpisodePayload.of(item).encode())
            expires = time.monotonic() + EPISODE_S
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

    def forget(self) -> None:
        """Consent for a sense is gone: what rests on it and was not said yet is not said, nor what was said again."""
        with self._lock:
            self._states.forget()
            self._reply = self._said_reply = None
            self._events = deque((e for e in self._events if e[0].topic != self._topics.episode), maxlen=EVENTS)

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
            state_due = min(self._states.due, self._reply_again_at)
        payload = self._diagnostics.take(now, self._counts)
        if payload is not None:
            session.publish(Message(self._topics.diagnostics, payload.encode()))
        for message in self._registration.take(now):
            session.publish(message)
        return min(state_due, self._diagnostics.due, self._registration.due)

    def take_leave(self, session: Session, now: float) -> None:
        """What waits, then "offline"."""
        self.speak(session, now)
        session.publish(Message(self._topics.availability, OFFLINE.encode(), retain=True))

    def _introduce(self, session: Session, now: float) -> None:
        """Availability, what there is, and then all that is known; what is not kept is said twice."""
        session.publish(Message(self._topics.availability, ONLINE.encode(), retain=True))
        for message in self._registration.introduce(now):
            session.publish(message)
        self._diagnostics.say_anew(now)
        with self._lock:
            self._states.say_anew(now)
            self._reply_again_at = now + ECHO_S
            self._portrait_waits = True  # a broker without a store has lost it

    def _counts(self) -> dict[str, int]:
        return {
            "dropped": self._queue_dropped() + self._dropped,
            "connections": self._connections,
            "refused": self.misunderstood + (0 if self._commands is None else self._commands.refused),
        }

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
        if now >= self._reply_again_at:
            self._reply_again_at = inf
            if self._said_reply is not None:
                session.publish(self._said_reply)  # the same id: nobody takes it for a new one
        if self._reply is None:
            return
        message, expires = self._reply
        self._reply = None
        if now > expires:
            self._dropped += 1
        else:
            session.publish(message)
            self._said_reply = message

    def _speak_events(self, session: Session, now: float) -> None:
        while self._events:
            message, expires = self._events.popleft()
            if now > expires:
                self._dropped += 1
            else:
                session.publish(message)

    def _speak_state(self, session: Session, now: float) -> None:
        taken = self._states.take(now)
        if taken is None:
            return
        payload, captured_ns = taken
        if captured_ns is not None:  # saying it again is not a latency
            self._diagnostics.took(captured_ns)
        retain = self._settings.expire_after_s == 0  # what expires must not be kept: it would come back as new
        session.publish(Message(self._topics.state, payload.encode(), retain=retain))
