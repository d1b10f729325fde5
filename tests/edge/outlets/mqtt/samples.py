"""States and Replies for the tests of this folder."""

from __future__ import annotations

import time

from edge.affect import EMOTIONS, Affect, Cue, Emotion, Language, Reply, Sense, State


def state(label: Emotion | None = Emotion.HAPPY, valence: float | None = None, cues: tuple[Cue, ...] = ()) -> State:
    leading = label or Emotion.NEUTRAL
    affect = Affect.of(tuple(0.7 if emotion is leading else 0.05 for emotion in EMOTIONS))
    if valence is not None:
        affect = Affect(affect.probabilities, valence, affect.arousal)
    return State(
        captured_ns=time.monotonic_ns(),
        label=label,
        affect=affect,
        reason=None if label else "the senses disagree",
        shares=((Sense.FACE, 0.6), (Sense.TEXT, 0.4)),
        absent=((Sense.VOICE, "no consent"),),
        cues=cues,
    )


def reply(text: str = "That sounds good.", *, crisis: bool = False, quotes: bool = False) -> Reply:
    return Reply(text, Language.EN, "affirm", time.monotonic_ns(), crisis=crisis, quotes=quotes)
