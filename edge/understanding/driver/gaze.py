"""Looking away from the road, by the head: one long look, or short ones that add up (Euro NCAP, "owl" movements)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.understanding.driver.settings import BACK_S, EASED, GAP_S, SHARED_WINDOW_S, TURNING
from edge.understanding.driver.window import Window

if TYPE_CHECKING:
    from edge.understanding.driver.settings import DriverSettings


class Gaze:
    """Fed with the pose of each picture; memory does not grow."""

    def __init__(self) -> None:
        self._shared = Window(SHARED_WINDOW_S, 60, 1)
        self._last_s: float | None = None
        self._posed_s = 0.0
        self._far = 0.0
        self._away_at: float | None = None
        self._road_at: float | None = None
        self._now = 0.0

    def see(self, at_s: float, turned: tuple[float, float] | None, settings: DriverSettings) -> None:
        """Degrees of yaw and pitch from the natural pose at ``at_s`` seconds; None without a face."""
        last_s, self._last_s, self._now = self._last_s, at_s, at_s
        self._shared.to(at_s)
        if turned is not None:
            self._posed_s = at_s
            self._far = max(abs(turned[0]) / settings.away_yaw, abs(turned[1]) / settings.away_pitch)
        passed_s = 0.0 if last_s is None else at_s - last_s
        if passed_s > GAP_S:  # what was in between is not known
            passed_s, self._away_at, self._road_at = 0.0, None, None
        if self._is_away(at_s, settings, lost=turned is None):
            self._road_at = None
            self._away_at = at_s if self._away_at is None else self._away_at
            self._shared.add(0, passed_s)
            return
        self._away_at = None
        if turned is None:
            self._road_at = None
            return
        self._road_at = at_s if self._road_at is None else self._road_at
        if at_s - self._road_at >= BACK_S:
            self._shared.clear()

    @property
    def away_s(self) -> float:
        """Seconds of the look away that goes on; 0 when the driver looks at the road."""
        return 0.0 if self._away_at is None else self._now - self._away_at

    @property
    def shared_s(self) -> float:
        """Seconds of looks away within the last SHARED_WINDOW_S, without BACK_S at the road between them."""
        return self._shared.sum(0)

    @property
    def back(self) -> bool:
        """Whether the driver has looked at the road for BACK_S."""
        return self._road_at is not None and self._now - self._road_at >= BACK_S

    def break_off(self) -> None:
        """Time has jumped: nothing that was going on goes on."""
        self._last_s = self._away_at = self._road_at = None
        self._far = 0.0
        self._shared.clear()

    def _is_away(self, at_s: float, settings: DriverSettings, *, lost: bool) -> bool:
        """A face that was turning when it was lost has turned further; but not for ever."""
        if lost:
            return self._far > TURNING and at_s - self._posed_s <= settings.unseen_s
        return self._far > (EASED if self._away_at is not None else 1.0)
