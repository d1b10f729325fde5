"""Words reach safety even where no model can judge them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from edge.affect import Reading, Sense
from edge.errors import ModelError
from edge.perception.text.language import language_of

if TYPE_CHECKING:
    from edge.sensors.signals import Utterance

log = logging.getLogger(__name__)

NO_MODEL = "no text model"


class Reads(Protocol):
    """The text sense: of words there always is a Reading, if only an abstention."""

    def attach(self) -> None:
        """Load the model. Raises ModelError."""
        ...

    def perceive(self, signal: Utterance) -> Reading:
        """What the words say. Raises ModelError."""
        ...

    def stop(self) -> None:
        """Release the model."""
        ...


class Listening:
    """The text sense, but for one thing: a missing or broken model makes it abstain, it does not make it deaf.

    Crisis talk is recognised by phrases and needs no model, so a lane that parks for want of one would leave a person
    without an answer.
    """

    sense = Sense.TEXT

    def __init__(self, text: Reads) -> None:
        self._text = text
        self._works = False
        self._flaw = ""

    def condition(self) -> str | None:
        """What keeps words from being understood; None when they are."""
        return self._flaw or None

    def attach(self) -> None:
        """Attach the text sense if it can be; what stands in the way is logged with its remedy."""
        try:
            self._text.attach()
            self._works = True
            self._flaw = ""
        except ModelError as error:
            self._works = False
            self._flaw = f"words are only heard for crisis talk: {error.problem}"
            log.error("words are only heard for crisis talk: %s", error)  # noqa: TRY400 - the sentence says it all

    def perceive(self, signal: Utterance) -> Reading:
        """The text sense's Reading, or an abstention that carries the words."""
        if self._works:
            try:
                reading = self._text.perceive(signal)
            except ModelError as error:
                self._flaw = f"words are only heard for crisis talk: {error.problem}"
                log.error("this sentence was only heard for crisis talk: %s", error)  # noqa: TRY400 - as above
            else:
                self._flaw = ""
                return reading
        language = language_of(signal.words)
        return Reading(
            self.sense, signal.captured_ns, None, 0.0, reason=NO_MODEL, words=signal.words, language=language
        )

    def stop(self) -> None:
        """Release the model."""
        self._text.stop()
        self._works = False
