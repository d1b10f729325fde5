from __future__ import annotations

import threading

from edge.affect import Language, Reply
from edge.loop.drain import drain
from edge.outlets.outlet import Item, Outlet


class Kept(Outlet):
    def __init__(self, name: str, hang: threading.Event | None = None) -> None:
        super().__init__()
        self.name = name
        self.hang = hang
        self.kept: list[Item] = []
        self.closed = threading.Event()

    def open(self) -> None: ...

    def deliver(self, item: Item) -> None:
        self.kept.append(item)

    def close(self) -> None:
        if self.hang is not None:
            self.hang.wait(60)
        self.closed.set()


def test_an_outlet_that_hangs_costs_the_others_nothing_and_is_left_behind() -> None:
    free = threading.Event()
    outlets = [Kept("stuck", free), Kept("well"), Kept("stuck too", free), Kept("well too")]
    for outlet in outlets:
        outlet.attach()
        outlet.offer(Reply("Goodbye.", Language.EN, "affirm", 0))
    draining = threading.Thread(target=drain, args=([], outlets, 0.3), daemon=True)
    draining.start()
    draining.join(20)
    assert not draining.is_alive()
    assert [outlet.closed.is_set() for outlet in outlets] == [False, True, False, True]
    assert [len(outlet.kept) for outlet in outlets] == [1, 1, 1, 1], "nothing that was accepted is lost"
    free.set()
