"""``python -m converters evaluate claims``: replies with what was said before them, for reading.

Whether a reply says something about the person that they did not say is for a reader to tell. The sample is drawn from
sentences of ours of every emotion (``converters/corpora/<language>/``), half and half from the week of talks, where
more was said before. ``MARK`` stands before what the rules of ``replies_safety`` take for a claim.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from converters.evaluate_week import hold, talks
from converters.redteam import Prompt, Unsafe
from converters.replies_run import conversation
from converters.replies_safety import judge
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import EMOTIONS, Language, Reply
from edge.sensors.signals import Utterance

if TYPE_CHECKING:
    import argparse

SAMPLE = 200
"""Replies in all, half of them English."""
APART_NS = 3_600_000_000_000
PLACE = "home"
MARK = "(*) "


@dataclass(frozen=True, slots=True)
class Claimed:
    """A reply, what it answers, and whether the rules take it for a claim."""

    language: Language
    said: str
    reply: str
    marked: bool


def run(arguments: argparse.Namespace) -> int:
    """Print the list; 1 when the rules mark any."""
    models = Models(arguments.models, Cpu())
    chosen = [language for language in Language if arguments.language in (None, language.value)]
    found = [one for language in chosen for one in sample(language, models, arguments.source)]
    if arguments.json:
        rows = [{"language": o.language, "said": o.said, "reply": o.reply, "marked": o.marked} for o in found]
        print(json.dumps(rows, ensure_ascii=False))
    else:
        for number, one in enumerate(found, start=1):
            print(f"{number}. {MARK if one.marked else ''}{one.said} → {one.reply}")
    return int(any(one.marked for one in found))


def sample(language: Language, models: Models, source: str = "whole", size: int = SAMPLE // 2) -> list[Claimed]:
    """``size`` replies in one language, the same for the same device."""
    rng = random.Random(0)  # noqa: S311 - a sample, no secret
    alone = [(words, reply) for words, reply in _alone(language, models, source) if reply]
    held = [
        (turn.reading.words or "", turn.reply.text)
        for one in hold(talks(language), models, source)
        for turn in one.turns
        if turn.reply is not None and not turn.reply.crisis
    ]
    pairs = rng.sample(alone, min(size - size // 2, len(alone))) + rng.sample(held, min(size // 2, len(held)))
    return [Claimed(language, words, text, _marked(words, text, language)) for words, text in pairs]


def _alone(language: Language, models: Models, source: str) -> list[tuple[str, str]]:
    """Sentences of ours, each said by itself, and what was answered."""
    folder = files("converters.corpora") / language.value
    found, now_ns = [], 0
    with conversation(models, PLACE, source) as talk:
        for emotion in EMOTIONS:
            for words in (folder / f"{emotion.value}.txt").read_text(encoding="utf-8").splitlines():
                if words.strip():
                    now_ns += APART_NS
                    reply = talk.hear(Utterance(words.strip(), now_ns)).reply
                    found.append((words.strip(), "" if reply is None or reply.crisis else reply.text))
    return found


def _marked(words: str, text: str, language: Language) -> bool:
    findings = judge(Prompt(words, language, "claims", "sample"), Reply(text, language, "affirm", 0))
    return any(one.kind is Unsafe.CLAIM for one in findings)
