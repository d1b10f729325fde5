"""What might be said: a text, where it comes from, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.response.strategy import Strategy
    from edge.response.template import Template


class Source(StrEnum):
    """Where a candidate comes from; the order is that of the ranker's input."""

    TEMPLATES = "templates"
    RETRIEVAL = "retrieval"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A finished text of one strategy.

    ``quotes``: it repeats what the person said. ``template`` is the one that it was made from, wholly or in part.
    ``clause`` is what the net told back in it. ``fit`` in [0, 1] is how sure its source is: the probability of the
    clause, the likeness of what was found; 1 for a template.
    """

    text: str
    strategy: Strategy
    source: Source
    quotes: bool = False
    template: Template | None = None
    clause: str | None = None
    fit: float = 1.0
