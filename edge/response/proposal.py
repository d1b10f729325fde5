"""What is told to the home: a proposal, and that one is to be carried out; and the words that take or refuse one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from edge.data_file import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.affect import Language
    from edge.response.actions import Datum


class By(StrEnum):
    """Who let an action be done."""

    WORDS = "words"
    TAP = "tap"
    HOUSEHOLD = "household"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that could be done, as it is told to the home. Nothing in it says how the person is.

    ``made_ns`` and ``expires_ns`` are CLOCK_MONOTONIC nanoseconds.
    """

    id: str
    action: str
    title: str
    language: Language
    made_ns: int
    expires_ns: int
    service: str
    data: Mapping[str, Datum]


@dataclass(frozen=True, slots=True)
class Act:
    """A proposal that is to be carried out now."""

    proposal: Proposal
    by: By


@cache
def answers() -> dict[str, dict[str, frozenset[str]]]:
    """Language → "yes" and "no" → the phrases of ``answers.toml``, joined without spaces."""
    table = read_table(files("edge.response").joinpath("answers.toml"))
    return {
        language: {kind: frozenset(phrase.replace(" ", "") for phrase in listed) for kind, listed in kinds.items()}
        for language, kinds in table.items()
    }
