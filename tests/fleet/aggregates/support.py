"""Synthetic households that tell by the device's own code."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

from edge.outlets.aggregates.message import AggregateMessage, message_of
from edge.privacy.contribution import Hour, noised, rho_of_report, variances
from edge.privacy.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

HAPPY = Hour((0, 0, 0, 30, 5, 0, 20, 5), 1500, 2, (1, 0, 0))
"""Of 60 minutes: 30 happy, 5 sad, 20 neutral, 5 unsure."""
FIRST = date(2026, 11, 2)


def household(
    number: int,
    days: int,
    *,
    hour: Hour = HAPPY,
    rho: float | None = None,
    first: date = FIRST,
    of_day: int | None = None,
) -> list[AggregateMessage]:
    """What one household tells in so many days; with ``rho`` per report, or as by default."""
    chance = random.Random(number)  # noqa: S311 - the same households each time
    scales = variances(rho_of_report(Limits(), 0.5, 86_400) if rho is None else rho)
    told = []
    for at in range(days):
        day = first + timedelta(days=at)
        told.append(
            message_of(
                noised(hour, scales, chance.randrange),
                scales,
                pseudonym=f"{number:016x}{day:%Y%m}".ljust(32, "0"),
                day=day,
                of_day=chance.randrange(24) if of_day is None else of_day,
                epsilon=0.2,
                delta=1e-6,
            )
        )
    return told


def encoded(messages: Sequence[AggregateMessage]) -> list[bytes]:
    """As the outbox sends them, with an id each."""
    return [
        json.dumps({**message.payload(), "id": f"{at:032x}"}, sort_keys=True).encode()
        for at, message in enumerate(messages)
    ]
