"""Which texts the teacher and the student learn from, how much each counts, and what is held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from converters.corpora import grammar
from converters.datasets import text as sets
from converters.datasets import text_targets
from converters.datasets.catalogue import trainable
from converters.train.text_material import Material, joined, material
from edge.affect import EMOTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SETS = {
    "goemotions": "goemotions",
    "emobank": "emobank",
    "xed": "xed",
    "cped": "cped",
    "smilechat": "smilechat_short",
}
"""Names of the sets that are learnt from, and their folders."""
XED_WEIGHT, WRITTEN_WEIGHT, GRAMMAR_WEIGHT, DRAMA_WEIGHT = 0.3, 3.0, 1.0, 0.25
"""How much a text counts against one of GoEmotions: subtitles are of another kind, CPED's labels are of the picture."""
STUDENT_COUNTS = {"posts zh": 1 / 3}
"""Of how much a text counts for the teacher: posts are many, and the student has less room for them."""
GRAMMAR_EACH = {"en": 120, "zh": 400}
HELD_OUT_EVERY = 6
"""Every sixth written sentence is never trained on."""
BALANCE = 0.4
"""Texts count by the frequency of their emotion to the power of minus this."""
TAUGHT_SHARE = 0.85
TAUGHT = {"cped": 0.85, "xed": 0.85, "written": 0.3, "posts": 0.3, "grammar": 0.0}
"""Share of the teacher in the targets of texts with labels: more where these are noisy, none where they are exact."""
READ = {"smilechat": (16_000, 4, 30), "cped": (16_000, 4, 60), "xed": (12_000, 4, 200)}
"""Of large sets so many texts, drawn from those with so many characters."""
LESSON = {"xed": 6000, "cped": 4000, "grammar en": 400, "grammar zh": 800}
"""Of these the teacher reads only so many texts."""
RAREST = 1e-4
"""Least share of an emotion that is taken into account."""
LESSON_DROPPED = {"neutral": 0.5, "happy": 0.3}
"""Share of GoEmotions' commonest texts that the teacher does not read."""
WRITTEN_TIMES = {"written en": 2, "written zh": 3}
"""The teacher reads written sentences more than once."""


@dataclass(frozen=True, slots=True)
class Sources:
    """``parts`` to learn from and ``held`` to judge by, by name.

    ``elsewhere`` are labelled Chinese texts of a kind that is hardly learnt from, and none that were: they say how sure
    to be in Chinese.
    """

    parts: dict[str, Material]
    held: dict[str, Material]
    elsewhere: Material

    def share(self, name: str) -> float:
        """Of the teacher's opinion in the targets of a part that has labels of its own."""
        return next((share for start, share in TAUGHT.items() if name.startswith(start)), TAUGHT_SHARE)

    def lesson(self, seed: int) -> Material:
        """What the teacher is trained on: everything with a label, common kinds thinned out."""
        chance = np.random.default_rng(seed)
        chosen = []
        for name, part in self.parts.items():
            if name == "smilechat":
                continue
            rows = chance.permutation(len(part))[: LESSON.get(name, len(part))]
            if name == "goemotions":
                rows = rows[_kept(part, chance)[rows]]
            chosen += [part.part(np.sort(rows))] * WRITTEN_TIMES.get(name, 1)
        return balanced(joined(chosen))


def gather(data: Path) -> Sources:
    """Read all sets. Raises InputError when one is missing or may not train a model."""
    for name, folder in SETS.items():
        trainable(name, data / "text" / folder)
    parts, held = {}, {}
    comments = sets.goemotions(data, "train")
    parts["goemotions"] = material(comments.words, comments.targets, fine=text_targets.goemotions_fine(data, "train"))
    words, affect = text_targets.emobank(data, "train")
    parts["emobank"] = material(words, affect=affect)
    parts["xed"] = _labelled(sets.xed_english(data), XED_WEIGHT)
    parts["xed zh"] = _labelled(sets.xed_chinese(data), XED_WEIGHT)
    parts["cped"] = _labelled(sets.cped(data), DRAMA_WEIGHT)
    parts["smilechat"] = material(sets.smilechat(data).words)
    written = {
        "written en": sets.corpus("en"),
        "written zh": sets.corpus("zh"),
        "posts zh": sets.corpus("zh", sets.CORPORA / "posts"),
    }
    for name, every in written.items():
        out = np.arange(len(every)) % HELD_OUT_EVERY == HELD_OUT_EVERY - 1
        parts[name] = _labelled(every.part(~out), WRITTEN_WEIGHT)
        held[name] = _labelled(every.part(out), 1.0)
    for language in ("en", "zh"):
        parts[f"grammar {language}"] = _labelled(_grammar(language), GRAMMAR_WEIGHT)
    rest = {}
    for name, limits in READ.items():
        parts[name], rest[name] = _drawn(parts[name], *limits)
    comments = sets.goemotions(data, "dev")
    held["goemotions"] = material(comments.words, comments.targets, fine=text_targets.goemotions_fine(data, "dev"))
    words, affect = text_targets.emobank(data, "dev")
    held["emobank"] = material(words, affect=affect)
    learnt = {text for part in parts.values() for text in part.words}
    unseen = np.array([text not in learnt for text in rest["cped"].words])
    return Sources(parts, held, rest["cped"].part(unseen))


def balanced(part: Material) -> Material:
    """Texts with rare emotions count more; the mean weight of those with a label stays about the same."""
    known = ~np.isnan(part.emotion[:, 0])
    share = np.maximum(part.emotion[known].mean(axis=0), RAREST)
    weight = part.weight.copy()
    weight[known] *= (part.emotion[known] * share**-BALANCE).sum(axis=1) / (share ** (1 - BALANCE)).sum()
    return Material(part.words, part.emotion, part.fine, part.affect, weight)


def _drawn(part: Material, count: int, shortest: int, longest: int) -> tuple[Material, Material]:
    """``count`` texts of so many characters, and the others of such a length."""
    fitting = np.array([i for i, text in enumerate(part.words) if shortest <= len(text) <= longest])
    drawn = np.random.default_rng(7).permutation(fitting)
    return part.part(np.sort(drawn[:count])), part.part(np.sort(drawn[count:]))


def _kept(part: Material, chance: np.random.Generator) -> NDArray[np.bool_]:
    kept = np.ones(len(part), np.bool_)
    for name, dropped in LESSON_DROPPED.items():
        alone = part.emotion[:, [emotion.value for emotion in EMOTIONS].index(name)] == 1
        kept &= ~(alone & (chance.random(len(part)) < dropped))
    return kept


def _labelled(sentences: sets.Sentences, weight: float) -> Material:
    return material(sentences.words, sentences.targets, weight=weight)


def _grammar(language: str) -> sets.Sentences:
    rows = grammar.sentences(language, GRAMMAR_EACH[language])
    targets = np.zeros((len(rows), len(EMOTIONS)), np.float32)
    targets[np.arange(len(rows)), [EMOTIONS.index(emotion) for _, emotion in rows]] = 1.0
    return sets.Sentences(tuple(words for words, _ in rows), targets)
