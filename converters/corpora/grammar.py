"""More sentences from a small grammar: frames, words of feeling, words of strength and topics, in ``grammar.toml``."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path
from typing import Any

from edge.affect import Emotion

FOLDER = Path(__file__).parent


def sentences(language: str, each: int, seed: int = 0) -> list[tuple[str, Emotion]]:
    """At most ``each`` different sentences per emotion, and some denials, in a fixed order.

    Args:
        language: "en" or "zh".
        each: sentences per emotion, neutral included.
        seed: another seed gives another sample.
    """
    grammar: dict[str, Any] = tomllib.loads((FOLDER / language / "grammar.toml").read_text(encoding="utf-8"))
    chance = random.Random(seed)  # noqa: S311 - a reproducible sample, no secret
    rows: dict[str, Emotion] = {}

    def draw(frames: list[str], words: list[str], emotion: Emotion, count: int) -> None:
        for _ in range(count):
            frame, word = chance.choice(frames), chance.choice(words)
            strength, topic = chance.choice(grammar["strength"]), chance.choice(grammar["topics"])
            rows.setdefault(frame.format(i=strength, t=topic, w=word), emotion)

    draw(grammar["neutral"], [""], Emotion.NEUTRAL, each)
    for name, pictures in grammar["emoji"].items():
        draw(["{w}", "{w}{w}"], pictures.split(), Emotion(name), each // 10)
    for name, words in grammar["words"].items():
        emotion = Emotion(name)
        draw(grammar["frames"], words, emotion, each)
        if emotion is Emotion.HAPPY:
            draw(grammar["denied"], words, Emotion.SAD, each // 2)
        else:
            draw(grammar["denied"], words, Emotion.NEUTRAL, each // 10)
    return list(rows.items())
