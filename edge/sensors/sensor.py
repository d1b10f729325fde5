"""The protocol that every sensor follows: ``attach → read … → stop``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from edge.affect import Sense

SignalT_co = TypeVar("SignalT_co", covariant=True)


class Sensor(Protocol[SignalT_co]):
    """A source of signals. Nothing is opened before ``attach``; after ``stop`` everything is closed again.

    ``attach`` and ``read`` raise SensorError (SensorGone when a retry makes sense). A stopped sensor can be attached
    again. ``stop`` may be called from another thread while ``read`` blocks, and makes it return within 200 ms.
    """

    sense: Sense
    source: str
    """Where the signal comes from, in words for the user: "camera 0", "file talk.wav"."""
    live: bool
    """True for a device, which is opened again when it falls silent; False for what ends, such as a file."""

    def attach(self) -> None:
        """Open the device or file."""
        ...

    def read(self) -> SignalT_co | None:
        """Block until the next signal; None when the source has ended or was stopped."""
        ...

    def stop(self) -> None:
        """Close the device; safe to call twice."""
        ...
