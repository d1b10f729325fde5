"""A video, a picture or a folder of pictures that behaves as a camera: paced in real time."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.errors import SensorError, SensorGone
from edge.sensors.clock import Clock
from edge.sensors.film import GONE_REMEDY, Film, open_film
from edge.sensors.signals import Frame
from edge.sensors.turn import Turn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edge.sensors.settings import CameraSettings


LEAD = 0.5
"""Part of the time between two pictures that is left for decoding the next."""


class FileCamera:
    """Pictures from files. ``captured_ns`` is when a picture was due, or was ready where it was ready later.

    A video drops what it is too late for, as a camera does; of separate pictures each is delivered. A picture alone
    is delivered once. With ``repeat`` everything is delivered again and again, as it is then: a picture that was
    replaced is read anew, a folder is looked through anew, and a file that was there and is not any more is SensorGone,
    so that whoever reads tries again until it returns.
    """

    sense = Sense.FACE
    live = False

    def __init__(self, settings: CameraSettings, *, repeat: bool, clock: Clock | None = None) -> None:
        self.source = f"file {settings.source}"
        self.dropped = 0
        self._settings = settings
        self._repeat = repeat
        self._clock = clock or Clock()
        self._turn = Turn(settings)
        self._was_there = False
        self._film: Film | None = None
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._due_ns = 0

    def attach(self) -> None:
        """Open the file.

        Raises:
            SensorError: it is missing or no picture or video.
            SensorGone: the same, but with ``repeat`` and after it was there.
        """
        self.stop()
        try:
            film = open_film(Path(self._settings.source), self._settings)
        except SensorError as error:
            raise self._perhaps_gone(error) from error
        self._was_there = True
        with self._lock:
            self._film = film
            self._stopped.clear()
            self._due_ns = self._clock.now_ns()

    def read(self) -> Frame | None:
        """The next picture when it is due.

        Raises:
            SensorError: none of the pictures can be decoded.
            SensorGone: with ``repeat``, the file is not there any more or has become unreadable.
        """
        film = self._film
        # Whoever looks at the picture before goes first: decoding at once would take the core from under them.
        if film is not None and not self._clock.wait_until(self._due_ns - int(LEAD * 1e9 / film.fps), self._stopped):
            return None
        with self._lock:
            if self._film is None:
                return None
            period_ns = int(1e9 / self._film.fps)
            self._catch_up(self._film, period_ns)
            try:
                image = self._next(self._film)
            except SensorError as error:
                raise self._perhaps_gone(error) from error
            may_skip = self._film.may_skip
            if image is None:
                self._film.close()
                self._film = None
                return None
        captured_ns = max(self._due_ns, self._clock.now_ns())
        self._due_ns = (self._due_ns if may_skip else captured_ns) + period_ns
        frame = Frame(self._turn(image), captured_ns)  # made ahead, as by the driver of a camera
        return frame if self._clock.wait_until(captured_ns, self._stopped) else None

    def stop(self) -> None:
        """Close the file; a waiting read returns None."""
        self._stopped.set()
        with self._lock:
            if self._film is not None:
                self._film.close()
                self._film = None

    def _catch_up(self, film: Film, period_ns: int) -> None:
        while film.may_skip and self._clock.now_ns() - self._due_ns > period_ns and film.skip():
            self._due_ns += period_ns
            self.dropped += 1

    def _next(self, film: Film) -> NDArray[np.uint8] | None:
        image = film.next()
        if image is None and self._repeat:
            film.rewind()
            image = film.next()
            if image is None:
                problem = f"nothing of {self._settings.source} can be shown any more"
                raise SensorGone(problem, GONE_REMEDY)
        return image

    def _perhaps_gone(self, error: SensorError) -> SensorError:
        """What is missing at first is a mistake in the settings; what was there and is missing may return."""
        return SensorGone(error.problem, GONE_REMEDY) if self._repeat and self._was_there else error
