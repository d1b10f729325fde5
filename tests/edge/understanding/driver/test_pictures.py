"""The bundled drive, picture by picture, through the device's own nets: what a driver would be told."""

from __future__ import annotations

from pathlib import Path

from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import Alertness, Stage
from edge.perception.face.perceiver import Asked, FacePerceiver
from edge.perception.face.settings import FaceSettings
from edge.sensors.session.pictures import frames
from edge.sensors.session.script import DRIVE, read_script
from edge.sensors.signals import Frame
from edge.understanding.driver.settings import DriverSettings
from edge.understanding.driver.view import DriverView
from edge.understanding.settings import UnderstandingSettings
from edge.understanding.understanding import Understanding

ROOT = Path(__file__).resolve().parents[4]
PORTRAIT = ROOT / "var" / "portrait" / "astronaut.png"


def test_a_driver_who_leaves_the_picture_nods_off_and_sleeps_is_warned_each_time() -> None:
    whole = read_script(DRIVE)
    script = whole.model_copy(update={"video": whole.video.model_copy(update={"fps": 6})})  # a slow device will do
    perceiver = FacePerceiver(FaceSettings(), Models(ROOT / "models", Cpu()), lambda: Asked(emotion=False, driver=True))
    perceiver.attach()
    view, state = DriverView(DriverSettings()), Understanding(UnderstandingSettings()).now(0)
    told = list[tuple[float, Alertness]]()
    for index, picture in enumerate(frames(script, PORTRAIT)):
        second = index / script.video.fps
        reading = perceiver.perceive(Frame(picture, round(second * 1e9)))
        told += [(second, alertness) for alertness in view.see(state, reading)]
    warned = [(round(second), alertness.stage, alertness.warn) for second, alertness in told if alertness.warn]
    assert warned == [
        (24, Stage.UNKNOWN, 1),
        (32, Stage.MICROSLEEP, 3),
        (35, Stage.DROWSY, 2),
        (42, Stage.ASLEEP, 3),
    ]
    awake = {alertness.stage for second, alertness in told if 11 < second < 24 or 27 < second < 31}
    assert awake == {Stage.ALERT}, "two blinks make nobody tired"
