"""Carries what waits in the outbox to the broker: a few messages at a time, each gone from the vault when it is there.

Two threads meet here. The vault's disk is waited for on the courier's own thread; the connection's thread only takes
from ``_ready`` and leaves in ``_answers``.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import deque
from functools import partial
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from edge.errors import VaultError
from edge.outlets.mqtt.session import Message
from edge.outlets.mqtt.verdict import Holds, Verdict, verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.outlets.mqtt.session import Session
    from edge.privacy.outbox import Outbox, Waiting

log = logging.getLogger(__name__)

LOOK_S = 10.0
"""The vault is looked into at least this often: another process may have put something in, or time may be over."""
RETRY_S = 5.0
"""After the vault could not be used, as with a full disk."""
AHEAD = 2
"""Messages that are read ahead, in multiples of those in flight."""
SAVED_S = 5.0
"""A broker that is killed loses what it acknowledged and had not saved yet. What was acknowledged so shortly before a
connection broke is sent once more over the next; Mosquitto saves at the end of its turn, with autosave_on_changes."""
MOST_GONE = 1000
"""What the broker has and the vault could not note; beyond it nothing more is sent until it can."""


class _Answer(NamedTuple):
    waiting: Waiting
    verdict: Verdict
    words: str
    at: float


class Courier:
    """``start`` → (``greet`` → ``speak`` …) … → ``stop``. ``greet`` and ``speak`` belong to the connection's thread."""

    def __init__(self, outbox: Outbox, in_flight: int, wake: Callable[[], None]) -> None:
        """Nothing is carried yet.

        Args:
            outbox: where messages wait.
            in_flight: how many may be on their way.
            wake: tells the connection's thread that there is something to send.
        """
        self.trouble: str | None = None
        """Why the vault cannot be used now; None while it can."""
        self._outbox = outbox
        self._in_flight = in_flight
        self._wake = wake
        self._holds = Holds(random.Random())  # noqa: S311 - spreads load, guards nothing
        self._changed = threading.Condition()
        self._looked = False
        self._stopping = False
        self._ready: deque[Waiting] = deque()
        self._flying: dict[str, Waiting] = {}
        self._answers: deque[_Answer] = deque()
        self._gone: dict[str, float] = {}
        """What the broker has since when, and the vault does not know yet; of the courier's own thread, as the next."""
        self._again: set[str] = set()
        """What the broker had before the connection broke."""
        self._broke = False
        self._sent = 0
        self._expire_at = -inf
        self._renewals = outbox.renewals
        self._session: Session | None = None
        self._singly = 0
        """How many of the next messages go alone, as one of them made the broker hang up."""
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> None:
        """Begin to read from the vault."""
        self._outbox.on_put = self._look
        self._thread.start()

    def stop(self, within_s: float) -> None:
        """Note in the vault what the broker has said so far."""
        self._outbox.on_put = lambda: None
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(within_s)

    def greet(self, session: Session) -> None:
        """A new connection: what was on its way over the last one is read anew from the vault, and sent again."""
        with self._changed:
            self._suspect(self._session)
            self._broke = self._session is not None
            self._session = session
            self._flying.clear()
            self._ready.clear()
        self._look()

    def speak(self, session: Session) -> None:
        """Send what is ready, as much as may be in flight."""
        with self._changed:
            had = bool(self._ready)
            while self._ready and session.alive and self._may_fly(session):
                waiting = self._ready.popleft()
                message = Message(waiting.topic, waiting.payload)
                if (problem := session.unfit(message)) is not None:
                    self._answers.append(_Answer(waiting, Verdict.SPOILT, problem, 0.0))
                    continue
                if session.publish(message, partial(self._answered, waiting)) is None:
                    self._ready.appendleft(waiting)
                    break
                self._flying[waiting.id] = waiting
                self._sent += 1
            if self._answers or (had and not self._ready):
                self._looked = False
                self._changed.notify()

    def _may_fly(self, session: Session) -> bool:
        if self._singly:
            return session.settled
        return len(self._flying) < min(self._in_flight, session.window)

    def _answered(self, waiting: Waiting, code: int, words: str) -> None:
        """On the connection's thread."""
        with self._changed:
            self._flying.pop(waiting.id, None)
            self._singly = max(0, self._singly - 1)
            self._answers.append(_Answer(waiting, verdict(code), words, time.monotonic()))

    def _suspect(self, last: Session | None) -> None:
        """The broker hung up because of what it was sent: find out which message, by sending them one by one."""
        if last is None or last.blame is None or not self._flying:
            return
        if len(self._flying) == 1 == last.unanswered:
            (waiting,) = self._flying.values()
            self._singly = max(0, self._singly - 1)
            self._answers.append(_Answer(waiting, Verdict.SPOILT, last.blame, 0.0))
        else:
            self._singly = max(self._singly, len(self._flying))

    def _look(self) -> None:
        with self._changed:
            self._looked = False
            self._changed.notify()

    def _run(self) -> None:
        wait_s = 0.0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or not self._looked, wait_s)
                self._looked, stopping = True, self._stopping
            try:
                due = self._turn()
            except VaultError as error:
                if self.trouble is None:
                    log.error("mqtt: what must arrive waits in memory: %s", error)  # noqa: TRY400 - the error says it all
                self.trouble, due = str(error), time.monotonic() + RETRY_S
                with self._changed:  # a full disk is not asked again for each message
                    self._changed.wait_for(lambda: self._stopping, RETRY_S)
            else:
                self.trouble = None
            if stopping:
                return
            wait_s = max(0.0, min(due - time.monotonic(), LOOK_S))

    def _turn(self) -> float:
        """Note what was answered, read what comes next, give up what is too old; when a topic is free again."""
        now = time.monotonic()
        try:
            self._settle(now)
        finally:  # a full disk can be read all the same, and what is sent twice for it is counted once
            self._read(now)
        if now >= self._expire_at:
            self._outbox.expire()
            self._expire_at = now + LOOK_S
        return min(self._holds.due(now), min(self._gone.values(), default=inf) + SAVED_S)

    def _read(self, now: float) -> None:
        with self._changed:
            known = {*(waiting.id for waiting in self._ready), *self._flying, *self._gone}
            known |= {answer.waiting.id for answer in self._answers}
            room = AHEAD * self._in_flight - len(self._ready) if len(self._gone) < MOST_GONE else 0
        found = self._outbox.waiting(room, besides=known, not_to=self._holds.held(now)) if room > 0 else []
        with self._changed:
            if self._outbox.renewals != self._renewals:  # all was forgotten: what was read before is not sent
                self._renewals = self._outbox.renewals
                self._ready.clear()
            self._ready.extend(found)
        if found:
            self._wake()

    def _settle(self, now: float) -> None:
        with self._changed:
            answers, self._answers = self._answers, deque()
            sent, self._sent = self._sent, 0
            broke, self._broke, stopping = self._broke, False, self._stopping
        refused: dict[str, str] = {}
        for answer in answers:
            self._judge(answer, refused, now)
        if broke:
            unsaved = {ident for ident, at in self._gone.items() if now - at < SAVED_S}
            self._again |= unsaved
            self._gone = {ident: at for ident, at in self._gone.items() if ident not in unsaved}
        done = [ident for ident, at in self._gone.items() if stopping or now - at >= SAVED_S]
        try:
            if done or refused or sent:
                self._outbox.settle(done, refused, sent)
        except VaultError:
            with self._changed:
                self._sent += sent
                self._answers.extendleft(answer for answer in answers if answer.waiting.id in refused)
            raise
        for ident in done:
            del self._gone[ident]

    def _judge(self, answer: _Answer, refused: dict[str, str], now: float) -> None:
        topic = answer.waiting.topic
        if answer.verdict is Verdict.TAKEN:
            twice = answer.waiting.id in self._again  # or a line that breaks all the time would never be done with it
            self._again.discard(answer.waiting.id)
            self._gone[answer.waiting.id] = -inf if twice else answer.at
            self._holds.free(topic)
        elif answer.verdict is Verdict.SPOILT:
            refused[answer.waiting.id] = answer.words
            log.error("mqtt: a message to %s is set aside, as no broker like this takes it: %s", topic, answer.words)
        else:
            wait_s = self._holds.hold(topic, answer.verdict, now)
            if wait_s is not None:
                log.warning("mqtt: what goes to %s waits %.0f s: %s", topic, wait_s, answer.words)
            with self._changed:
                kept = [waiting for waiting in self._ready if waiting.topic != topic]
                self._ready.clear()
                self._ready.extend(kept)
