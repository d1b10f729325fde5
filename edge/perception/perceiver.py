"""The protocol that every kind of perception follows: ``attach → perceive … → stop``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from edge.affect import Reading, Sense

SignalT_contra = TypeVar("SignalT_contra", contravariant=True)


class Perceiver(Protocol[SignalT_contra]):
    """Turns a signal into a Reading. Used by one thread at a time; keeps its buffers between calls."""

    sense: Sense

    def attach(self) -> None:
        """Load models and make buffers. Raises ModelError."""
        ...

    def perceive(self, signal: SignalT_contra) -> Reading | None:
        """Reading for this signal; an abstaining Reading says why; None when it is too early to say anything."""
        ...

    def stop(self) -> None:
        """Release models and forget what was heard or seen."""
        ...
