"""What a driver is told when a warning is due: fixed wording, past all rules about remarks."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from edge.affect import Language, Reply
from edge.data_file import read_table

if TYPE_CHECKING:
    from edge.affect import Alertness

STRATEGY = "warn"


def alert(alertness: Alertness, language: Language) -> Reply | None:
    """The sentence for a stage whose warning is due; None where none is."""
    if alertness.warn == 0:
        return None
    return Reply(wording(language)[alertness.stage.value], language, STRATEGY, alertness.captured_ns)


@cache
def wording(language: Language) -> dict[str, str]:
    """Stage → sentence, of ``alerts.toml``."""
    tables = read_table(files("edge.response").joinpath("alerts.toml"))
    sentences: dict[str, str] = tables[language.value]
    return sentences
