"""How long the device waits before it asks a broker again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from edge.outlets.mqtt.faults import Fault

FIRST_WAIT_S = 0.5
GROWTH = 2.0
LONGEST_WAIT_S = 30.0
"""A broker that restarts is found again within half a minute at worst."""
FIRST_REFUSED_WAIT_S = 30.0
LONGEST_REFUSED_WAIT_S = 300.0
"""Wrong credentials are tried seldom, so that no broker bans the device, and ever more seldom. A correction that is
made at once, by whoever stands before it, is still noticed within a minute."""
JITTER = 0.25
"""Every wait varies by this share, so that a street of devices does not come back at once after a power cut."""
STEADY_S = 10.0
"""A connection that lasted this long counts as a success; a shorter one does not reset the backoff."""


class Backoff:
    """How long to wait before the next attempt."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._wait_s = FIRST_WAIT_S
        self._refused_wait_s = FIRST_REFUSED_WAIT_S

    def after(self, fault: Fault, online_s: float) -> float:
        """Seconds to wait after an attempt that ended in ``fault`` and had been online for ``online_s``."""
        if online_s >= STEADY_S:
            self._wait_s, self._refused_wait_s = FIRST_WAIT_S, FIRST_REFUSED_WAIT_S
        if fault.lasting:
            wait_s = self._refused_wait_s
            self._refused_wait_s = min(wait_s * GROWTH, LONGEST_REFUSED_WAIT_S)
        else:
            wait_s = self._wait_s
            self._wait_s = min(wait_s * GROWTH, LONGEST_WAIT_S)
        return wait_s * self._chance.uniform(1 - JITTER, 1 + JITTER)
