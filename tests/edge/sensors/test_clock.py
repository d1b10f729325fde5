from __future__ import annotations

import ctypes
import threading

from edge.sensors.clock import Clock

PR_GET_TIMERSLACK = 30


def test_a_wait_is_over_when_it_is_due_and_not_before() -> None:
    clock = Clock()
    due_ns = clock.now_ns() + 5_000_000
    assert clock.wait_until(due_ns, threading.Event())
    assert clock.now_ns() >= due_ns


def test_a_stop_ends_the_wait() -> None:
    stopped = threading.Event()
    stopped.set()
    assert not Clock().wait_until(Clock().now_ns() + 3600 * 10**9, stopped)


def test_only_the_thread_that_waits_is_woken_without_slack() -> None:
    libc = ctypes.CDLL(None)
    before = libc.prctl(PR_GET_TIMERSLACK)
    found = []

    def wait() -> None:
        Clock().wait_until(0, threading.Event())
        found.append(libc.prctl(PR_GET_TIMERSLACK))

    thread = threading.Thread(target=wait)
    thread.start()
    thread.join()
    assert found == [1]
    assert libc.prctl(PR_GET_TIMERSLACK) == before
