"""The driver as a view: face Readings become moments, and what the state machine has to tell is handed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.perception.face.cues import LEFT_EYE, MOUTH, PITCH, RIGHT_EYE, YAW
from edge.understanding.driver.driver import Driver
from edge.understanding.driver.moment import Moment
from edge.understanding.driver.settings import GAP_S

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.affect import Alertness, Reading, State
    from edge.understanding.driver.settings import DriverSettings

FIELDS = {LEFT_EYE: "left", RIGHT_EYE: "right", MOUTH: "mouth", YAW.name: "yaw", PITCH.name: "pitch"}


class DriverView:
    """Needs no emotion: a Reading that abstains from one is as good."""

    def __init__(self, settings: DriverSettings) -> None:
        self._driver = Driver(settings)
        self._last_ns = 0

    def adopt(self, settings: DriverSettings) -> None:
        """Go on with other settings."""
        self._driver.adopt(settings)

    def see(self, state: State, reading: Reading | None) -> Iterable[Alertness]:
        """What a face Reading makes known; without one for GAP_S, that nobody is seen."""
        if reading is not None and reading.sense is Sense.FACE:
            self._last_ns = reading.captured_ns
            told = self._driver.see(moment_of(reading))
        elif state.captured_ns - self._last_ns > GAP_S * 1e9:
            self._last_ns = state.captured_ns
            told = self._driver.see(Moment(state.captured_ns / 1e9))
        else:
            return ()
        return () if told is None else (told,)

    def forget(self, sense: Sense) -> None:
        """The grant is gone, and with it what was learnt of the driver."""
        if sense is Sense.FACE:
            self._driver.forget()


def moment_of(reading: Reading) -> Moment:
    """What a face Reading shows of a driver; whether it abstains makes no difference."""
    values = {FIELDS[cue.name]: cue.value for cue in reading.cues if cue.name in FIELDS}
    return Moment(reading.captured_ns / 1e9, **values)
