"""Ideas that were tried for the face, each with what it was worth; the card shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.accelerators.card import Try

TRIES: tuple[Try, ...] = ()
