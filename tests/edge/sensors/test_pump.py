from __future__ import annotations

import gc
import threading
import weakref

import pytest

from edge.errors import SensorGone
from edge.sensors.pump import Pump


class Buffers:
    """Stands for the pictures of a camera."""


def lost() -> weakref.ref[Buffers]:
    """A device that is lost at once, whose error was told; what is left of its buffers."""
    buffers = Buffers()

    def pull() -> Buffers | None:
        if buffers is not None:
            problem = "the device is gone"
            raise SensorGone(problem, "Plug it in")
        return buffers

    pump: Pump[Buffers] = Pump("camera 0", pull, lambda: None, newest_wins=True, stall_s=5)
    pump.start()
    with pytest.raises(SensorGone, match="the device is gone"):
        pump.take()
    assert pump.take() is None, "the error is told once; nothing comes after it"
    pump.stop()
    return weakref.ref(buffers)


def test_a_lost_device_leaves_nothing_for_the_garbage_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        assert lost()() is None
    finally:
        gc.enable()


def test_a_device_that_is_stopped_while_it_is_being_opened_is_closed() -> None:
    closed = threading.Event()
    pump: Pump[int] = Pump("camera 0", lambda: None, closed.set, newest_wins=True, stall_s=5)
    pump.stop()
    pump.start()
    assert closed.wait(5)
    assert pump.take() is None
