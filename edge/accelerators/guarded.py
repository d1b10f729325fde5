"""A session on a device that may be lost or hang: the CPU stands in, visibly, and the device is tried again and again.

::

    opening ──ok──▶ on the device ──raises, or > 2 s──▶ on the CPU ──pause over──▶ opening …
       └──fails, or takes long──▶ on the CPU, which answers while it is being opened

Calls into the device run on a worker thread, so that none holds the lane for more than STUCK_S.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from edge.accelerators.backoff import Backoff
from edge.accelerators.reopened import STUCK_S, Reopened
from edge.accelerators.worker import Stuck, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from edge.accelerators.accelerator import Session
    from edge.accelerators.usage import Usage

    Arrays = tuple[NDArray[np.generic], ...]

OPENING_S = 5.0
"""The start waits so long for a device. The CPU does the work of one that takes longer: TensorRT builds for minutes."""
MOST_LEFT = 3
"""Calls that may hang at the same time. With so many the device is not tried again before one has come back."""


class Guarded:
    """A ``Session``. For one thread."""

    def __init__(
        self,
        model: str,
        device: str,
        open_device: Callable[[], Session],
        open_cpu: Callable[[], Session],
        usage: Usage,
        *,
        stuck_s: float = STUCK_S,
        opening_s: float = OPENING_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the device, or the CPU where that fails or takes longer than ``opening_s``.

        Args:
            model: its name, for the log.
            device: the name of what ``open_device`` opens.
            open_device: gives a session that has passed its golden vector; may raise anything, or hang.
            open_cpu: the same on the CPU.
            usage: is told where the model runs and why.
            stuck_s: seconds that a call to the device may take.
            opening_s: seconds that the first opening may take.
            clock: seconds, monotonic.

        Raises:
            ModelError: neither can be opened.
        """
        self._model = model
        self._device = device
        self._open_device = open_device
        self._open_cpu = open_cpu
        self._usage = usage
        self._stuck_s = stuck_s
        self._clock = clock
        self._backoff = Backoff(clock)
        self._left: list[Worker[Session | Arrays]] = []
        self._session: Session | None = None
        self._cpu: Reopened | None = None
        self._worker: Worker[Session | Arrays] | None = None
        self._begin_opening()
        if not self._opened(opening_s) and self._worker is not None:
            usage.failed(model, "cpu", f"{device} takes more than {opening_s:g} s to open")
        known = self._session or self._stand_in()
        self.inputs, self.outputs = known.inputs, known.outputs

    def invoke(self, inputs: Sequence[NDArray[np.generic]]) -> Arrays:
        """From the device, or from the CPU while that is away. Raises ModelError when the CPU fails as well."""
        if self._session is None:
            self._try_return()
        session, worker = self._session, self._worker
        if session is not None and worker is not None:
            try:
                return worker.call(lambda: session.invoke(inputs), self._stuck_s)  # type: ignore[return-value]
            except Exception as error:  # noqa: BLE001 - whatever a driver raises, the CPU takes over
                self._fall(error)
        return self._stand_in().invoke(inputs)

    def __del__(self) -> None:
        """The worker would wait for ever for the next call."""
        worker = getattr(self, "_worker", None)
        if worker is not None:
            worker.leave()

    @property
    def on_device(self) -> bool:
        """Whether the next call goes to the device."""
        return self._session is not None

    def _try_return(self) -> None:
        """Take the device that was opened meanwhile, or begin to open it when it is time."""
        if self._worker is not None:
            self._opened(0.0)
            return
        self._left = [worker for worker in self._left if worker.alive]
        if self._backoff.due and len(self._left) < MOST_LEFT:
            self._begin_opening()

    def _begin_opening(self) -> None:
        self._worker = Worker(f"{self._device}-{self._model}")
        self._worker.begin(self._open_device)

    def _opened(self, seconds: float) -> bool:
        """Whether the worker has opened the device; one that failed is left."""
        worker = self._worker
        assert worker is not None  # noqa: S101 - only called while there is one
        if not worker.wait(seconds) if seconds else not worker.done:
            return False
        try:
            self._session = worker.take()  # type: ignore[assignment]
        except Exception as error:  # noqa: BLE001 - as above
            self._fall(error)
            return False
        self._cpu = None
        self._usage.placed(self._model, self._device)
        return True

    def _fall(self, error: Exception) -> None:
        worker = self._worker
        self._session = self._worker = None
        if worker is not None:
            worker.leave()
            if isinstance(error, Stuck):
                self._left.append(worker)
        self._backoff.failed()
        self._usage.failed(self._model, "cpu", f"{self._device} failed: {str(error) or type(error).__name__}")

    def _stand_in(self) -> Reopened:
        if self._cpu is None:
            self._cpu = Reopened(self._model, "cpu", self._open_cpu, self._usage, clock=self._clock)
        return self._cpu
