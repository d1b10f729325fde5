"""Dialogues of support in English: what people say and how they are answered; no emotions.

Liu et al., ESConv, ACL 2021, https://github.com/thu-coai/Emotional-Support-Conversation (CC BY-NC 4.0, README
"academic research use only"): ``…WithStrategy_short.tsv``, turns between EOS, each with three numbers and, if it is
the supporter's (the second number is 1), the strategy in brackets; every line repeats the dialogue so far, so that
its last turn is the new one. CounselChat, https://github.com/nbertagnolli/counsel-chat (MIT for the compilation, the
answers are the therapists').
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from converters.datasets.sets.files import members
from converters.datasets.sets.row import Broken, Row, Use
from converters.datasets.sets.tables import json_lines, lines
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TURN = re.compile(r"[\d.]+ (?P<supporter>[01]) \d+ (?:\[(?P<strategy>[^]]+)\] ?)?(?P<words>.*)")


class EsConv:
    """Each turn; the supporter's with its strategy as label."""

    name = "esconv"
    sense = Sense.TEXT
    licence = "CC-BY-NC-4.0"
    use = Use.EVALUATE
    source = "https://github.com/thu-coai/Emotional-Support-Conversation"

    def found(self, path: Path) -> bool:
        """By the names of the files."""
        return bool(members(path, "*WithStrategy_short.tsv"))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Files in the order of their names."""
        for file in members(path, "*WithStrategy_short.tsv"):
            for number, line in lines(file):
                where = f"{file}:{number}"
                turn = TURN.fullmatch(line.rpartition("EOS ")[2].strip()) if isinstance(line, str) else None
                if isinstance(line, Broken):
                    yield line
                elif turn is None or not turn["words"].strip():
                    yield Broken(where, "the last turn is not three numbers and words")
                else:
                    labels = (turn["strategy"],) if turn["strategy"] else ()
                    split = file.stem.removesuffix("WithStrategy_short")
                    yield Row(where=where, content=turn["words"], labels=labels, split=split)


class CounselChat:
    """The questions."""

    name = "counselchat"
    sense = Sense.TEXT
    licence = "MIT for the compilation; the answers are the therapists'"
    use = Use.EVALUATE
    source = "https://github.com/nbertagnolli/counsel-chat"

    def found(self, path: Path) -> bool:
        """By the name of the file."""
        return bool(members(path, "counselchat.jsonl", "counselchat.jsonl.gz"))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Lines in the order of the file."""
        for file in members(path, "counselchat.jsonl", "counselchat.jsonl.gz"):
            for item in json_lines(file, ("question",)):
                yield item if isinstance(item, Broken) else Row(where=item[0], content=str(item[1]["question"]))
