"""Sound is made on a thread of its own, a few seconds ahead of what is heard, and no further."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Self

from edge.outlets.speech.process import stand_back

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from edge.outlets.speech.synthesiser import Sound

AHEAD_S = 8.0
"""Sound that may wait: longer than the longest sentence takes on a slow engine, and at most 0.4 MB at 24 kHz."""


class Ahead:
    """Iterates over ``sounds``, which another thread makes. ``close`` ends it, from any thread, at once."""

    def __init__(self, sounds: Iterator[Sound]) -> None:
        self._sounds = sounds
        self._ready: deque[Sound] = deque()
        self._seconds = 0.0
        self._changed = threading.Condition()
        self._closed = False
        self._ended = False
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="speech", daemon=True)

    def __enter__(self) -> Self:
        """Begin to make sound."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop what is ready; the engine ends with the part that it is making."""
        self.close()

    def __iter__(self) -> Self:
        """It is its own iterator."""
        return self

    def __next__(self) -> Sound:
        """The next part. Raises what the engine raised, once all that it made before was given."""
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._ended or self._closed)
            if self._closed or not self._ready:
                error, self._error = self._error, None
                if error is not None and not self._closed:
                    raise error
                raise StopIteration
            sound = self._ready.popleft()
            self._seconds -= sound.seconds
            self._changed.notify_all()
            return sound

    @property
    def ended(self) -> bool:
        """Whether the engine has made all, or has failed."""
        return self._ended

    def close(self) -> None:
        """Nothing more is given."""
        with self._changed:
            self._closed = True
            self._ready.clear()
            self._changed.notify_all()

    def join(self, within_s: float) -> bool:
        """Wait for the engine to end; False when it did not in time."""
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        stand_back()
        try:
            for sound in self._sounds:
                if not self._put(sound):
                    break
        except Exception as error:  # noqa: BLE001 - not hidden: ``__next__`` raises it where the sound is awaited
            self._error = error
        finally:
            closing = getattr(self._sounds, "close", None)
            if closing is not None:
                closing()
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _put(self, sound: Sound) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._seconds < AHEAD_S)
            if self._closed:
                return False
            self._ready.append(sound)
            self._seconds += sound.seconds
            self._changed.notify_all()
            return True
