"""What an engine is: text, language and style go in, sound comes out while the rest is still made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from numpy.typing import NDArray

    from edge.affect import Language, Style

LONGEST = 2000
"""Characters of one reply. Nobody listens to more, and it bounds the memory for the sound."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A part of what is said: ``samples`` (n,) int16, one channel, at ``rate`` Hz."""

    samples: NDArray[np.int16]
    rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate


def silence(seconds: float, rate: int) -> Sound:
    """Nothing, for so long."""
    return Sound(np.zeros(round(seconds * rate), np.int16), rate)


class Synthesiser(Protocol):
    """An engine. ``speak`` runs on one thread at a time; ``cancel`` may come from any other."""

    @property
    def name(self) -> str:
        """What it is and where, for the log and the doctor."""
        ...

    def find(self) -> str:
        """What of it is here, in words. Raises OutletError with the remedy when it cannot work."""
        ...

    def speak(self, text: str, language: Language, style: Style) -> Iterator[Sound]:
        """One sentence, in parts of one rate, as soon as each is made; the volume of ``style`` is not applied.

        Raises:
            OutletError: the engine is gone, fails, or takes too long.
        """
        ...

    def voice(self, language: Language, style: Style) -> Hashable:
        """What is equally loud as anything else with the same value."""
        ...

    def cancel(self) -> None:
        """End a ``speak`` that runs on another thread; it then raises OutletError or ends."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...
