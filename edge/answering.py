"""The wall before the room of response: crisis talk is answered with fixed words, and anything else goes on to it.

Whoever answers a person goes through here, the running device as well as ``rapport converse``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.response.responder import Responder
from edge.safety.crisis import Crisis

if TYPE_CHECKING:
    from edge.affect import Reading, Reply, State
    from edge.response.settings import ResponseSettings
    from edge.safety.context import Context
    from edge.settings import Settings


class Answering:
    """Used by one thread; reads no clock."""

    def __init__(self, settings: Settings, place: Context) -> None:
        """Read the data of both rooms. Raises SettingsError when one of their files or settings is wrong."""
        self._languages = settings.device.languages
        self._crisis = Crisis(settings.safety)
        self._responder = Responder(settings.response, place.name, self._languages, place.never)

    def adopt(self, settings: ResponseSettings) -> None:
        """Go on with other settings; the conversation so far is not forgotten."""
        self._responder.adopt(settings)

    def answer(self, state: State, reading: Reading, now_ns: int, minute: int | None = None) -> Reply | None:
        """What is said to the State that ``reading`` led to; None for silence.

        Args:
            state: how the person is doing now.
            reading: what led to it; with words where something was said.
            now_ns: monotonic nanoseconds, not decreasing from call to call.
            minute: of the local day, for the quiet hours; None where nobody knows it.
        """
        said = reading if reading.words is not None else None
        return self.help(reading) or self._responder.respond(state, said, now_ns, minute)

    def help(self, reading: Reading) -> Reply | None:
        """The fixed words for crisis talk in ``reading``; None where there is none in it. Needs no State."""
        if reading.words is None or not self._crisis.detect(reading.words):
            return None
        return self._crisis.reply(reading.language or self._languages[0], reading.captured_ns)
