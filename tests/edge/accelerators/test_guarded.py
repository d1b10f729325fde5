from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.accelerators.card import EDGE_TPU_FILE, MODEL_FILE, read_card
from edge.accelerators.cpu import Cpu
from edge.accelerators.guarded import MOST_LEFT, Guarded
from edge.accelerators.reopened import Reopened
from edge.accelerators.usage import Usage
from edge.errors import ModelError
from tests.edge.accelerators.devices import Clock, Device

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.accelerators.accelerator import Accelerator, Session

MODEL = "face-expression"
STUCK_S = 0.05
CHIP = [np.arange(48 * 48, dtype=np.int64).reshape(1, 48, 48, 1).astype(np.int8)]


class Bench:
    """A guard around a device that the test breaks, with a clock that the test sets."""

    def __init__(self, folder: Path) -> None:
        self.card = read_card(folder)
        self.content = (folder / MODEL_FILE).read_bytes()
        self.device, self.clock, self.usage = Device(), Clock(), Usage("coral")
        self.right = Cpu().load(self.content, self.card, MODEL_FILE).invoke(CHIP)[0]

    def opener(self, accelerator: Accelerator, file: str) -> Callable[[], Session]:
        return lambda: accelerator.load(self.content, self.card, file)

    def guard(self, opening_s: float = 20.0, stuck_s: float = STUCK_S) -> Guarded:
        return Guarded(
            MODEL,
            "coral",
            self.opener(self.device, EDGE_TPU_FILE),
            self.opener(Cpu(), MODEL_FILE),
            self.usage,
            stuck_s=stuck_s,
            opening_s=opening_s,
            clock=self.clock,
        )

    def expect(self, guard: Session) -> None:
        (found,) = guard.invoke(CHIP)
        assert np.array_equal(found, self.right)


@pytest.fixture
def bench(folder: Path) -> Iterator[Bench]:
    made = Bench(folder)
    yield made
    for event in (made.device.hanging, made.device.opening):
        if event is not None:
            event.set()  # threads that hang must not outlive the test


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.002)


def test_a_device_that_works_does_the_work(bench: Bench) -> None:
    guard = bench.guard()
    bench.expect(guard)
    assert guard.on_device
    assert bench.device.calls == 1
    now = bench.usage.now()
    assert (now.device, now.fallback, now.failures) == ("coral", False, 0)


def test_one_that_raises_is_replaced_by_the_cpu_within_the_same_call_and_that_is_said_once(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    guard = bench.guard()
    bench.device.raising = True
    with caplog.at_level(logging.INFO):
        bench.expect(guard)
        bench.expect(guard)
    now = bench.usage.now()
    assert (now.chosen, now.device, now.fallback, now.failures) == ("coral", "cpu", True, 1)
    assert "USB transfer failed" in now.reason
    assert [record.getMessage() for record in caplog.records] == [
        "face-expression runs on cpu now: coral failed: USB transfer failed"
    ]


def test_one_that_hangs_holds_the_lane_no_longer_than_it_may(bench: Bench) -> None:
    guard = bench.guard()
    bench.device.hanging = threading.Event()
    bench.expect(guard)  # comes back although the device does not
    assert not bench.device.hanging.is_set()
    assert "did not come back within" in bench.usage.now().reason


def test_it_returns_to_the_device_when_that_is_back_and_says_so(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    guard = bench.guard()
    bench.device.absent = True
    bench.expect(guard)
    bench.device.absent = False
    bench.clock.now += 1.1

    def returned() -> bool:
        bench.expect(guard)  # the lane keeps working meanwhile
        return guard.on_device

    with caplog.at_level(logging.INFO):
        until(returned)
    now = bench.usage.now()
    assert (now.device, now.fallback, now.returns, now.reason) == ("coral", False, 1, "")
    assert "face-expression is back on coral" in caplog.text


def test_a_device_that_fails_again_and_again_is_tried_ever_more_seldom(bench: Bench) -> None:
    """It opens each time and fails at the first call: the worst that a loose plug does."""
    guard = bench.guard()
    bench.device.raising = True
    for _ in range(3600):
        bench.clock.now += 1.0
        bench.expect(guard)
        if guard._worker is not None:
            until(lambda: guard._worker is None or guard._opened(0.01))
    assert 5 <= bench.device.opened <= 20


def test_calls_that_hang_do_not_pile_up(bench: Bench) -> None:
    guard = bench.guard()
    bench.device.hanging = threading.Event()
    before = threading.active_count()
    for _ in range(MOST_LEFT + 3):
        bench.expect(guard)
        bench.clock.now += 1000

        def opened() -> bool:
            if guard._worker is not None:
                guard._try_return()
            return guard.on_device or guard._worker is None

        guard._try_return()
        until(opened)
    assert threading.active_count() - before <= MOST_LEFT
    assert not guard.on_device
    bench.device.hanging.set()
    bench.device.hanging = None
    until(lambda: threading.active_count() < before)
    bench.clock.now += 1000

    def returned() -> bool:
        bench.expect(guard)
        return guard.on_device

    until(returned)


def test_one_that_takes_long_to_open_lets_the_cpu_begin(bench: Bench) -> None:
    bench.device.opening = threading.Event()
    guard = bench.guard(opening_s=0.01)
    bench.expect(guard)
    assert not guard.on_device
    assert "to open" in bench.usage.now().reason
    bench.device.opening.set()

    def returned() -> bool:
        bench.expect(guard)
        return guard.on_device

    until(returned)


def test_a_guard_that_is_dropped_takes_its_thread_along(bench: Bench) -> None:
    before = set(threading.enumerate())  # each and not their number: those of the test before may still be ending
    guard = bench.guard(stuck_s=20.0)
    bench.expect(guard)
    (own,) = set(threading.enumerate()) - before
    del guard
    until(lambda: not own.is_alive())


class Flaky:
    """A CPU session that the test breaks."""

    def __init__(self, inner: Session, faults: list[Exception | float], clock: Clock) -> None:
        self._inner, self._faults, self._clock = inner, faults, clock
        self.inputs, self.outputs = inner.inputs, inner.outputs

    def invoke(self, inputs: list[NDArray[np.generic]]) -> tuple[NDArray[np.generic], ...]:
        fault = self._faults.pop(0) if self._faults else 0.0
        if isinstance(fault, Exception):
            raise fault
        self._clock.now += fault
        return self._inner.invoke(inputs)


def reopened(bench: Bench, *faults: Exception | float) -> tuple[Reopened, list[int]]:
    left, opened = list(faults), [0]

    def open_session() -> Session:
        opened[0] += 1
        return Flaky(Cpu().load(bench.content, bench.card, MODEL_FILE), left, bench.clock)  # type: ignore[return-value]

    return Reopened(MODEL, "cpu", open_session, bench.usage, clock=bench.clock), opened


def test_a_cpu_session_that_raises_once_is_opened_anew_within_the_call_and_that_is_said(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    session, opened = reopened(bench, RuntimeError("out of memory"))
    bench.expect(session)
    assert "face-expression is opened anew on cpu: out of memory" in caplog.text
    assert opened == [2]
    assert bench.usage.now().failures == 1
    assert not bench.usage.now().fallback


def test_one_that_keeps_raising_is_an_error_for_the_lane_and_not_opened_with_each_call(bench: Bench) -> None:
    session, opened = reopened(bench, *[RuntimeError("out of memory")] * 100)
    for _ in range(20):
        with pytest.raises(ModelError, match="inference of face-expression on cpu failed: out of memory"):
            session.invoke(CHIP)
    assert opened == [2]
    bench.clock.now += 1.1
    with pytest.raises(ModelError):
        session.invoke(CHIP)
    assert opened == [3]


def test_an_answer_of_the_cpu_that_comes_too_late_is_an_error_and_the_next_one_is_right(bench: Bench) -> None:
    session, opened = reopened(bench, 2.5)
    with pytest.raises(ModelError, match=r"took 2\.5 s, allowed are 2"):
        session.invoke(CHIP)
    assert opened == [2]
    bench.expect(session)


def test_how_long_a_call_is_busy_can_be_seen_from_outside(bench: Bench) -> None:
    seen: list[float] = []
    session, _ = reopened(bench)
    assert session.busy_s == 0

    class Looking(Flaky):
        def invoke(self, inputs: list[NDArray[np.generic]]) -> tuple[NDArray[np.generic], ...]:  # noqa: ARG002
            bench.clock.now += 7
            seen.append(session.busy_s)
            raise RuntimeError

    session._session = Looking(session._session, [], bench.clock)  # type: ignore[assignment]
    session.invoke(CHIP)
    assert seen == [7.0]
    assert session.busy_s == 0
