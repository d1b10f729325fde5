from __future__ import annotations

import threading
from dataclasses import replace

from edge.affect import EMOTIONS, Affect, Emotion, Language, Reply, Sense, State
from edge.outlets.outlet import Item, Outlet

EVEN = Affect.of((1 / len(EMOTIONS),) * len(EMOTIONS))


def state(number: int) -> State:
    absent = tuple((sense, "nothing yet") for sense in Sense)
    return State(number, Emotion.NEUTRAL, EVEN, None, (), absent, ())


def reply(text: str, *, crisis: bool = False) -> Reply:
    return Reply(text, Language.EN, "reflect", 0, crisis=crisis)


class Slow(Outlet):
    """Delivers when it is let; fails on request."""

    name = "slow"
    capacity = 2

    def __init__(self) -> None:
        super().__init__()
        self.let = threading.Event()
        self.entered = threading.Event()
        self.delivered: list[Item] = []
        self.closed = 0

    def open(self) -> None:
        self.closed = 0

    def deliver(self, item: Item) -> None:
        self.entered.set()
        self.let.wait(10)
        if isinstance(item, Reply) and item.text == "break":
            message = "broken by the test"
            raise RuntimeError(message)
        self.delivered.append(item)

    def close(self) -> None:
        self.closed += 1
        self.let.set()


def blocked() -> Slow:
    outlet = Slow()
    outlet.attach()
    outlet.offer(state(0))
    assert outlet.entered.wait(10)
    return outlet


def test_a_full_queue_drops_the_oldest_state_and_keeps_replies() -> None:
    outlet = blocked()
    for item in (state(1), reply("kept"), state(2)):
        outlet.offer(item)
    outlet.let.set()
    outlet.stop()
    assert outlet.delivered == [state(0), reply("kept"), state(2)]
    assert outlet.dropped == 1


def test_among_replies_the_oldest_makes_room() -> None:
    outlet = blocked()
    for text in ("one", "two", "three"):
        outlet.offer(reply(text))
    outlet.let.set()
    outlet.stop()
    assert [item.text for item in outlet.delivered if isinstance(item, Reply)] == ["two", "three"]


def test_a_crisis_reply_outlives_any_flood() -> None:
    outlet = blocked()
    outlet.offer(reply("help", crisis=True))
    for number in range(10):
        outlet.offer(reply(f"{number}"))
        outlet.offer(state(number))
    outlet.let.set()
    outlet.stop()
    assert reply("help", crisis=True) in outlet.delivered


def test_what_waited_too_long_is_dropped_but_a_crisis_reply_never() -> None:
    outlet = blocked()
    outlet.expires_s = 0.0
    outlet.offer(reply("late"))
    outlet.offer(reply("help", crisis=True))
    outlet.let.set()
    outlet.stop()
    assert [item.text for item in outlet.delivered if isinstance(item, Reply)] == ["help"]
    assert outlet.dropped == 1


def test_a_failed_delivery_is_counted_and_the_outlet_lives_on() -> None:
    outlet = Slow()
    outlet.let.set()
    outlet.attach()
    outlet.offer(reply("break"))
    outlet.offer(reply("next"))
    outlet.stop()
    assert outlet.delivered == [reply("next")]
    assert outlet.failures == 1


def test_stop_delivers_what_waits_and_closes_once() -> None:
    outlet = Slow()
    outlet.let.set()
    outlet.attach()
    items = [reply("a"), replace(reply("b"), strategy="question")]
    for item in items:
        outlet.offer(item)
    outlet.stop()
    assert outlet.delivered == items
    assert outlet.closed == 1


def test_a_hanging_delivery_does_not_hold_the_stop() -> None:
    outlet = blocked()
    outlet.stop(within_s=0.05)
    assert outlet.closed == 1
