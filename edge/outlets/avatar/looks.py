"""The face that goes with a feeling: for the State, and for a reply that brings no look of its own.

Mirroring shows the person's own feeling, with less of it; calming meets it with an attentive and softer face.
Directions are those of the facial action coding system (Ekman, Friesen & Hager 2002, its table of emotions: joy 6+12,
sadness 1+4+15, surprise 1+2+5+26, fear 1+2+4+5+20+26, anger 4+5+7+23, disgust 9+15), with inner brows for action units
1 and 4, brows for 2, lids for 5 and 7, smile for 12 and 15, mouth for 26. How far each goes was chosen by eye: a
drawing needs less than a face, and a device less than a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from edge.affect import Emotion, Look

if TYPE_CHECKING:
    from edge.affect import State

AT_REST = Look()
Manner = Literal["calm", "mirror"]

MIRROR: dict[Emotion, Look] = {
    Emotion.ANGRY: Look(brows=-0.6, inner_brows=-0.7, lids=-0.15, smile=-0.55),
    Emotion.DISGUST: Look(brows=-0.5, inner_brows=-0.25, lids=-0.48, smile=-0.6),
    Emotion.FEAR: Look(brows=0.55, inner_brows=0.75, lids=0.55, smile=-0.45, mouth=0.2),
    Emotion.HAPPY: Look(brows=0.3, lids=-0.05, smile=0.85, mouth=0.45),
    Emotion.SAD: Look(brows=-0.05, inner_brows=0.85, lids=-0.35, smile=-0.7),
    Emotion.SURPRISE: Look(brows=0.95, inner_brows=0.1, lids=0.85, mouth=0.45),
    Emotion.NEUTRAL: Look(),
}
CALM: dict[Emotion, Look] = {
    Emotion.ANGRY: Look(brows=0.15, inner_brows=0.3, lids=-0.25),
    Emotion.DISGUST: Look(brows=-0.1, inner_brows=0.25, lids=-0.3, smile=-0.1),
    Emotion.FEAR: Look(brows=0.2, inner_brows=0.35, lids=-0.15, smile=0.25),
    Emotion.HAPPY: Look(brows=0.2, lids=-0.05, smile=0.6),
    Emotion.SAD: Look(brows=0.05, inner_brows=0.6, lids=-0.22, smile=0.08),
    Emotion.SURPRISE: Look(brows=0.45, inner_brows=0.1, lids=0.25, smile=0.15),
    Emotion.NEUTRAL: Look(),
}
TABLES: dict[Manner, dict[Emotion, Look]] = {"calm": CALM, "mirror": MIRROR}

LISTENING: dict[Emotion, float] = {Emotion.SAD: 0.55, Emotion.FEAR: 0.35, Emotion.ANGRY: 0.3, Emotion.DISGUST: 0.2}
"""Tilt of the head in the calm manner: whoever has it hard is listened to."""


@dataclass(frozen=True, slots=True)
class Pose:
    """What the face moves towards; the attributes are those of ``Face``."""

    look: Look = AT_REST
    tilt: float = 0.0
    doubt: float = 0.0
    sleep: float = 0.0
    pupils: float = 0.0

    @property
    def numbers(self) -> tuple[float, ...]:
        """Brows, inner brows, lids, smile, mouth, tilt, doubt, sleep, pupils."""
        look = self.look
        parts = (look.brows, look.inner_brows, look.lids, look.smile, look.mouth)
        return (*parts, self.tilt, self.doubt, self.sleep, self.pupils)


REST = Pose()
ASLEEP = Pose(look=Look(smile=0.1), sleep=1.0, tilt=0.2)
UNSURE = Pose(look=Look(brows=0.1, lids=0.05), tilt=0.5, doubt=0.7)
"""A State that knows no label: a question in the face, not an answer."""
CARING = Pose(look=Look(brows=0.05, inner_brows=0.4, lids=-0.1, smile=0.1), tilt=0.3, pupils=0.3)
"""With the words for a crisis, whatever was believed of the person's feelings."""


def damped(look: Look, share: float) -> Look:
    """``share`` of the way from rest to ``look``."""
    return Look(
        brows=look.brows * share,
        inner_brows=look.inner_brows * share,
        lids=look.lids * share,
        smile=look.smile * share,
        mouth=look.mouth * share,
    )


def pose_of(emotion: Emotion, manner: Manner, share: float = 1.0) -> Pose:
    """The pose for a feeling, ``share`` of it."""
    tilt = LISTENING.get(emotion, 0.0) if manner == "calm" else 0.0
    return Pose(damped(TABLES[manner][emotion], share), tilt=tilt * share, pupils=0.3 * share)


def pose_for(state: State, manner: Manner) -> Pose:
    """The pose for a State that rests on some sense: less of it where it is less sure, a question where unsure."""
    if state.label is None:
        return UNSURE
    return pose_of(state.label, manner, min(max(state.confidence, 0.0), 1.0) ** 0.5)
