"""The stages of a driver: what was measured of lids, mouth and head becomes a stage, its reason, and warnings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.affect import Alertness, Stage
from edge.understanding.driver.gaze import Gaze
from edge.understanding.driver.lids import Lids
from edge.understanding.driver.natural import Natural
from edge.understanding.driver.settings import (
    BACK_S,
    CALIBRATED_S,
    EASED,
    FORGET_S,
    GAP_S,
    LONG_BLINKS,
    REPORT_S,
    SHARED_WINDOW_S,
    WARNINGS,
    YAWNS_S,
    DriverSettings,
)
from edge.understanding.driver.yawns import Yawns

if TYPE_CHECKING:
    from edge.understanding.driver.moment import Moment

ORDER = {stage: place for place, stage in enumerate(Stage)}
SLEEPING = frozenset({Stage.MICROSLEEP, Stage.ASLEEP, Stage.UNRESPONSIVE})
BELOW = {Stage.DROWSY: Stage.TIRED, Stage.TIRED: Stage.ALERT}
"""Recovery goes one step at a time."""

Finding = tuple[Stage, str]


@dataclass(frozen=True, slots=True)
class Held:
    """The stage of wakefulness, why, and since when there was reason for a lower one only."""

    stage: Stage = Stage.ALERT
    reason: str = "eyes open, looking ahead"
    calm_at: float | None = None


class Driver:
    """Fed with every moment in turn; has no clock of its own, and memory that does not grow."""

    def __init__(self, settings: DriverSettings) -> None:
        self._settings = settings
        self.forget()

    def adopt(self, settings: DriverSettings) -> None:
        """Go on with other settings; what was learnt of the driver stays."""
        self._settings = settings

    def forget(self) -> None:
        """Know nothing of this driver any more."""
        self._natural = Natural()
        self._lids, self._gaze, self._yawns = Lids(), Gaze(), Yawns()
        self._held = Held()
        self._last: Moment | None = None
        self._face_at: float | None = None
        self._eyes_at: float | None = None
        self._told: Stage | None = None
        self._told_at = float("-inf")
        self._warned: dict[Stage, float] = {}

    def see(self, moment: Moment) -> Alertness | None:
        """What is to be told after this moment: a change, a warning that is due, or a report now and then; else None.

        Moments may come at any rate. One that lies before the last means that time has jumped: what was going on is
        broken off, what was learnt of the driver stays.
        """
        last, self._last = self._last, moment
        passed_s = 0.0 if last is None else moment.at_s - last.at_s
        if passed_s < 0:
            self._break_off()
            passed_s = 0.0
        if self._face_at is not None and not moment.seen and moment.at_s - self._face_at > FORGET_S:
            warned = self._warned  # whoever sits there now was told a moment ago that nobody is seen
            self.forget()
            self._last, self._warned, self._told = moment, warned, Stage.UNKNOWN
        self._measure(moment, passed_s if passed_s <= GAP_S else 0.0)
        return self._tell(moment.at_s, *self._judge(moment.at_s))

    def _measure(self, moment: Moment, passed_s: float) -> None:
        at_s, hold_s = moment.at_s, self._settings.unseen_s
        self._natural.learn(moment, passed_s)
        openness = self._natural.openness(moment, passed_s)
        self._lids.see(at_s, openness, hold_s)
        self._gaze.see(at_s, self._natural.turned(moment), self._settings)
        self._yawns.see(at_s, moment.mouth, self._settings.yawn_s)
        if moment.seen or self._face_at is None:
            self._face_at = at_s
        if openness is not None or self._eyes_at is None:
            self._eyes_at = at_s

    def _judge(self, at_s: float) -> Finding:
        """The gravest of what wakefulness, attention and sight say."""
        unseen_s = at_s - (self._face_at if self._face_at is not None else at_s)
        if unseen_s > self._settings.unseen_s:
            return Stage.UNKNOWN, f"nobody has been in view for {unseen_s:.0f} s"
        if not self._natural.known:
            return Stage.UNKNOWN, f"getting to know the driver ({self._natural.seen_s:.0f} of {CALIBRATED_S:.0f} s)"
        self._held = self._wakefulness(at_s)
        findings = [(self._held.stage, self._held.reason), self._attention()]
        blind_s = at_s - (self._eyes_at if self._eyes_at is not None else at_s)
        if blind_s > self._settings.unseen_s:
            findings[0] = Stage.UNKNOWN, f"the eyes have not been seen for {blind_s:.0f} s"
        return max(findings, key=lambda finding: ORDER[finding[0]])

    def _wakefulness(self, at_s: float) -> Held:
        """Rises at once; falls when there was reason for a lower stage only for long enough."""
        held, (stage, reason) = self._held, self._drowsiness()
        if ORDER[stage] >= ORDER[held.stage]:
            return Held(stage, reason)
        calm_at = at_s if held.calm_at is None else held.calm_at
        if held.stage in SLEEPING:
            if self._lids.shut_s > 0 or at_s - calm_at < BACK_S:
                return Held(held.stage, held.reason, None if self._lids.shut_s > 0 else calm_at)
            return Held(Stage.DROWSY, f"awake again after: {held.reason}", at_s)
        if at_s - calm_at < self._settings.recover_s:
            return Held(held.stage, held.reason, calm_at)
        below = BELOW[held.stage]
        return Held(below, reason if below is stage else "more awake, but not for long", at_s)

    def _drowsiness(self) -> Finding:
        """What lids and mouth say now, by itself."""
        limits, shut_s, held = self._settings, self._lids.shut_s, ORDER[self._held.stage]
        for stage, after_s in (
            (Stage.UNRESPONSIVE, limits.unresponsive_s),
            (Stage.ASLEEP, limits.sleep_s),
            (Stage.MICROSLEEP, limits.microsleep_s),
        ):
            if shut_s >= after_s:
                return stage, f"eyes shut for {shut_s:.1f} s"
        perclos = self._lids.perclos or 0.0
        for stage, part in ((Stage.DROWSY, limits.drowsy_perclos), (Stage.TIRED, limits.tired_perclos)):
            if perclos >= part * (EASED if held >= ORDER[stage] else 1.0):
                return stage, f"eyes shut for {perclos:.0%} of the last minute"
        if self._yawns.count >= limits.tired_yawns:
            return Stage.TIRED, f"{self._yawns.count} yawns in {YAWNS_S / 60:.0f} minutes"
        if self._lids.long_blinks >= LONG_BLINKS:
            return Stage.TIRED, f"{self._lids.long_blinks} long blinks in the last minute"
        return Stage.ALERT, "eyes open, looking ahead"

    def _attention(self) -> Finding:
        limits, away_s, shared_s = self._settings, self._gaze.away_s, self._gaze.shared_s
        if away_s >= limits.unresponsive_s:
            return Stage.UNRESPONSIVE, f"looking away for {away_s:.1f} s"
        if away_s >= limits.long_away_s:
            return Stage.DISTRACTED, f"looking away for {away_s:.1f} s"
        if shared_s >= limits.shared_away_s:
            return Stage.DISTRACTED, f"looking away for {shared_s:.0f} of the last {SHARED_WINDOW_S:.0f} s"
        if self._told in {Stage.DISTRACTED, Stage.UNRESPONSIVE} and not self._gaze.back:
            return Stage.DISTRACTED, "just back from looking away"
        return Stage.ALERT, "eyes open, looking ahead"

    def _tell(self, at_s: float, stage: Stage, reason: str) -> Alertness | None:
        level, every_s = WARNINGS[stage]
        learning = stage is Stage.UNKNOWN and not self._natural.known and self._told in {None, Stage.UNKNOWN}
        due = level > 0 and not learning and at_s - self._warned.get(stage, float("-inf")) >= every_s
        if stage is self._told and not due and at_s - self._told_at < REPORT_S:
            return None
        self._told, self._told_at = stage, at_s
        if due:
            self._warned[stage] = at_s
        return Alertness(
            captured_ns=round(at_s * 1e9),
            stage=stage,
            reason=reason,
            perclos=self._lids.perclos,
            blinks=self._lids.blinks,
            warn=level if due else 0,
        )

    def _break_off(self) -> None:
        self._lids.break_off()
        self._gaze.break_off()
        self._yawns.break_off()
        self._face_at = self._eyes_at = None
        self._held = Held(self._held.stage, self._held.reason)
        self._told_at = float("-inf")
        self._warned.clear()
