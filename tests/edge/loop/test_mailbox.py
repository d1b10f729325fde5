from __future__ import annotations

import threading

from edge.loop.mailbox import Mailbox


def test_the_newest_wins_and_what_is_dropped_is_counted() -> None:
    mailbox: Mailbox[int] = Mailbox(2)
    for item in range(5):
        mailbox.put(item)
    assert mailbox.take(0) == (3, 3)
    assert mailbox.take(0) == (4, 0)
    assert mailbox.take(0) is None
    assert mailbox.dropped == 3


def test_a_closed_mailbox_gives_what_waits_and_then_is_finished() -> None:
    mailbox: Mailbox[str] = Mailbox()
    mailbox.put("last")
    mailbox.close()
    assert not mailbox.finished
    assert mailbox.take(10) == ("last", 0)
    assert mailbox.take(10) is None
    assert mailbox.finished


def test_cleared_items_do_not_count_as_dropped() -> None:
    mailbox: Mailbox[int] = Mailbox()
    mailbox.put(1)
    mailbox.clear()
    mailbox.put(2)
    assert mailbox.take(0) == (2, 0)
    assert mailbox.dropped == 0


def test_take_wakes_when_an_item_comes() -> None:
    mailbox: Mailbox[int] = Mailbox()
    timer = threading.Timer(0.02, mailbox.put, [7])
    timer.start()
    assert mailbox.take(10) == (7, 0)
    timer.join()
