"""A thread that waits for a device, so that nobody else has to.

A driver can block for seconds (V4L2: ten) when its device stalls. The pump's thread takes that; whoever reads gets the
next item, the device's error, or word of the stall, and can be woken at any time.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

from edge.errors import SensorGone

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

ItemT = TypeVar("ItemT")
JOIN_S = 0.15
"""A stop waits this long for the driver, less than the 200 ms within which a withdrawn consent must be honoured."""


class Pump(Generic[ItemT]):
    """Pulls items from an open device on a thread of its own; that thread closes the device.

    Args:
        name: the device, in words for the user.
        pull: blocks for a moment and returns the next item, or None when there is none yet.
        close: closes the device; called once, on the pump's thread.
        newest_wins: True keeps one waiting item and replaces it; False lets the device wait until it is taken, so
            that losses happen, and are counted, in one place: the driver.
        stall_s: seconds without an item after which ``take`` gives up.
    """

    def __init__(
        self,
        name: str,
        pull: Callable[[], ItemT | None],
        close: Callable[[], None],
        *,
        newest_wins: bool,
        stall_s: float,
    ) -> None:
        self._name = name
        self._pull = pull
        self._close = close
        self._newest_wins = newest_wins
        self._stall_s = stall_s
        self._waiting: deque[ItemT] = deque(maxlen=1)
        self._changed = threading.Condition()
        self._stopping = False
        self._error: Exception | None = None
        self._started = False
        self._thread = threading.Thread(target=self._run, name=f"pump-{name}", daemon=True)

    def start(self) -> None:
        """Begin to pull; after a ``stop`` that came before, close the device and no more."""
        with self._changed:
            self._thread.start()
            self._started = True

    def take(self) -> ItemT | None:
        """The next item; None after ``stop``. Raises what ``pull`` raised, or SensorGone when the device stalls."""
        with self._changed:
            self._changed.wait_for(self._has_news, self._stall_s)
            if self._stopping:
                return None
            if self._waiting:
                item = self._waiting.popleft()
                self._changed.notify_all()
                return item
            if self._error is not None:
                raise self._last_error()
        problem = f"{self._name} has delivered nothing for {self._stall_s:g} s"
        raise SensorGone(problem, "Check its cable; it is opened again by itself")

    def stop(self) -> None:
        """Wake whoever takes, and close the device as soon as the driver lets go of it."""
        with self._changed:
            self._stopping = True
            self._waiting.clear()
            self._changed.notify_all()
            started = self._started
        if started and threading.current_thread() is not self._thread:
            self._thread.join(JOIN_S)
        if self._thread.is_alive():
            log.warning("%s: the driver is blocked; the device closes when it returns", self._name)

    def _last_error(self) -> Exception:
        """What ended the pump. It is not kept: the error holds this pump by its frames, and so its device's buffers."""
        error, self._error = self._error, None
        self._stopping = True
        assert error is not None  # noqa: S101 - looked at by the caller, under the lock
        return error

    def _has_news(self) -> bool:
        return bool(self._waiting) or self._stopping or self._error is not None

    def _run(self) -> None:
        try:
            while not self._stopping:
                item = self._pull()
                if item is not None:
                    self._put(item)
        except Exception as error:  # noqa: BLE001 - not hidden: take() raises it in the thread that reads
            with self._changed:
                self._error = error
                self._changed.notify_all()
        finally:
            self._close()

    def _put(self, item: ItemT) -> None:
        with self._changed:
            if not self._newest_wins:
                self._changed.wait_for(lambda: not self._waiting or self._stopping)
            if not self._stopping:
                self._waiting.append(item)
                self._changed.notify_all()
