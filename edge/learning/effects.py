"""How valence went on after an answer, and after silences that answers are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.affect import Emotion

if TYPE_CHECKING:
    from edge.affect import State

LATE = 2.0
"""A State that comes later than this many times the wait says nothing of the answer any more."""
SILENCE_EVERY_NS = 300 * 1_000_000_000
"""Between the beginnings of two silences that are watched: they are to be many, not all."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is being watched: the number of an answer, or None for a silence, since ``since_ns``."""

    number: int | None
    since_ns: int
    begun: State | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """How it ended: ``after`` is the valence; ``begun`` the State in which a silence began, None for an answer."""

    number: int | None
    after: float
    begun: State | None


class Effects:
    """Watches one thing at a time, as what comes next ends what came before; ``now_ns`` never decreases."""

    def __init__(self) -> None:
        self._watched: Watched | None = None
        self._silence_ns: int | None = None

    def answered(self, number: int | None, now_ns: int) -> None:
        """An answer was given, or one of which nothing is kept (None). What was watched is cut off and counts not."""
        self._watched = None if number is None else Watched(number, now_ns)
        self._silence_ns = now_ns  # a silence right after an answer is that answer's time

    def see(self, state: State, now_ns: int, wait_s: float) -> Effect | None:
        """Look at a State; the effect that it completes, if it does."""
        wait_ns = int(wait_s * 1e9)
        watched = self._watched
        if watched is None:
            if self._begins(state, now_ns):
                self._watched = Watched(None, now_ns, state)
                self._silence_ns = now_ns
            return None
        passed_ns = now_ns - watched.since_ns
        if passed_ns < wait_ns:
            return None
        if passed_ns <= LATE * wait_ns and state.shares:
            self._watched = None
            return Effect(watched.number, state.affect.valence, watched.begun)
        if passed_ns > LATE * wait_ns:
            self._watched = None
        return None

    def forget(self) -> None:
        """Watch nothing."""
        self._watched = None

    def _begins(self, state: State, now_ns: int) -> bool:
        """Whether a silence to a feeling begins here: one that could have been answered."""
        felt = state.label not in {None, Emotion.NEUTRAL} and bool(state.shares)
        return felt and (self._silence_ns is None or now_ns - self._silence_ns >= SILENCE_EVERY_NS)
