"""The end of a run: every lane and every outlet is stopped at the same time, and none is waited for in vain."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.loop.lane import Lane
    from edge.outlets.outlet import Outlet

log = logging.getLogger(__name__)

LANES_S = 0.6
"""Seconds for all lanes together; a thread that hangs in a driver or a model is left behind, as threads are daemons."""


def drain(lanes: Sequence[Lane[Any]], outlets: Sequence[Outlet], within_s: float) -> None:
    """Stop lanes, then deliver what waits in the outlets for at most ``within_s`` seconds.

    Args:
        lanes: no Reading comes from them afterwards.
        outlets: each closes on a thread of its own, so that one that hangs costs the others nothing.
        within_s: limit for the outlets together.
    """
    deadline = time.monotonic() + LANES_S
    for lane in lanes:
        lane.begin_stop()
    for lane in lanes:
        lane.stop(max(0.0, deadline - time.monotonic()))
    deadline = time.monotonic() + within_s
    closing = [
        threading.Thread(target=outlet.stop, args=(max(0.1, within_s - 0.2),), name=f"stop-{outlet.name}", daemon=True)
        for outlet in outlets
    ]
    for thread in closing:
        thread.start()
    for thread, outlet in zip(closing, outlets, strict=True):
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            log.warning("the %s outlet hangs and is left behind", outlet.name)
