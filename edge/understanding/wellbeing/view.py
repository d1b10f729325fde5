"""States become spans: time-weighted by real time, in constant memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, Reading, Sense, State
from edge.understanding.wellbeing.day import Span, Sums

if TYPE_CHECKING:
    from collections.abc import Iterable

SPAN_S = 30.0
"""Longest span: midnight is kept to half of this, and a stop loses no more."""
GAP_S = 5.0
"""A State stands until the next one, and for no longer than this. The runtime makes one each second even in silence, so
a longer gap means that the device slept, and of that time nothing is known."""


class Spans:
    """A View that hands on a span when half a minute is full or other senses take part.

    A State without any sense in it is one in which nobody was there: it counts as nothing.
    """

    def __init__(self) -> None:
        self._last_ns: int | None = None
        self._label: int | None = None
        self._valence = self._arousal = 0.0
        self._senses: frozenset[Sense] = frozenset()
        self._start_ns = 0
        self._sums = Sums()

    def see(self, state: State, reading: Reading | None) -> Iterable[Span]:
        """The time since the State before is counted as that State; the span, if one is full."""
        del reading
        now_ns = state.captured_ns
        full: tuple[Span, ...] = ()
        if self._last_ns is not None:
            now_ns = max(now_ns, self._last_ns)  # senses are not equally fast; time is counted once
            elapsed_s = (now_ns - self._last_ns) / 1e9
            if elapsed_s > GAP_S:
                full = self._close(self._last_ns)
            elif self._senses:
                self._sums.add(elapsed_s, self._label, self._valence, self._arousal)
        senses = frozenset(sense for sense, _ in state.shares)
        if senses != self._senses or (now_ns - self._start_ns) / 1e9 >= SPAN_S:
            full = full or self._close(now_ns)
            self._start_ns = now_ns
        self._last_ns = now_ns
        self._senses = senses
        self._label = None if state.label is None else EMOTIONS.index(state.label)
        self._valence, self._arousal = state.affect.valence, state.affect.arousal
        return full

    def forget(self, sense: Sense) -> None:
        """What this sense was part of, and was not handed on yet, is gone."""
        if sense in self._senses:
            self._sums = Sums()
            self._senses = frozenset()

    def _close(self, end_ns: int) -> tuple[Span, ...]:
        sums = self._sums
        if sums.seen_s <= 0:
            return ()
        self._sums = Sums()
        return (Span(self._start_ns, end_ns, self._senses, sums),)
