"""A session on the CPU that is opened anew when it fails.

Its calls run on the caller's own thread. Handing each over to a worker is cheap by itself, but while other cores are
busy the worker has to wait for its turn, and a call in a hundred takes many times as long. Nothing on the CPU waits for
a device: what could hang there is a machine that stands still as a whole. A call that takes too long all the same is
seen in ``busy_s`` while it lasts, and by the lane's supervision, and is an error when it ends.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from edge.accelerators.backoff import Backoff
from edge.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from edge.accelerators.accelerator import Session
    from edge.accelerators.usage import Usage

log = logging.getLogger(__name__)

STUCK_S = 2.0
"""A call that takes longer has hung. The longest of ours takes a few milliseconds."""


class Reopened:
    """A ``Session``. For one thread, but for ``busy_s``."""

    def __init__(
        self,
        model: str,
        device: str,
        open_session: Callable[[], Session],
        usage: Usage,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Opens at once. Raises ModelError."""
        self._model = model
        self._device = device
        self._open = open_session
        self._usage = usage
        self._clock = clock
        self._backoff = Backoff(clock)
        self._session = open_session()
        self._began: float | None = None
        self.inputs, self.outputs = self._session.inputs, self._session.outputs

    @property
    def busy_s(self) -> float:
        """Seconds that the present call has taken so far; 0 between calls. From any thread."""
        began = self._began
        return 0.0 if began is None else self._clock() - began

    def invoke(self, inputs: Sequence[NDArray[np.generic]]) -> tuple[NDArray[np.generic], ...]:
        """As the session's; what raised is tried once more on a fresh session.

        Raises:
            ModelError: the fresh one fails too, or the call took more than STUCK_S; the caller's own supervision acts.
        """
        self._began = began = self._clock()
        try:
            found = self._session.invoke(inputs)
        except Exception as error:  # noqa: BLE001 - whatever a driver raises, it is told and counted
            return self._again(inputs, error)
        finally:
            self._began = None
        took = self._clock() - began
        if took > STUCK_S:
            problem = f"inference of {self._model} on {self._device} took {took:.1f} s, allowed are {STUCK_S:g}"
            late = ModelError(problem, "It is opened anew by itself; if it stays so, see what else keeps the CPU busy")
            self._count(late)
            self._replace(late)
            raise late
        return found

    def _again(self, inputs: Sequence[NDArray[np.generic]], error: Exception) -> tuple[NDArray[np.generic], ...]:
        self._count(error)
        if self._replace(error):
            try:
                found = self._session.invoke(inputs)
            except Exception as second:  # noqa: BLE001 - as above
                error = second
            else:
                return found
        if isinstance(error, ModelError):
            raise error
        problem = f"inference of {self._model} on {self._device} failed: {error}"
        raise ModelError(problem, "It is opened anew by itself; if it stays so, run `rapport doctor`") from error

    def _count(self, error: Exception) -> None:
        self._usage.stumbled(self._model, self._device, str(error) or type(error).__name__)

    def _replace(self, why: Exception) -> bool:
        """Open a fresh session, unless that was tried too short a time ago; the old one stays where that fails."""
        if not self._backoff.due:
            return False
        self._backoff.failed()
        log.warning("%s is opened anew on %s: %s", self._model, self._device, why)
        try:
            self._session = self._open()
        except ModelError as error:
            self._count(error)
            return False
        return True
