"""What the home is told of lanes and models, gathered from the parts that know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.loop.states import TROUBLE
from edge.outlets.mqtt.health import Health, LaneHealth

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edge.loop.lane import LaneStatus
    from edge.loop.tally import Tally


def health_of(lanes: Iterable[LaneStatus], tally: Tally, models: Mapping[str, str]) -> Health:
    """The device as it is now, with the versions of its ``models``; from any thread."""
    return Health(
        lanes=tuple(
            LaneHealth(
                lane.sense,
                lane.state.value,
                trouble=lane.reason if lane.state in TROUBLE else "",
                restarts=lane.restarts,
                dropped=lane.dropped,
            )
            for lane in lanes
        ),
        pictures=tally.readings[Sense.FACE] + tally.abstained[Sense.FACE],
        models=models,
    )
