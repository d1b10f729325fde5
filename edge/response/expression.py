"""Voice and face of a reply: the stance says where to, the table how far, and a draw of the model how this time.

Nobody says a thing twice in the same way. The generator was trained against a discriminator on voices and faces of
people (docs/expression.md), and gives each reply a way of its own; it is asked once a reply. Where it is missing the
tables alone decide, and that is said.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from edge.affect import Look, Style
from edge.errors import ModelError
from edge.response.drawn import Drawer
from edge.response.stance import BEARINGS, stance_for
from edge.response.style import LOOKS, TOWARDS, damped, look_for, names, placed, style_for

if TYPE_CHECKING:
    from edge.accelerators.model import Models
    from edge.affect import Emotion
    from edge.response.drawn import Drawn
    from edge.response.stance import Bearing
    from edge.response.strategy import Strategy

log = logging.getLogger(__name__)

TABLE = 0.5
"""Part that the table has in a style or look; the draw has the rest."""
SEMITONES = 12.0
"""In an octave."""


class Expression:
    """Used by one thread. Keeps the noise of the conversation, and nothing of the person."""

    def __init__(self, context: str, models: Models | None = None, seed: int | None = None) -> None:
        """Loads nothing yet: where nobody is answered, no model of answers is loaded.

        Args:
            context: of the device; a car is never spoken to softly.
            models: of the device; None: the tables alone.
            seed: of the noise; None: another at each start.
        """
        self._context = context
        self._models, self._seed = models, seed
        self._drawer: Drawer | None = None
        self._missing: str | None = "no models were given"

    @property
    def missing(self) -> str | None:
        """Why the tables alone decide; None while the model draws."""
        self._load()
        return self._missing

    def begin(self) -> None:
        """Another conversation: its noise knows nothing of the last one's."""
        if self._drawer is not None:
            self._drawer.begin()

    def of(self, label: Emotion | None, confidence: float, strategy: Strategy) -> tuple[Style, Look]:
        """How a reply to ``label`` is spoken and what face goes with it; nearer to rest the less sure that is.

        Within a conversation each differs a little from the last, and none leaves the bounds of its stance.
        """
        bearing = BEARINGS[stance_for(strategy, label, self._context)]
        drawn = self._draw(bearing.draws or label)
        table = LOOKS[label] if label is not None else Look()
        if drawn is None:
            style = style_for(label, confidence, strategy, self._context)
            return style, look_for(_look_within(table, bearing), confidence)
        full = _style(TOWARDS[label] if label is not None else Style(), drawn, bearing)
        style = placed(damped(full, confidence), strategy, self._context)
        return style, look_for(_look_within(_look(table, drawn, bearing), bearing), confidence)

    def _load(self) -> None:
        """Load the model, once; where that cannot be done it is said."""
        models, self._models = self._models, None
        if models is None:
            return
        try:
            self._drawer, self._missing = Drawer(models, self._seed), None
        except ModelError as error:
            self._lose(error)

    def _draw(self, emotion: Emotion | None) -> Drawn | None:
        self._load()
        if self._drawer is None or emotion is None:
            return None
        try:
            self._drawer.step()
            return self._drawer.draw(emotion)
        except ModelError as error:
            self._lose(error)
            return None

    def _lose(self, error: ModelError) -> None:
        self._drawer, self._missing = None, str(error)
        log.warning("voice and face of replies are those of the tables, not drawn by the model: %s", error)


def _style(table: Style, drawn: Drawn, bearing: Bearing) -> Style:
    """Between table and draw, within the bounds; factors are mixed as their logarithms are.

    How loud the clips were nobody knows, so the volume is the table's, and the draw's effort only varies it.
    """
    pitch, melody, rate, effort, pause = (bearing.voice * doublings for doublings in drawn.voice)
    own = 1 - TABLE
    mixed = Style(
        rate=table.rate**TABLE * 2 ** (own * rate),
        pitch=TABLE * table.pitch + own * SEMITONES * pitch,
        volume=table.volume * 2 ** (own * effort),
        melody=table.melody**TABLE * 2 ** (own * melody),
        pause=table.pause**TABLE * 2 ** (own * pause),
    )
    return Style(*(_within(getattr(mixed, name), bearing.lowest, bearing.highest, name) for name in names(Style)))


def _look(table: Look, drawn: Drawn, bearing: Bearing) -> Look:
    """Between table and draw; of another emotion than the person's the draw only varies the table's look."""
    share = TABLE if bearing.draws is None else 1.0
    parts = zip(names(Look), drawn.face, strict=True)
    return Look(*(share * getattr(table, name) + (1 - TABLE) * bearing.face * value for name, value in parts))


def _look_within(look: Look, bearing: Bearing) -> Look:
    return Look(*(_within(getattr(look, name), bearing.least, bearing.most, name) for name in names(Look)))


def _within(value: float, low: Style | Look, high: Style | Look, name: str) -> float:
    return float(min(max(value, getattr(low, name)), getattr(high, name)))
