"""What people say, and the clause that is told back: by hand (``pairs.tsv``) and by grammar (``events``, ``talk``).

``[a|b]`` in a line is a choice, ``(x)`` may be there or not. Everything here was written for this project.
"""

from __future__ import annotations

import random
import re
import tomllib
from bisect import bisect
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.affect import Emotion, Language
from edge.response.checker import refusal
from edge.response.pieces import joined, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent
_CHOICE = re.compile(r"\[([^\]]*)\]|\(([^)]*)\)")
NONE = "-"


@dataclass(frozen=True, slots=True)
class Pair:
    """``told`` is None where nothing is told back. ``feeling``: the clause of a feeling is wanted, not what happened.

    ``area`` is that of the grammar, "hand" for pairs by hand; ``core`` tells pairs of one happening from others.
    """

    said: str
    told: str | None
    language: Language
    emotion: Emotion
    feeling: bool
    area: str
    core: str


def expanded(line: str) -> list[str]:
    """Every sentence that a line of the grammar stands for."""
    parts: list[list[str]] = []
    end = 0
    for found in _CHOICE.finditer(line):
        parts.append([line[end : found.start()]])
        parts.append(found[1].split("|") if found[1] is not None else ["", found[2]])
        end = found.end()
    parts.append([line[end:]])
    return [re.sub(r" +", " ", "".join(choice)).strip() for choice in product(*parts)]


def told_back(clause: str, language: Language) -> str:
    """The whole of ``clause``, said to the person: what is said of oneself becomes what is said to them."""
    found = pieces(clause, language)
    kept = [piece.told for piece in found if not (piece.stop or piece.dropped)]
    return joined(kept, language).rstrip(",，")


@dataclass(frozen=True, slots=True)
class Core:
    """One thing that happened, as it is said, and as it is told back."""

    area: str
    emotion: Emotion
    line: str
    said: str
    told: str


def cores(language: Language, seed: int = 0, each: int = 24) -> list[Core]:
    """At most ``each`` sentences of every line of the grammar, those that may be told back."""
    table: dict[str, Any] = tomllib.loads((FOLDER / language.value / "events.toml").read_text(encoding="utf-8"))
    chance = random.Random(seed)  # noqa: S311 - a reproducible sample
    found = []
    for area, emotions in table.items():
        for emotion, lines in emotions.items():
            for line in lines:
                sentences = expanded(line)
                for said in chance.sample(sentences, min(each, len(sentences))):
                    told = told_back(said, language)
                    if refusal(said, told, language) is None:
                        found.append(Core(area, Emotion(emotion), line, said, told))
    return found


def by_hand(language: Language) -> list[Pair]:
    """The pairs written one by one."""
    rows = (FOLDER / language.value / "pairs.tsv").read_text(encoding="utf-8").splitlines()
    found = []
    for row in rows:
        if row.startswith("#"):
            continue
        said, told, emotion, strategy = row.split("\t")
        told_or_none = None if told == NONE else told
        found.append(Pair(said, told_or_none, language, Emotion(emotion), strategy == "reflect", "hand", said))
    return found


def pairs(language: Language, count: int, seed: int = 0) -> Iterator[Pair]:
    """``count`` pairs of the grammar, drawn anew for each seed, and about one in nine of which nothing is told back."""
    speaker = _Speaker(language, seed)
    made = 0
    while made < count:
        pair = speaker.pair()
        if pair.told is None or refusal(pair.said, pair.told, language) is None:
            made += 1
            yield pair


class _Speaker:
    """Says what happened as people talk: with a lead, a remark after it, how it feels, a second thing."""

    WAYS = (0.11, 0.22, 0.36, 0.46, 0.56, 0.64, 0.84)
    """Where, of all that is said, each way ends: nothing to tell, plain, led, remarked upon, after another thing, going
    on, with a feeling; what is left has a second thing in it."""
    HALF, SOME, MOST, LOWERED = 0.5, 0.3, 0.6, 0.15

    def __init__(self, language: Language, seed: int) -> None:
        self._talk: dict[str, Any] = tomllib.loads((FOLDER / language.value / "talk.toml").read_text(encoding="utf-8"))
        self._chance = random.Random(seed)  # noqa: S311 - a reproducible sample
        self._language = language
        self._english = language is Language.EN
        self._by_line: dict[str, list[Core]] = {}
        for core in cores(language, seed):
            self._by_line.setdefault(core.line, []).append(core)
        self._lines = list(self._by_line)
        given = self._talk["feelings"].items()
        self._feelings = {emotion: [one for line in lines for one in expanded(line)] for emotion, lines in given}
        self._after = [one for line in self._talk["after"] for one in expanded(line)]
        self._stop, self._comma = (". ", ", ") if self._english else ("。", "，")

    def pair(self) -> Pair:
        """One thing that is said, and what is told back of it."""
        chance, talk = self._chance, self._talk
        core, others = self._core(), self._by_line[chance.choice(self._lines)]
        way = bisect(self.WAYS, chance.random())
        lead, tail, context = (chance.choice(talk[name]) for name in ("leads", "tails", "contexts"))
        feeling = chance.choice(self._feelings[core.emotion.value])
        said, told, wants = self._up(core.said), core.told, False
        if way == 0:
            said = chance.choice(talk["none"]["lines"])
            return Pair(said, None, self._language, chance.choice(list(Emotion)), feeling=False, area="none", core=said)
        plain = (
            said,
            lead + core.said,
            said + tail,
            context + (lead + core.said if way == len(self.WAYS) - 3 and chance.random() < self.SOME else said),
        )
        if way <= len(plain):
            said = plain[way - 1]
        elif way == len(plain) + 1:
            said += chance.choice(self._after)
        elif way == len(plain) + 2:
            wants = chance.random() < self.HALF
            said = self._felt(core, feeling)
            told = told_back(feeling, self._language) if wants else told
        else:
            second = self._second(core, chance.choice(others))
            if second is None:
                return Pair(said, told, self._language, core.emotion, feeling=False, area=core.area, core=core.line)
            said = second
        return Pair(self._ended(said), told, self._language, core.emotion, wants, core.area, core.line)

    def _core(self) -> Core:
        return self._chance.choice(self._by_line[self._chance.choice(self._lines)])

    def _felt(self, core: Core, feeling: str) -> str:
        """What happened and how it feels, in either order, in one sentence or two."""
        said, chance = self._up(core.said), self._chance
        if chance.random() < self.HALF:
            mark = chance.choice((self._stop, self._comma))
            return self._up(feeling) + mark + (said if mark == self._stop else core.said)
        mark = chance.choice((self._stop, self._comma))
        return said + mark + (self._up(feeling) if mark == self._stop else feeling)

    def _second(self, core: Core, other: Core) -> str | None:
        """Two things of which the feeling says which is meant; None where both feel alike."""
        chance = self._chance
        if other.emotion is core.emotion or other.line == core.line:
            return None
        first, second = (core, other) if chance.random() < self.HALF else (other, core)
        between = ", but " if self._english else "，" + chance.choice(("但是", "可是", "不过", ""))
        if chance.random() < self.SOME:
            return self._up(first.said) + self._stop + self._up(second.said)
        return self._up(first.said) + between + second.said

    def _ended(self, said: str) -> str:
        """With a full stop at times, and at times as people type."""
        english = self._english
        if not said.rstrip().endswith((".", "!", "。", "！", "唉", "哎")) and self._chance.random() < self.MOST:
            said = said.rstrip() + self._stop.strip()
        if self._chance.random() < self.LOWERED:
            said = said.lower() if english else said.replace("，", " ").replace("。", " ")
        return said.strip()

    def _up(self, text: str) -> str:
        return text[:1].upper() + text[1:] if self._english else text
