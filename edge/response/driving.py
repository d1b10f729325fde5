"""How much a driver has to do just now: as the vehicle tells it, and as the driver's head shows it.

Sources:
    NHTSA, Visual-Manual Driver Distraction Guidelines, 78 FR 24818 (2013): 5 mph is the speed in its definition of
        driving, for a car without a position "Park". They are about eyes and hands, and leave speech open.
    EU Recommendation 2008/653/EC (European Statement of Principles on human-machine interface): the driver sets the
        pace of a dialogue. It says of itself that it is not meant for systems with voice control.
    AAM, Driver Focus-Telematics Guidelines (2006): the same of the pace, for what is looked at.
    Verwey, On-line driver workload estimation, Ergonomics 43(2), 2000: the road situation decides visual and mental
        workload more than anything else, so what knows the road has to tell.
None of them gives a number for "too much to do": the vehicle has to say it. "Ours" marks what no source gives.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.perception.face.cues import YAW

if TYPE_CHECKING:
    from edge.affect import Reading

SECOND = 1_000_000_000
STANDING_KMH = 8.0
"""Below 5 mph a car counts as standing (NHTSA, see above)."""
TURN_DEGREES = 25.0
TURN_NS = 700_000_000
"""The head turned when its yaw changed by so much within so long (ours; a mirror needs less)."""
TURNS = 3
TURNS_NS = 8 * SECOND
"""So many turns within so long: out, back and out again, as one who changes lanes or looks for a way (ours)."""


class Workload(StrEnum):
    """How much there is to do. Medium: nothing is said unasked. High: only who addresses the device is answered."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Driving:
    """What the vehicle said of itself at ``heard_ns``; it holds for ``lasts_ns``. None: that was not said."""

    heard_ns: int
    lasts_ns: int
    speed_kmh: float | None = None
    workload: Workload | None = None

    def fresh(self, now_ns: int) -> bool:
        """Whether it still holds."""
        return now_ns - self.heard_ns <= self.lasts_ns


class Head:
    """Counts quick turns of the head. Memory does not grow."""

    def __init__(self) -> None:
        self._poses: deque[tuple[int, float]] = deque(maxlen=32)
        self._turns: deque[int] = deque(maxlen=TURNS)

    def see(self, reading: Reading) -> None:
        """The yaw of a face Reading, whether it abstains or not; any other passes by."""
        if reading.sense is not Sense.FACE:
            return
        yaw = next((cue.value for cue in reading.cues if cue.name == YAW.name), None)
        if yaw is None:
            return
        now_ns = reading.captured_ns
        while self._poses and not 0 <= now_ns - self._poses[0][0] <= TURN_NS:
            self._poses.popleft()
        self._poses.append((now_ns, yaw))
        if max(abs(yaw - before) for _, before in self._poses) >= TURN_DEGREES:
            self._turns.append(now_ns)
            self._poses.clear()
            self._poses.append((now_ns, yaw))

    def busy(self, now_ns: int) -> bool:
        """Whether it turned TURNS times within the TURNS_NS that end now."""
        return len(self._turns) == TURNS and now_ns - self._turns[0] <= TURNS_NS


class Road:
    """The workload of a driver. ``hear`` may be called from any thread, the rest belongs to the loop's."""

    def __init__(self) -> None:
        self._said: Driving | None = None
        self._head = Head()

    def hear(self, driving: Driving) -> None:
        """What the vehicle says; it takes the place of what it said before."""
        self._said = driving

    def see(self, reading: Reading) -> None:
        """Look at the driver's head."""
        self._head.see(reading)

    def lost(self, now_ns: int) -> bool:
        """Whether a vehicle once spoke and has fallen silent: then nobody knows how much there is to do."""
        return self._said is not None and not self._said.fresh(now_ns)

    def workload(self, now_ns: int) -> Workload:
        """The higher of what the vehicle says and the head shows; where no vehicle ever spoke, the head alone.

        A vehicle that has fallen silent counts as medium: what can wait waits, who asks is answered.
        """
        if self._head.busy(now_ns):
            return Workload.HIGH
        if self.lost(now_ns):
            return Workload.MEDIUM
        said = self._said
        return Workload.LOW if said is None or said.workload is None else said.workload

    def standing(self, now_ns: int) -> bool:
        """Whether the vehicle says that it is slower than STANDING_KMH."""
        said = self._said
        return said is not None and said.fresh(now_ns) and said.speed_kmh is not None and said.speed_kmh < STANDING_KMH
