"""A device that tries what it must not, at a real broker, and the same tries by those who may.

An attempt counts as got through when its token arrives: at an observer who hears everything, or at the device. What
is allowed is tried with the same means, so that a trial which could not see anything would not pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from fleet.broker.peer import LONGEST_S, REFUSED_S, Papers, Peer, settle
from fleet.broker.plan import DEVICE, VICTIM, Plan, Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAYS = ("at most once", "at least once", "exactly once", "retained", "by a topic alias", "by a last will")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, and what became of it."""

    who: str
    way: str
    topic: str
    allowed: bool
    through: bool

    @property
    def right(self) -> bool:
        """Whether what was allowed got through, and nothing else."""
        return self.allowed == self.through


class Trial:
    """All attempts at one broker; ``papers`` are those of the folders that the authority made."""

    def __init__(self, port: int, plan: Plan, folder: Path, observer: Papers) -> None:
        self._port = port
        self._plan = plan
        self._device = Papers.of(folder / "devices" / DEVICE)
        self._victim = Papers.of(folder / "devices" / VICTIM)
        self._folder = folder
        self._observer = observer
        self._numbers = count(1)

    def run(self) -> list[Attempt]:
        """All of them."""
        with Peer(self._port, self._observer) as observer:
            observer.subscribe("#", "$SYS/#", "$CONTROL/#")
            return [
                *self._published(observer),
                *self._wills(observer),
                *self._delivered(observer, "live, by wildcards", self._plan.filters),
                *self._delivered(observer, "live, by name", (*self._plan.deliver, *self._plan.may_hear)),
                *self._delivered(observer, "live, shared", tuple(f"$share/thief/{one}" for one in self._plan.filters)),
                *self._retained(observer),
                *self._stolen(observer),
                *self._services(observer),
            ]

    def _token(self) -> bytes:
        return f"token {next(self._numbers)}".encode()

    def _published(self, observer: Peer) -> Iterator[Attempt]:
        tried = []
        with Peer(self._port, self._device) as device:
            for topic, allowed in self._to_publish():
                for way in WAYS[:-1]:
                    token = self._token()
                    self._publish(device, way, topic, token)
                    tried.append((way, topic, allowed, token))
            device.publish(self._plan.fence, fence := self._token())
            observer.wait(lambda _, payload: payload == fence)
        arrived = {payload for _, payload in observer.heard}
        for way, topic, allowed, token in tried:
            yield Attempt("device", f"publishes {way}", topic, allowed, token in arrived)

    def _to_publish(self) -> Iterator[tuple[str, bool]]:
        yield from ((topic, False) for topic in self._plan.publish)
        yield from ((topic, True) for topic in self._plan.may_publish)

    @staticmethod
    def _publish(device: Peer, way: str, topic: str, token: bytes) -> None:
        if way == "by a topic alias":
            device.publish(topic, token, alias=1)
        else:
            qos = {"at most once": 0, "exactly once": 2}.get(way, 1)
            device.publish(topic, token, qos, retain=way == "retained")

    def _wills(self, observer: Peer) -> Iterator[Attempt]:
        tried = []
        for topic, allowed in self._to_publish():
            device = Peer(self._port, self._device, will=(topic, token := self._token()))
            device.connect()
            device.drop()
            tried.append((topic, allowed, token))
        observer.wait(lambda _, payload: payload == tried[-1][-1])
        settle()  # wills come by themselves, in no order
        arrived = {payload for _, payload in observer.heard}
        for topic, allowed, token in tried:
            yield Attempt("device", f"publishes {WAYS[-1]}", topic, allowed, token in arrived)

    def _delivered(self, observer: Peer, way: str, filters: tuple[str, ...]) -> Iterator[Attempt]:
        with Peer(self._port, self._device) as device:
            device.subscribe(*filters, self._plan.fence)
            yield from self._heard(observer, device, way, self._say(observer, retain=False))

    def _retained(self, observer: Peer) -> Iterator[Attempt]:
        tokens = self._say(observer, retain=True)
        with Peer(self._port, self._device) as device:
            device.subscribe(*self._plan.filters, *self._plan.deliver, *self._plan.may_hear, self._plan.fence)
            yield from self._heard(observer, device, "retained", tokens)
        for topic in tokens:
            observer.publish(topic, b"", retain=True)

    def _stolen(self, observer: Peer) -> Iterator[Attempt]:
        """The device comes as another client that had subscribed, and takes up what waits for that one.

        Mosquitto 2.0 throws away what it may not hear, and may hand over nothing more in that session, not even the
        fence: so that is waited for a shorter time.
        """
        name = f"rapport-{VICTIM}"
        with Peer(self._port, self._victim, name, keep=True) as victim:
            victim.subscribe(*self._plan.deliver, *self._plan.filters)
        tokens = self._say(observer, retain=False)
        with Peer(self._port, self._device, name, keep=True) as device:
            device.subscribe(self._plan.fence)
            yield from (
                attempt
                for attempt in self._heard(observer, device, "of a session that it took over", tokens, REFUSED_S)
                if not attempt.allowed
            )

    def _say(self, observer: Peer, *, retain: bool) -> dict[str, bytes]:
        tokens = {topic: self._token() for topic in (*self._plan.deliver, *self._plan.may_hear)}
        for topic, token in tokens.items():
            observer.publish(topic, token, retain=retain)
        return tokens

    def _heard(
        self, observer: Peer, device: Peer, way: str, tokens: dict[str, bytes], within_s: float = LONGEST_S
    ) -> Iterator[Attempt]:
        observer.publish(self._plan.fence, fence := self._token())
        device.wait(lambda _, payload: payload == fence, within_s)
        arrived = {payload for _, payload in device.heard}
        for topic, token in tokens.items():
            yield Attempt("device", f"hears {way}", topic, topic in self._plan.may_hear, token in arrived)

    def _services(self, observer: Peer) -> Iterator[Attempt]:
        """That each of the others can do its work, and no more."""
        for service in self._plan.services:
            papers = Papers.of(self._folder / service.name)
            with Peer(self._port, papers) as peer, Peer(self._port, self._device) as device:
                yield from self._served(service, peer, device)
                yield from self._said(service, peer, observer)

    def _served(self, service: Service, peer: Peer, device: Peer) -> Iterator[Attempt]:
        """What the device says to it. The last is one that it must hear."""
        peer.subscribe(*service.must_not_hear, *service.hears)
        tokens = {topic: self._token() for topic in (*service.must_not_hear, *service.hears)}
        for topic, token in tokens.items():
            device.publish(topic, token)
        last = tokens[service.hears[-1]]
        peer.wait(lambda _, payload: payload == last)
        for topic, token in tokens.items():
            allowed = topic in service.hears
            yield Attempt(service.name, "hears", topic, allowed=allowed, through=(topic, token) in peer.heard)

    def _said(self, service: Service, peer: Peer, observer: Peer) -> Iterator[Attempt]:
        """What it says. The broker answers each, and the observer's own message comes behind all of them."""
        tokens = {topic: self._token() for topic in (*service.must_not_say, *service.says)}
        for topic, token in tokens.items():
            peer.publish(topic, token)
        observer.publish(self._plan.fence, fence := self._token())
        observer.wait(lambda _, payload: payload == fence)
        arrived = {payload for _, payload in observer.heard}
        for topic, token in tokens.items():
            yield Attempt(service.name, "publishes", topic, allowed=topic in service.says, through=token in arrived)
