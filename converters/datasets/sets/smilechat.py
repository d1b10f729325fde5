"""SmileChat: Chinese counselling dialogues, written by a machine from questions on a forum; no labels.

Qiu et al., SMILE, EMNLP Findings 2024; https://github.com/qiuhuachuan/smile (``data/<number>.json``, a list of {role,
content}; CC0 1.0). Also pairs of a person's line and the reply as JSON Lines: ``pairs.jsonl`` or ``pairs.jsonl.gz``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from converters.datasets.sets.files import members
from converters.datasets.sets.row import Broken, Row, Use
from converters.datasets.sets.tables import json_lines, json_list
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

PAIRS = ("pairs.jsonl", "pairs.jsonl.gz")


class SmileChat:
    """The persons' lines."""

    name = "smilechat"
    sense = Sense.TEXT
    licence = "CC0-1.0"
    use = Use.TRAIN
    source = "https://github.com/qiuhuachuan/smile"

    def found(self, path: Path) -> bool:
        """By the name of the file of pairs, or by a dialogue of client and counsellor in a numbered file."""
        return bool(members(path, *PAIRS)) or any(_is_dialogue(file) for file in _numbered(path)[:1])

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Lines of the pairs, then of the dialogues."""
        for file in members(path, *PAIRS):
            for item in json_lines(file, ("person", "reply")):
                yield item if isinstance(item, Broken) else _row(item[0], item[1]["person"])
        for file in _numbered(path):
            for item in json_list(file, ("role", "content")):
                if isinstance(item, Broken):
                    yield item
                elif item[1]["role"] == "client":
                    yield _row(item[0], item[1]["content"])


def _numbered(path: Path) -> list[Path]:
    return [file for file in members(path, "[0-9]*.json") if file.stem.isdecimal()]


def _is_dialogue(file: Path) -> bool:
    return not isinstance(next(json_list(file, ("role", "content")), Broken("", "")), Broken)


def _row(where: str, words: Any) -> Row | Broken:  # noqa: ANN401 - whatever JSON holds
    if not isinstance(words, str) or not words.strip():
        return Broken(where, "the text is empty")
    return Row(where=where, content=words)
