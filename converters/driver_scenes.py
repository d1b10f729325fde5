"""Drives that are known second by second: what the driver does, and which stages must be told."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, field, replace
from math import pi, sin
from typing import TYPE_CHECKING

import numpy as np

from converters.driver_face import DriverFace, Look
from edge.affect import Alertness, Stage, State
from edge.understanding.driver.settings import DriverSettings
from edge.understanding.driver.view import DriverView
from edge.understanding.settings import UnderstandingSettings
from edge.understanding.understanding import Understanding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BEGIN_S = 1000.0
"""CLOCK_MONOTONIC at the start of each drive."""
LEARN_S = 40.0
"""Each drive begins with so many seconds of an awake driver, who blinks 15 times a minute."""
FALL_S, RISE_S = 0.1, 0.15
"""Seconds in which lids fall and rise in a blink (Stern, Walrath & Goldstein 1984: about 0.1 each)."""
BLINK_EVERY_S = 4.0
JITTER = 0.15
"""Standard deviation of the time between two pictures, as a part of it."""


@dataclass(frozen=True, slots=True)
class Closure:
    """Lids that fall from ``at``, are shut for ``shut`` seconds, and rise."""

    at: float
    shut: float
    fall: float = FALL_S
    rise: float = RISE_S

    def closed(self, second: float) -> float:
        """0 open, 1 shut."""
        since = second - self.at
        left = self.fall + self.shut + self.rise - since
        return max(min(since / self.fall, 1.0, left / self.rise), 0.0)

    @property
    def shut_80(self) -> float:
        """Seconds in which the lids are at least 80 % closed."""
        return self.shut + 0.2 * (self.fall + self.rise)


def blinks(start: float, end: float, every: float = BLINK_EVERY_S, shut: float = 0.05) -> tuple[Closure, ...]:
    """Closures from ``start`` to ``end``."""
    return tuple(Closure(float(at), shut) for at in np.arange(start + every / 2, end - 1.0, every))


Move = tuple[float, float, Look]
"""From when to when the driver looks so; the lids are those of the closures, unless the look closes them further."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One drive.

    Attributes:
        name: what happens.
        seconds: its length, LEARN_S included.
        worst: the gravest stage that must be told, and nothing graver, after the driver is known.
        last: the stage at the end.
        closures: of the lids, after LEARN_S; none begins before the one before it has ended.
        moves: of the head and the mouth, relative to how the driver sits.
        resting: how the driver sits.
        narrow: factor of the height of the open eye.
        hidden: the eye (0 or 1) that is behind a dark glass.
        jump: at a second of the drive, the clock of the camera jumps by so many.
        dark: from when to when no picture comes.
        mouth: its opening at each second, after LEARN_S.
    """

    name: str
    seconds: float
    worst: Stage
    last: Stage
    closures: tuple[Closure, ...] = ()
    moves: tuple[Move, ...] = ()
    resting: Look = field(default=Look())
    narrow: float = 1.0
    hidden: int | None = None
    jump: tuple[float, float] | None = None
    dark: tuple[float, float] | None = None
    mouth: Callable[[float], float] | None = None

    def looks(self) -> Callable[[float], Look]:
        """What the driver does at a second of the drive."""
        closures = sorted((*blinks(0.0, LEARN_S), *self.closures), key=lambda closure: closure.at)
        starts = [closure.at for closure in closures]

        def look(second: float) -> Look:
            near = self.resting
            for start, end, move in self.moves:
                if start <= second < end:
                    near = replace(move, yaw=move.yaw + self.resting.yaw, pitch=move.pitch + self.resting.pitch)
            begun = bisect(starts, second)
            closed = closures[begun - 1].closed(second) if begun else 0.0
            mouth = self.mouth(second) if self.mouth is not None and second > LEARN_S else near.mouth
            return replace(near, closed=max(closed, near.closed), mouth=mouth)

        return look


@dataclass(frozen=True, slots=True)
class Drive:
    """What the device told of one drive.

    Attributes:
        told: seconds of the drive, and what was told then.
    """

    told: tuple[tuple[float, Alertness], ...]

    @property
    def stages(self) -> list[Stage]:
        """Told after the driver was known."""
        return [alertness.stage for second, alertness in self.told if second > LEARN_S - 10]

    @property
    def worst(self) -> Stage:
        """The gravest stage."""
        order = list(Stage)
        return max(self.stages, key=order.index)

    @property
    def last(self) -> Alertness:
        """What was told last."""
        return self.told[-1][1]


def drive(scene: Scene, face: DriverFace, fps: float, seed: int, settings: DriverSettings | None = None) -> Drive:
    """Run a drive through the device's own view at ``fps`` pictures a second."""
    view = DriverView(settings or DriverSettings())
    state = _nothing()
    random = np.random.default_rng(seed)
    look, told = scene.looks(), []
    for second in _seconds(scene, fps, random):
        at_s = BEGIN_S + second
        if scene.jump is not None and second >= scene.jump[0]:
            at_s += scene.jump[1]
        reading = face.reading(at_s, look(second), random, narrow=scene.narrow, hidden=scene.hidden)
        told += [(second, alertness) for alertness in view.see(state, reading)]
    return Drive(tuple(told))


def _seconds(scene: Scene, fps: float, random: np.random.Generator) -> Iterator[float]:
    second = float(random.uniform(0, 1 / fps))
    while second < scene.seconds:
        if scene.dark is None or not scene.dark[0] <= second < scene.dark[1]:
            yield second
        second += max(0.2, 1 + JITTER * float(random.standard_normal())) / fps


def _nothing() -> State:
    return Understanding(UnderstandingSettings()).now(0)


def known_perclos(part: float, shut: float) -> Scene:
    """Eyes that are at least 80 % closed for ``part`` of the time, fully shut for ``shut`` seconds each time."""
    one = Closure(0.0, shut)
    every = one.shut_80 / part
    expected = Stage.DROWSY if part >= 0.15 else Stage.TIRED if part >= 0.10 else Stage.ALERT  # noqa: PLR2004 - the defaults
    end = LEARN_S + 90
    closures = blinks(LEARN_S, end + 60, every, shut)
    return Scene(f"PERCLOS {part:.2f}", end, expected, expected, closures)


PERCLOS = tuple(
    known_perclos(part, shut)
    for part, shut in (
        (0.03, 0.1),
        (0.05, 0.2),
        (0.08, 0.25),
        (0.12, 0.3),
        (0.13, 0.5),
        (0.18, 0.6),
        (0.25, 0.7),
        (0.4, 0.8),
    )
)
END = LEARN_S + 60
AWAKE = blinks(LEARN_S, END + 400)
MIRROR = tuple((at, at + 1.0, Look(yaw=45)) for at in np.arange(LEARN_S, END, 8.0))
SHARED = tuple((at, at + 1.5, Look(yaw=-40)) for at in np.arange(LEARN_S + 10, LEARN_S + 40, 2.5))


def _away(seconds: float, yaw: float = 45.0, pitch: float = 0.0, closed: float = 0.0) -> tuple[Move, ...]:
    return ((LEARN_S + 10, LEARN_S + 10 + seconds, Look(yaw=yaw, pitch=pitch, closed=closed)),)


def _sleep(shut: float) -> tuple[Closure, ...]:
    return (*blinks(LEARN_S, LEARN_S + 18), Closure(LEARN_S + 20, shut), *blinks(LEARN_S + 22 + shut, END + 400))


YAWNS = tuple((at, at + 5.0, Look(mouth=0.6, closed=0.3)) for at in (LEARN_S + 5, LEARN_S + 22, LEARN_S + 39))


def _small(scene: Scene) -> Scene:
    """The same with a driver who has small eyes and sits turned by 20°, with a bowed head."""
    return replace(scene, narrow=0.62, resting=Look(yaw=20, pitch=-8))


def _talk(second: float) -> float:
    return 0.15 + 0.2 * abs(sin(2 * pi * 2.1 * second))


def _laugh(second: float) -> float:
    return 0.28 + 0.14 * sin(2 * pi * 2.5 * second)


SCENES = (
    Scene("awake, blinks", END + 60, Stage.ALERT, Stage.ALERT, AWAKE),
    Scene("one blink of 0.7 s", END, Stage.ALERT, Stage.ALERT, _sleep(0.55)),
    Scene("eyes shut for 1.6 s", END, Stage.MICROSLEEP, Stage.DROWSY, _sleep(1.6)),
    Scene("eyes shut for 4 s", END, Stage.ASLEEP, Stage.DROWSY, _sleep(4.0)),
    Scene("eyes shut for 8 s", END, Stage.UNRESPONSIVE, Stage.DROWSY, _sleep(8.0)),
    Scene("recovery after 1.6 s", END + 150, Stage.MICROSLEEP, Stage.ALERT, _sleep(1.6)),
    Scene("three yawns", END, Stage.TIRED, Stage.TIRED, AWAKE, YAWNS),
    Scene("talking", END, Stage.ALERT, Stage.ALERT, AWAKE, mouth=_talk),
    Scene("laughing", END, Stage.ALERT, Stage.ALERT, AWAKE, mouth=_laugh),
    Scene("mirrors, 1 s each", END, Stage.ALERT, Stage.ALERT, AWAKE, MIRROR),
    Scene("looks away for 4 s", END, Stage.DISTRACTED, Stage.ALERT, AWAKE, _away(4.2)),
    Scene("looks into the lap for 4 s", END, Stage.DISTRACTED, Stage.ALERT, AWAKE, _away(4.2, 0, -35, 0.5)),
    Scene("short looks away, 30 s", END, Stage.DISTRACTED, Stage.ALERT, AWAKE, SHARED),
    Scene("looks away for 8 s", END, Stage.UNRESPONSIVE, Stage.ALERT, AWAKE, _away(8.0)),
    Scene(
        "turned until no face is found, 4 s",
        END,
        Stage.DISTRACTED,
        Stage.ALERT,
        AWAKE,
        ((LEARN_S + 10, LEARN_S + 10.5, Look(yaw=35)), (LEARN_S + 10.5, LEARN_S + 14.2, Look(yaw=80))),
    ),
    Scene(
        "face lost for 20 s", END, Stage.UNKNOWN, Stage.ALERT, AWAKE, ((LEARN_S + 10, LEARN_S + 30, Look(seen=False)),)
    ),
    _small(Scene("small eyes, sits turned 20°", END, Stage.ALERT, Stage.ALERT, AWAKE)),
    _small(Scene("the same, shut for 1.6 s", END, Stage.MICROSLEEP, Stage.DROWSY, _sleep(1.6))),
    _small(Scene("the same, away for 4 s", END, Stage.DISTRACTED, Stage.ALERT, AWAKE, _away(4.2, -45))),
    Scene("one eye hidden", END, Stage.ALERT, Stage.ALERT, AWAKE, hidden=1),
    Scene("one eye hidden, shut for 1.6 s", END, Stage.MICROSLEEP, Stage.DROWSY, _sleep(1.6), hidden=0),
    Scene("no picture for 3 s", END, Stage.ALERT, Stage.ALERT, AWAKE, dark=(LEARN_S + 20, LEARN_S + 23)),
    Scene("the clock jumps back 500 s", END, Stage.ALERT, Stage.ALERT, AWAKE, jump=(LEARN_S + 20, -500.0)),
    Scene("the clock jumps on 40 s", END, Stage.ALERT, Stage.ALERT, AWAKE, jump=(LEARN_S + 20, 40.0)),
)
