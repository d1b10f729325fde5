"""All faults, in an order in which no lane fails twice within a minute: more would park it, as it should."""

from __future__ import annotations

import signal

from tests.soak import acts
from tests.soak.faults import Fault

REFUSED_S = 60.0
"""A refused password is first tried again after 30 s ± 25 % (``edge.outlets.mqtt.backoff``)."""
FAULTS = (
    Fault(
        "camera-gone",
        "face fails, the others go on, face comes back",
        5,
        acts.wish(camera="gone"),
        acts.wish(camera="ok"),
        "face",
        acts.fails("face"),
    ),
    Fault(
        "microphone-gone",
        "voice fails, the others go on, voice comes back",
        5,
        acts.wish(microphone="gone"),
        acts.wish(microphone="ok"),
        "voice",
        acts.fails("voice"),
    ),
    Fault(
        "camera-black",
        "face abstains or is degraded",
        6,
        acts.wish(camera="black"),
        acts.wish(camera="ok"),
        "face",
        acts.doubts("face"),
    ),
    Fault(
        "microphone-zeros",
        "voice abstains or is degraded",
        7,
        acts.wish(microphone="zeros"),
        acts.wish(microphone="ok"),
        "voice",
        acts.doubts("voice"),
    ),
    Fault(
        "camera-frozen",
        "face is degraded",
        7,
        acts.wish(camera="frozen"),
        acts.wish(camera="ok"),
        "face",
        acts.fails("face"),
    ),
    Fault(
        "inference-hangs",
        "voice is told to hang, the others go on, voice comes back",
        5,
        acts.wish(inference="hangs", inference_of="voice"),
        acts.wish(inference="ok"),
        "voice",
        acts.fails("voice"),
    ),
    Fault(
        "camera-half",
        "face abstains or is degraded",
        6,
        acts.wish(camera="half"),
        acts.wish(camera="ok"),
        "face",
        acts.doubts("face"),
    ),
    Fault(
        "microphone-clips",
        "voice abstains or is degraded",
        7,
        acts.wish(microphone="clips"),
        acts.wish(microphone="ok"),
        "voice",
        acts.doubts("voice"),
    ),
    Fault(
        "inference-raises",
        "face fails visibly, the others go on, face comes back",
        3,
        acts.wish(inference="raises", inference_of="face"),
        acts.wish(inference="ok"),
        "face",
        acts.fails("face"),
    ),
    Fault("model-garbage", "what runs goes on from memory", 8, acts.spoil, acts.restore, "", acts.goes_on("face")),
    Fault(
        "microphone-rate",
        "voice is degraded",
        8,
        acts.wish(microphone="rate"),
        acts.wish(microphone="ok"),
        "voice",
        acts.fails("voice"),
    ),
    Fault(
        "clock-forward",
        "nothing changes when the wall clock jumps by a day",
        6,
        acts.wish(clock_s=acts.DAY_S),
        acts.nothing,
        "",
        acts.goes_on("face"),
    ),
    Fault(
        "clock-back",
        "nor when it jumps back by two",
        6,
        acts.wish(clock_s=-acts.DAY_S),
        acts.wish(clock_s=0.0),
        "",
        acts.goes_on("face"),
    ),
    Fault("disk-full", "State and Readings go on", 6, acts.fill, acts.empty, "", acts.goes_on("face")),
    Fault(
        "suspended",
        "after SIGSTOP for 10 s and SIGCONT everything goes on",
        10,
        acts.send(signal.SIGSTOP),
        acts.send(signal.SIGCONT),
    ),
    Fault(
        "malformed-commands",
        f"{acts.COMMANDS} malformed MQTT messages change nothing",
        5,
        acts.pester,
        acts.nothing,
        "",
        acts.goes_on("face"),
    ),
    Fault(
        "broker-killed", "Readings go on, the home hears of them again", 4, acts.kill, acts.start, "", acts.heard_again
    ),
    Fault(
        "broker-restarted",
        "Readings go on, the home hears of them again",
        1,
        acts.stop,
        acts.start,
        "",
        acts.heard_again,
    ),
    Fault(
        "broker-halted", "Readings go on, the home hears of them again", 6, acts.halt, acts.go_on, "", acts.heard_again
    ),
    Fault(
        "broker-refuses",
        f"Readings go on; the password is tried again within {REFUSED_S:.0f} s",
        4,
        acts.refuse,
        acts.right_again,
        "",
        acts.goes_on("face"),
    ),
)
