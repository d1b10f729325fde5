"""How often the home hears: a rate floor and a deadband for each value, and the latest always goes out."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTLING_S = 5.0
"""A change inside the deadband goes out after this long at the latest. Ten times slower than a glance at a dashboard
can tell, and it keeps a noisy face from filling the home's recorder."""
ECHO_S = 2.0
"""All is said again this long after discovery: Home Assistant subscribes to a state topic only when it has read the
discovery message, and what is not retained is lost until then."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When one value of a message may change for whoever listens.

    Attributes:
        floor_s: seconds between two changes.
        deadband: a number that moved by less waits for ``settling_s``; 0: every change counts.
        settling_s: seconds after its last change at which it goes out all the same; never less than the floor.
        whole: a change of this value brings the latest of all the others along, so that they belong together.
    """

    floor_s: float = 0.0
    deadband: float = 0.0
    settling_s: float = SETTLING_S
    whole: bool = False


class Pace:
    """Holds the latest values of one message and says when it is due. Not thread-safe.

    What is taken has for each value the one that was said last, until its rule lets the latest go out. Times are
    seconds of one monotonic clock.
    """

    def __init__(self, rules: Mapping[str, Rule], *, floor_s: float = 0.0, resend_s: float = inf) -> None:
        """Nothing is known yet.

        Args:
            rules: of each value.
            floor_s: seconds between two messages, whatever changes.
            resend_s: seconds after which the message is said again though nothing changed.
        """
        self._rules = rules
        self._floor_s = floor_s
        self._resend_s = resend_s
        self._latest: dict[str, Any] | None = None
        self._said: dict[str, Any] = {}
        self._changed_at: dict[str, float] = {}
        self._said_at = -inf
        self._echo_at = inf
        self._forgotten = True
        """Whether whoever listens knows nothing."""
        self.due = inf
        """When ``take`` will give something; infinite when there is nothing to say."""

    def offer(self, values: Mapping[str, Any], now: float) -> None:
        """Newer values, one for each rule, take the place of those that wait."""
        self._latest = dict(values)
        self.due = self._next(now)

    def say_anew(self, now: float) -> None:
        """Whoever listened has forgotten everything: the latest goes out now, and once more a moment later."""
        self._echo_at = now + ECHO_S
        self._forgotten = True
        self.due = self._next(now)

    def say_again(self, now: float) -> None:
        """Whoever listens asked for something: it hears how things stand, also where nothing has changed."""
        self._forgotten = True
        self.due = self._next(now)

    def forget(self) -> None:
        """What waits may no longer be said, nor what was said be said again."""
        self._latest = None
        self.due = inf

    def take(self, now: float) -> dict[str, Any] | None:
        """The values to be said if it is time, and they then count as said."""
        if now < self.due or self._latest is None:
            return None
        going = {name for name in self._rules if self._goes_at(name) <= now}
        again = self._forgotten or now >= min(self._echo_at, self._said_at + self._resend_s)
        if again or any(self._rules[name].whole for name in going):
            going = set(self._rules)
        for name in going:
            if name not in self._said or self._said[name] != self._latest[name]:
                self._changed_at[name] = now
            self._said[name] = self._latest[name]
        if now >= self._echo_at:
            self._echo_at = inf
        self._forgotten, self._said_at = False, now
        self.due = self._next(now)
        return dict(self._said)

    def _next(self, now: float) -> float:
        if self._latest is None:
            return inf
        if self._forgotten:
            return now
        changed = max(min(map(self._goes_at, self._rules)), self._said_at + self._floor_s)
        return min(changed, self._echo_at, self._said_at + self._resend_s)

    def _goes_at(self, name: str) -> float:
        """When the latest of this value may be said; infinite while it is what was said."""
        assert self._latest is not None  # noqa: S101 - both callers have looked
        if name not in self._said:
            return -inf
        said, latest, rule = self._said[name], self._latest[name], self._rules[name]
        if said == latest:
            return inf
        wait_s = rule.floor_s if _moved(said, latest, rule.deadband) else max(rule.floor_s, rule.settling_s)
        return self._changed_at[name] + wait_s


def _moved(said: object, latest: object, deadband: float) -> bool:
    numbers = isinstance(said, int | float) and isinstance(latest, int | float)
    return not numbers or abs(latest - said) >= deadband  # type: ignore[operator]
