"""Whether a reply fits the emotion of what it answers, as far as our own text model can tell by reading both.

Two figures, since each alone can be had cheaply. **Compatible**: the share of replies whose reading is one of FITS for
the emotion of the words; a device that always says "I see." reaches 100 %. **Told apart**: the reply is put beside
each other one of the same device that was to words of another emotion; the share in which the reading of the reply is
nearer to that of the words than the other's is (two-alternative forced choice, Green & Swets 1966; 50 % is chance; each
of the words counts the same). Near is the cosine of centred log-probabilities over the seven emotions.

Only words that the model reads as an emotion other than neutral with at least SURE count, and only replies that it
reads at all. It judges itself here: a blind spot of the text model is not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.affect import Emotion
from edge.perception.text.perceiver import TextPerceiver
from edge.sensors.signals import Utterance
from edge.settings import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.accelerators.model import Models
    from edge.affect import Affect

ANGRY, DISGUST, FEAR, HAPPY = Emotion.ANGRY, Emotion.DISGUST, Emotion.FEAR, Emotion.HAPPY
SAD, SURPRISE, NEUTRAL = Emotion.SAD, Emotion.SURPRISE, Emotion.NEUTRAL
SURE = 0.5
"""Probability from which the words count as carrying their emotion."""
LEAST = 1e-4
"""Probabilities below it are taken for it before the logarithm."""
FITS: dict[Emotion, frozenset[Emotion]] = {
    # Never joy to what is hard, and nothing hard to joy; one's own emotion given back, sorrow with what hurts, and calm
    # fit.
    ANGRY: frozenset({ANGRY, DISGUST, SAD, NEUTRAL}),
    DISGUST: frozenset({DISGUST, ANGRY, SAD, NEUTRAL}),
    FEAR: frozenset({FEAR, SAD, SURPRISE, NEUTRAL}),
    SAD: frozenset({SAD, FEAR, NEUTRAL}),
    HAPPY: frozenset({HAPPY, SURPRISE, NEUTRAL}),
    SURPRISE: frozenset({SURPRISE, HAPPY, FEAR, NEUTRAL}),
}
"""The emotion of the words: what a reply to them may read as."""


@dataclass(frozen=True, slots=True)
class Read:
    """How the words and the reply to them read."""

    said: Affect
    reply: Affect


def read(pairs: Sequence[tuple[str, str]], models: Models) -> list[Read]:
    """Those of ``pairs`` (words, reply) that count, read by the device's text sense. Raises ModelError."""
    sense = TextPerceiver(load(None, {}).text, models)
    sense.attach()
    try:
        known: dict[str, Affect | None] = {}
        found = []
        for pair in pairs:
            for text in pair:
                if text not in known:
                    known[text] = sense.perceive(Utterance(text, 0)).affect
            said, reply = known[pair[0]], known[pair[1]]
            if said is not None and reply is not None and said.label in FITS and said.confidence >= SURE:
                found.append(Read(said, reply))
    finally:
        sense.stop()
    return found


def fit(readings: Sequence[Read]) -> dict[str, Any]:
    """Both figures in percent; ``told_apart`` is None where all words carry one emotion."""
    if not readings:
        return {"n": 0}
    compatible = sum(one.reply.label in FITS[one.said.label] for one in readings)
    apart = _told_apart(readings)
    return {
        "n": len(readings),
        "compatible": round(100 * compatible / len(readings), 2),
        "told_apart": None if apart is None else round(100 * apart, 2),
    }


def _told_apart(readings: Sequence[Read]) -> float | None:
    said = np.array([_centred(one.said) for one in readings])
    reply = np.array([_centred(one.reply) for one in readings])
    labels = np.array([list(FITS).index(one.said.label) for one in readings])
    if len(set(labels.tolist())) < 2:  # noqa: PLR2004 - there is no other emotion
        return None
    won = 0.0
    for place, label in enumerate(labels):
        own, others = said[place] @ reply[place], reply[labels != label] @ said[place]
        even = np.isclose(own, others)
        won += float(np.mean(np.where(even, 0.5, own > others)))
    return won / len(labels)


def _centred(affect: Affect) -> NDArray[np.float64]:
    """(7,) log-probabilities less their mean, of length 1."""
    logs = np.log(np.maximum(np.array(affect.probabilities), LEAST))
    logs -= logs.mean()
    return np.asarray(logs / max(float(np.linalg.norm(logs)), 1e-12))
