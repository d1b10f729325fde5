"""What would be told without one of the senses: which of them decides, found by leaving each out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge.affect import Sense
    from edge.understanding.fusion import Evidence

EVERY_NS = 500_000_000
"""While the same is told from the same senses it is worked out anew this often, as nobody reads faster. It is counted
in the time of the Readings, so a replay does the same."""

Told = tuple[tuple["Sense", str], ...]


class Without:
    """Keeps what was found last; has no clock of its own.

    Args:
        judge: what evidence comes to by itself, without the filter over time: a label or "unsure".
    """

    def __init__(self, judge: Callable[[list[Evidence]], str]) -> None:
        self._judge = judge
        self._found: Told = ()
        self._found_ns = 0
        self._of: tuple[str, tuple[Sense, ...]] | None = None

    def told(self, name: str, evidence: Sequence[Evidence], now_ns: int) -> Told:
        """For each sense, what would be told without it; the same as ``name`` where it does not decide.

        Nothing is said where there are not at least two senses: without the only one nobody would know. Nor while the
        filter holds on to ``name`` though the evidence by itself says something else: then the past decides.

        Args:
            name: what is told.
            evidence: all that it rests on.
            now_ns: time of the State.
        """
        of = (name, tuple(item.reading.sense for item in evidence))
        if of != self._of or not 0 <= now_ns - self._found_ns < EVERY_NS:
            self._of, self._found_ns = of, now_ns
            self._found = self._work_out(name, list(evidence))
        return self._found

    def _work_out(self, name: str, evidence: list[Evidence]) -> Told:
        if len(evidence) < 2 or self._judge(evidence) != name:  # noqa: PLR2004 - as the docstring says
            return ()
        rests = [(item.reading.sense, [other for other in evidence if other is not item]) for item in evidence]
        return tuple((sense, self._judge(rest)) for sense, rest in rests)
