"""A device for the trial in a real Home Assistant: the outlet with everything that the home may have of it.

    python -m tests.home_assistant.device PORT STATE_DIRECTORY [FEATURE …]

What it knows never changes by itself, so that what the home should show is known. Each line on standard input is an
event of the name that it holds.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.accelerators.usage import Usage
from edge.affect import EMOTIONS, Affect, Emotion, Episode, Language, Reply, Sense, State
from edge.outlets.mqtt.commands import Commands
from edge.outlets.mqtt.controls import Controls
from edge.outlets.mqtt.diagnostics import Sources
from edge.outlets.mqtt.grants import HomeGrants
from edge.outlets.mqtt.health import Health, LaneHealth
from edge.outlets.mqtt.identity import Identity
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.mqtt.settings import MqttSettings
from edge.outlets.outlet import Outcome, Portrait
from edge.outlets.settings import SpeechSettings
from edge.outlets.tuning import Tuning
from edge.response.actions import actions
from edge.response.proposal import Act, By, Proposal
from edge.safety.consent import Consent
from edge.safety.settings import ConsentSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.outlets.outlet import Item

ID, NAME = "ha-trial", "Trial room"
SAD = Affect.of(tuple(0.7 if emotion is Emotion.SAD else 0.05 for emotion in EMOTIONS))
REPLY = "That sounds heavy. " * 20
HEALTH = Health(
    lanes=(
        LaneHealth(Sense.FACE, "running", restarts=2, dropped=7),
        LaneHealth(Sense.TEXT, "backing off", trouble="/home/ann/words.txt is gone", restarts=1),
    ),
    pictures=100,
    models={"face-expression": "3", "text-emotion": "2"},
)
ALL = ("people", "speech", "forget", "budget", "picture")


class Family:
    """Two profiles, kept in a file so that they outlive a kill."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        """Both."""
        return ["Ann", "安娜"]

    def selected(self) -> str:
        """The last choice."""
        return self._path.read_text(encoding="utf-8") if self._path.exists() else ""

    def use(self, name: str) -> None:
        """Choose."""
        self._path.write_text(name, encoding="utf-8")


def made(port: int, directory: Path, has: tuple[str, ...]) -> MqttOutlet:
    """The outlet, not attached."""
    usage = Usage("cpu", "auto")
    usage.placed("face-expression", "cpu")
    controls = Controls(
        grants=HomeGrants(Consent(ConsentSettings(grants=(Sense.FACE, Sense.TEXT)), directory)),
        people=Family(directory / "profile") if "people" in has else None,
        tuning=Tuning(SpeechSettings()) if "speech" in has else None,
        forget=(directory / "forgotten").touch if "forget" in has else None,
    )

    def judge(payload: bytes) -> None:
        verdict, _, emotion = payload.decode().partition(" ")
        outlet.offer(Outcome(verdict, emotion or None))

    sources = Sources(usage.now, lambda: HEALTH, (lambda: 7.25) if "budget" in has else None, lambda: "resting")
    commands = Commands(lambda _: outlet.offer(act()), judge=judge, controls=controls)
    settings = MqttSettings(host="127.0.0.1", port=port)
    outlet = MqttOutlet(settings, Identity(ID, NAME, "1"), sources, commands, picture="picture" in has)
    return outlet


def proposal() -> Proposal:
    """To dim the light."""
    action = actions()["dim_light"]
    now_ns = time.monotonic_ns()
    return Proposal(
        "0" * 32, action.id, "Dim the light", Language.EN, now_ns, now_ns + 60 * 10**9, action.service, action.data
    )


def act() -> Act:
    """It is done."""
    return Act(proposal(), By.TAP)


def episode(*, ended: bool) -> Episode:
    """Five seconds of sadness."""
    now_ns = time.monotonic_ns()
    return Episode(Emotion.SAD, now_ns - 5 * 10**9, now_ns - 10**9, 0.8, now_ns if ended else None)


def state() -> State:
    """Sad, by face and text."""
    return State(
        captured_ns=time.monotonic_ns(),
        label=Emotion.SAD,
        affect=SAD,
        reason=None,
        shares=((Sense.FACE, 0.6), (Sense.TEXT, 0.4)),
        absent=((Sense.VOICE, "no consent"),),
        cues=(),
    )


def main() -> None:
    """Run until stdin ends, or somebody kills it."""
    port, directory, has = int(sys.argv[1]), Path(sys.argv[2]), tuple(sys.argv[3:]) or ALL
    outlet = made(port, directory, has)
    outlet.attach()
    outlet.offer(state())
    outlet.offer(Reply(REPLY, Language.EN, "reflect", time.monotonic_ns()))
    if "picture" in has:
        outlet.offer(Portrait(cv2.imencode(".png", np.full((8, 8, 3), 128, np.uint8))[1].tobytes()))
    happen: dict[str, Callable[[], Item]] = {
        "proposal": proposal,
        "began": lambda: episode(ended=False),
        "ended": lambda: episode(ended=True),
    }
    for line in sys.stdin:
        outlet.offer(happen[line.strip()]())
    outlet.stop()


if __name__ == "__main__":
    main()
