"""Dialogues to measure replies on: what was said, what came before it, and what a person answered.

ESConv's dev part (Liu et al., Towards Emotional Support Dialog Systems, ACL 2021) and XDailyDialog's (Liu et al.,
XDailyDialog: A Multilingual Parallel Dialogue Corpus, ACL 2023). Both may measure and may not train.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.affect import Language
from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ESCONV = "esconv_eval_only/devWithStrategy_short.tsv"
XDAILY = {
    Language.EN: "xdailydialog_eval_only/en_dev_human.txt",
    Language.ZH: "xdailydialog_eval_only/zh_dev_human.txt",
}
BETWEEN, TURN_ENDS = " EOS ", "__eou__"
_PIECE = re.compile(r"\s*[\d.]+ (?P<side>[01]) (?P<place>\d+) (?:\[(?P<strategy>[^\]]+)\] )?(?P<text>.*)", re.DOTALL)
SEEKER = "0"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer of a person.

    Attributes:
        before: what the one who is answered had said earlier, the oldest first.
        said: what is answered.
        answer: the person's.
        strategy: one of ``replies_strategies.NAMES``; None where the set has none.
        language: of both.
    """

    before: tuple[str, ...]
    said: str
    answer: str
    strategy: str | None
    language: Language


def esconv(folder: Path) -> list[Exchange]:
    """Every answer of a supporter to what a seeker has just said, with all that the seeker said before it.

    A line of the file has at most four turns before the answer. Each turn has its place in its talk, so the talk is put
    together again from the lines that follow each other. Raises InputError.
    """
    found = []
    talk: dict[int, re.Match[str]] = {}
    for number, line in enumerate(_lines(folder / ESCONV), start=1):
        pieces = [_PIECE.fullmatch(piece) for piece in line.split(BETWEEN)]
        if None in pieces or len(pieces) < 2:  # noqa: PLR2004 - a question and an answer
            problem = f"{folder / ESCONV}, line {number} is not of the form that is known"
            raise InputError(problem, "Take the file of the folder that DATA.md describes")
        turns = {int(piece["place"]): piece for piece in pieces if piece is not None}
        place = max(turns)
        talk = turns if place <= max(talk, default=-1) else talk | turns
        if turns[max(turns.keys() - {place})]["side"] != SEEKER:
            continue  # the supporter goes on: a device answers once
        seeker = [talk[at]["text"].strip() for at in sorted(talk) if at < place and talk[at]["side"] == SEEKER]
        answer = talk[place]
        found.append(Exchange(tuple(seeker[:-1]), seeker[-1], answer["text"].strip(), answer["strategy"], Language.EN))
    return found


def xdaily(folder: Path, language: Language) -> list[Exchange]:
    """Every second turn of each dialogue, as an answer to the one before it. Raises InputError."""
    found = []
    for line in _lines(folder / XDAILY[language]):
        turns = [turn.strip() for turn in line.split("\t")[0].split(TURN_ENDS)]
        turns = [turn for turn in turns if turn]
        found += [
            Exchange(tuple(turns[:place:2]), turns[place], turns[place + 1], None, language)
            for place in range(0, len(turns) - 1, 2)
        ]
    return found


def _lines(path: Path) -> Iterator[str]:
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = f"{path} cannot be read: {error}"
        raise InputError(problem, "Give --data the folder of texts that DATA.md describes") from error
    return (line for line in content.splitlines() if line.strip())
