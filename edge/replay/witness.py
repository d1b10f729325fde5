"""Whoever looks on while the device understands: the loop tells it what went in and what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.affect import Reading, Sense, State
    from edge.loop.lane import LaneStatus
    from edge.perception.perceiver import Perceiver
    from edge.understanding.settings import UnderstandingSettings
    from edge.understanding.views import Event


class Witness:
    """Nobody: every call does nothing. A recorder writes down what it is told; each call returns at once."""

    def saw(
        self,
        state: State,
        reading: Reading | None,
        forgot: Sense | None,
        events: Iterable[Event],
        *,
        published: bool = True,
        watched: bool = False,
    ) -> None:
        """There is a State.

        Args:
            state: the State.
            reading: what led to it; None where time has passed or a sense was forgotten.
            forgot: the sense that was forgotten, if that led to it.
            events: what the views, and then the driver's view, made of it.
            published: whether it was told, and the views saw it; else feelings may not be read, the Reading went to the
                driver's view alone, and for understanding only time has passed.
            watched: whether the driver's view saw it.
        """

    def unwatched(self, sense: Sense) -> None:
        """What was learned of the driver by this sense is forgotten."""

    def adopted(self, settings: UnderstandingSettings) -> None:
        """Understanding goes on with other settings."""

    def consented(self, senses: Iterable[Sense], now_ns: int) -> None:
        """The senses that are granted have changed to these."""

    def looked(self, lanes: Iterable[LaneStatus]) -> None:
        """Where each lane stands, about once a second."""

    def beside(self, sense: Sense, perceiver: Perceiver[object]) -> Perceiver[object]:
        """The perceiver, or one in its place that also keeps what it is given."""
        del sense
        return perceiver
