"""The face moves: towards a pose, with its breath, its lids and its glances, and with its lips while it speaks.

All is a function of time, in seconds of one monotonic clock, so that nothing runs while nobody looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from random import Random
from typing import TYPE_CHECKING

from edge.affect import Look
from edge.outlets.avatar.ease import SETTLE_S, Ease
from edge.outlets.avatar.face import Face
from edge.outlets.avatar.life import Blinks, Glances
from edge.outlets.avatar.looks import REST, Pose

if TYPE_CHECKING:
    from edge.outlets.avatar.lips import Lips

DOZE_S = 3.0
"""Falling asleep takes longer."""
BREATHS_PER_S, ASLEEP_PER_S = 12 / 60, 9 / 60
"""Of an adult at rest, 12 to 18 a minute, and slower asleep; a calm device is at the slow end."""
LOUD = 0.8
"""Opening at full loudness."""
FOLLOW_S = 0.05
"""In which the lips follow the loudness, to two thirds: lips are slower than sound."""
LIPS_S = 0.12
"""In which the lips leave the pose when speech begins, and return to it when it ends."""


@dataclass(slots=True)
class _Speech:
    lips: Lips
    began: float
    ended: float

    def weight(self, now: float) -> float:
        """How far the lips are moved by what is said and not by the pose, from 0 to 1."""
        return min(max((now - self.began) / LIPS_S, 0.0), max(1 - (now - self.ended) / LIPS_S, 0.0), 1.0)


class Motion:
    """``aim``, ``speak`` and ``hush`` say what is to be shown, ``at`` gives the face. Not thread-safe."""

    def __init__(self, seed: int | None = None) -> None:
        """``seed`` makes blinks and glances repeatable."""
        chance = Random(seed)  # noqa: S311 - of a face, not of a key
        self._pose = REST
        self._ease = Ease(REST.numbers)
        self._blinks = Blinks(chance)
        self._glances = Glances(chance)
        self._breath = (0.0, 0.0, BREATHS_PER_S)
        self._speech: _Speech | None = None
        self._loudness: tuple[float, float] | None = None

    def aim(self, pose: Pose, now: float) -> None:
        """Move towards ``pose``."""
        if pose == self._pose:
            return
        dozes = pose.sleep > self._pose.sleep
        self._pose = pose
        self._ease.to(pose.numbers, now, DOZE_S if dozes else SETTLE_S)
        self._breath = (self._phase(now), now, ASLEEP_PER_S if pose.sleep else BREATHS_PER_S)

    def speak(self, lips: Lips, now: float) -> None:
        """The first sound came out at ``now``."""
        self._loudness = None
        self._speech = _Speech(lips, now, now + lips.end)

    def hear(self, loudness: float, now: float) -> None:
        """How loud what is said is at ``now``, from 0 to 1: the lips follow it, and no longer what was thought."""
        if self._loudness is None:
            self._loudness = (loudness, now)
            return
        before, at = self._loudness
        share = 1 - exp(-max(now - at, 0.0) / FOLLOW_S)
        self._loudness = (before + (loudness - before) * share, now)

    def hush(self, now: float) -> None:
        """No sound comes out any more."""
        if self._speech is not None:
            self._speech.ended = min(self._speech.ended, now)

    def speaking(self, now: float) -> bool:
        """Whether something is said."""
        return self._speech is not None and self._speech.began <= now < self._speech.ended

    def busy(self, now: float) -> bool:
        """Whether more than the breath moves, or is about to."""
        lips = self._speech is not None and now < self._speech.ended + LIPS_S
        return lips or self._blinks.near(now) or self._glances.moving(now) or not self._ease.settled(now)

    def at(self, now: float) -> Face:
        """The face at ``now``, which must not go back by more than a blink."""
        numbers = self._ease.at(now)
        look, (tilt, doubt, sleep, pupils) = Look(*numbers[:5]), numbers[5:]
        mouth, rounded = self._lips(now, look)
        look = Look(look.brows, look.inner_brows, look.lids, look.smile, mouth)
        asleep = min(max(sleep, 0.0), 1.0)
        right, down = self._glances.at(now, ahead=self.speaking(now))
        return Face(
            look=look,
            rounded=rounded,
            blink=self._blinks.shut(now) * (1 - asleep),
            breath=self._phase(now),
            gaze=(right * (1 - asleep) + 0.4 * doubt, down * (1 - asleep) - 0.3 * doubt),
            pupils=pupils,
            tilt=tilt,
            doubt=doubt,
            sleep=asleep,
        )

    def still(self) -> Face:
        """The pose without any movement: eyes open, half breathed in."""
        return still(self._pose)

    def _lips(self, now: float, look: Look) -> tuple[float, float]:
        """Opening and rounding. A smile widens the mouth, so that it opens less for the same sound."""
        speech = self._speech
        weight = 0.0 if speech is None else speech.weight(now)
        if speech is None or weight == 0.0:
            return min(max(look.mouth, 0.0), 1.0), 0.0
        opened, rounded = speech.lips.at(min(now, speech.ended) - speech.began)
        if self._loudness is not None:
            opened = LOUD * self._loudness[0]
        said = opened * (1 - 0.35 * max(look.smile, 0.0)) + 0.15 * look.mouth
        return min(max(look.mouth + (said - look.mouth) * weight, 0.0), 1.0), rounded * weight

    def _phase(self, now: float) -> float:
        phase, since, rate = self._breath
        return (phase + (now - since) * rate) % 1.0


def still(pose: Pose) -> Face:
    """``pose`` without any movement: eyes open where it is awake, half breathed in."""
    gaze = (0.4 * pose.doubt, -0.3 * pose.doubt)
    return Face(
        pose.look, breath=0.25, gaze=gaze, pupils=pose.pupils, tilt=pose.tilt, doubt=pose.doubt, sleep=pose.sleep
    )
