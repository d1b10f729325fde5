"""Known drives through the device's own view: which stages are told, how much of the time, how many blinks."""

from __future__ import annotations

import pytest

from converters.driver_face import DriverFace, Look
from converters.driver_scenes import AWAKE, LEARN_S, PERCLOS, SCENES, Closure, Scene, blinks, drive
from converters.evaluate_driver import KINDS, blink_error
from edge.affect import Stage
from edge.understanding.driver.settings import BLINK_LEAST_FPS

RATES = (10.0, 15.0, 5.0, 30.0)
EACH = [pytest.param(scene, RATES[index % 4], id=scene.name) for index, scene in enumerate((*SCENES, *PERCLOS))]
BY_NAME = {scene.name: scene for scene in SCENES}


@pytest.mark.parametrize(("scene", "fps"), EACH)
def test_every_drive_is_told_as_it_is(face: DriverFace, scene: Scene, fps: float) -> None:
    done = drive(scene, face, fps, seed=3)
    assert (done.worst, done.last.stage) == (scene.worst, scene.last), done.told


@pytest.mark.parametrize("fps", [5.0, 15.0])
@pytest.mark.parametrize("scene", PERCLOS[3:6], ids=lambda scene: scene.name)
def test_perclos_is_the_true_one_at_any_rate(face: DriverFace, scene: Scene, fps: float) -> None:
    true = float(scene.name.split()[1])
    assert drive(scene, face, fps, seed=1).last.perclos == pytest.approx(true, abs=0.015)


@pytest.mark.parametrize("kind", KINDS)
def test_blinks_are_counted_within_five_percent_at_the_car_s_rate(face: DriverFace, kind: str) -> None:
    assert abs(blink_error(face, 15, KINDS[kind], seeds=(0,))) <= 0.05


def test_at_a_rate_at_which_blinks_are_missed_none_is_told(face: DriverFace) -> None:
    assert abs(blink_error(face, 8, KINDS["0.15 s"], seeds=(0,))) > 0.05
    done = drive(BY_NAME["awake, blinks"], face, BLINK_LEAST_FPS - 3, seed=0)
    assert done.last.blinks is None
    assert done.last.perclos is not None


def test_warnings_rise_and_do_not_repeat_at_once(face: DriverFace) -> None:
    done = drive(BY_NAME["eyes shut for 8 s"], face, 10, seed=0)
    warned = [(alertness.stage, alertness.warn) for _, alertness in done.told if alertness.warn]
    assert warned[:3] == [(Stage.MICROSLEEP, 3), (Stage.ASLEEP, 3), (Stage.UNRESPONSIVE, 3)]
    assert warned[3:] == [(Stage.DROWSY, 2)]
    first = next(second for second, alertness in done.told if alertness.warn)
    assert first == pytest.approx(LEARN_S + 20 + 1.0 + 0.1, abs=0.25), "a second after the lids fell"


def test_a_warning_that_holds_is_repeated_after_its_time(face: DriverFace) -> None:
    away = ((LEARN_S + 2, LEARN_S + 17, Look(yaw=45)),)
    done = drive(Scene("", LEARN_S + 18, Stage.UNRESPONSIVE, Stage.UNRESPONSIVE, AWAKE, away), face, 10, seed=0)
    at = [second for second, alertness in done.told if alertness.stage is Stage.UNRESPONSIVE and alertness.warn]
    assert len(at) == 2
    assert at[1] - at[0] == pytest.approx(6.0, abs=0.3)


def test_recovery_goes_down_step_by_step_and_takes_its_time(face: DriverFace) -> None:
    scene = BY_NAME["recovery after 1.6 s"]
    changes: list[tuple[float, Stage]] = []
    for second, alertness in drive(scene, face, 10, seed=0).told:
        if second > LEARN_S and (not changes or changes[-1][1] is not alertness.stage):
            changes.append((second, alertness.stage))
    assert [stage for _, stage in changes[-4:]] == [Stage.MICROSLEEP, Stage.DROWSY, Stage.TIRED, Stage.ALERT]
    (slept, awake, better, well) = (second for second, _ in changes[-4:])
    assert 2.0 <= awake - slept < 4.0
    assert better - awake == pytest.approx(60, abs=1)
    assert well - better == pytest.approx(60, abs=1)


def test_a_head_that_sinks_with_shut_eyes_goes_on_sleeping(face: DriverFace) -> None:
    closures = (*blinks(LEARN_S, LEARN_S + 8), Closure(LEARN_S + 10, 30.0))
    lost = ((LEARN_S + 11, LEARN_S + 14, Look(seen=False)),)
    done = drive(Scene("", LEARN_S + 14, Stage.ASLEEP, Stage.ASLEEP, closures, lost), face, 10, seed=0)
    assert done.last.stage is Stage.ASLEEP


def test_lids_that_blink_as_the_face_is_lost_do_not_sleep(face: DriverFace) -> None:
    closures = (*blinks(LEARN_S, LEARN_S + 8), Closure(LEARN_S + 10, 0.2))
    lost = ((LEARN_S + 10.2, LEARN_S + 14, Look(seen=False)),)
    done = drive(Scene("", LEARN_S + 14, Stage.ALERT, Stage.ALERT, closures, lost), face, 10, seed=0)
    assert done.worst is Stage.ALERT


def test_another_driver_is_learnt_anew(face: DriverFace) -> None:
    gone = ((LEARN_S + 5, LEARN_S + 80, Look(seen=False)),)
    done = drive(Scene("", LEARN_S + 100, Stage.UNKNOWN, Stage.ALERT, (), gone), face, 5, seed=0)
    back = [(second, alertness) for second, alertness in done.told if second > LEARN_S + 80]
    assert "getting to know" in back[0][1].reason
    assert back[-1][1].stage is Stage.ALERT
    assert sum(alertness.warn for _, alertness in done.told) == 1, "that nobody is seen is said once"


def test_the_reason_has_its_numbers(face: DriverFace) -> None:
    told = {alertness.stage: alertness.reason for _, alertness in drive(PERCLOS[-1], face, 10, seed=0).told}
    assert "of the last minute" in told[Stage.DROWSY]
    told = {alertness.stage: alertness.reason for _, alertness in drive(BY_NAME["three yawns"], face, 10, 0).told}
    assert told[Stage.TIRED] == "3 yawns in 10 minutes"
