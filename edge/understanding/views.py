"""Views of what was understood: each looks at every State as it comes and says when something has happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from edge.understanding.episodes import Episodes
from edge.understanding.wellbeing.view import Spans

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.affect import Alertness, Episode, Reading, Sense, State
    from edge.understanding.settings import UnderstandingSettings
    from edge.understanding.wellbeing.day import Span

    Event = Episode | Alertness | Span


class View(Protocol):
    """A small state machine without a clock of its own; called on the loop's thread."""

    def see(self, state: State, reading: Reading | None) -> Iterable[Event]:
        """What has happened by this State; mostly nothing.

        Args:
            state: the newest.
            reading: what led to it; None where only time has passed.
        """
        ...

    def forget(self, sense: Sense) -> None:
        """The consent for this sense is gone, and with it what was made of it."""
        ...


def views(settings: UnderstandingSettings) -> tuple[View, ...]:
    """Those that the settings ask for."""
    episodes = (Episodes(settings.episodes),) if settings.episodes.enabled else ()
    return (*episodes, Spans())
