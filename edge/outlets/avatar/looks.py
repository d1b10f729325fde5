"""The face that goes with a feeling, for the State, and for a reply that brings no look of its own.

Mirroring shows the person's own feeling, with less of it; calming meets it with an attentive, softer face.
"""

from __future__ import annotations

from typing import Literal

from edge.affect import Emotion, Look

Manner = Literal["calm", "mirror"]

MIRROR: dict[Emotion, Look] = {
    Emotion.ANGRY: Look(brows=-0.6, inner_brows=-0.7, lids=-0.15, smile=-0.55),
    Emotion.DISGUST: Look(brows=-0.4, inner_brows=-0.35, lids=-0.4, smile=-0.65),
    Emotion.FEAR: Look(brows=0.55, inner_brows=0.75, lids=0.55, smile=-0.45, mouth=0.2),
    Emotion.HAPPY: Look(brows=0.3, inner_brows=0.0, lids=-0.05, smile=0.85, mouth=0.45),
    Emotion.SAD: Look(brows=-0.05, inner_brows=0.85, lids=-0.35, smile=-0.7),
    Emotion.SURPRISE: Look(brows=0.95, inner_brows=0.1, lids=0.85, smile=0.0, mouth=0.45),
    Emotion.NEUTRAL: Look(),
}
CALM: dict[Emotion, Look] = {
    Emotion.ANGRY: Look(brows=0.15, inner_brows=0.3, lids=-0.25, smile=0.0),
    Emotion.DISGUST: Look(brows=-0.1, inner_brows=0.25, lids=-0.3, smile=-0.1),
    Emotion.FEAR: Look(brows=0.2, inner_brows=0.35, lids=-0.15, smile=0.25),
    Emotion.HAPPY: Look(brows=0.2, inner_brows=0.0, lids=-0.05, smile=0.6),
    Emotion.SAD: Look(brows=0.05, inner_brows=0.6, lids=-0.22, smile=0.08),
    Emotion.SURPRISE: Look(brows=0.45, inner_brows=0.1, lids=0.25, smile=0.15),
    Emotion.NEUTRAL: Look(),
}
