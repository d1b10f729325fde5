"""Whom to call: the helplines of a country and the sentences that name them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from edge.affect import Language
from edge.data_file import read_table
from edge.errors import SettingsError
from edge.safety.settings import COUNTRIES

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One helpline, free and answered day and night. ``names`` says it in each language of ours."""

    number: str
    names: dict[Language, str]
    languages: tuple[str, ...]
    source: str
    checked: str


@dataclass(frozen=True, slots=True)
class Helpline:
    """What is told in one country; without a country (or without lines for it) the general way to help."""

    country: str | None
    emergency: str
    lines: tuple[Line, ...]

    def sentence(self, language: Language) -> str:
        """The whole fixed reply in ``language``."""
        words = _data("crisis_reply.toml")[language.value]
        if not self.lines:
            return str(words["general"]).format(emergency=self.emergency)
        named = [str(words["line"]).format(name=line.names[language], number=line.number) for line in self.lines]
        return str(words["national"]).format(lines=str(words["or"]).join(named), emergency=self.emergency)


def helpline(country: str | None) -> Helpline:
    """The help of ``country`` (ISO 3166-1 alpha-2); general help for None and for countries that are not listed.

    Raises:
        SettingsError: it is not a country code at all.
    """
    if country is None:
        return Helpline(None, _data("helplines.toml")["emergency"], ())
    if country not in COUNTRIES:
        problem = f"safety.country is {country!r}, which is not an ISO 3166-1 alpha-2 code"
        raise SettingsError(problem, "Set it to a code such as GB, DE or CN, or leave it out")
    entry = _data("helplines.toml")["country"].get(country)
    if entry is None:
        log.warning("no helpline of %s is known: a crisis reply names 112 and findahelpline.com", country)
        return Helpline(None, _data("helplines.toml")["emergency"], ())
    lines = tuple(
        Line(
            number=line["number"],
            names={Language.EN: line["en"], Language.ZH: line["zh"]},
            languages=tuple(line["languages"]),
            source=line["source"],
            checked=line["checked"],
        )
        for line in entry["lines"]
    )
    return Helpline(country, entry["emergency"], lines)


def countries() -> tuple[str, ...]:
    """The countries whose helplines are known, in order of their codes."""
    return tuple(sorted(_data("helplines.toml")["country"]))


@cache
def _data(name: str) -> dict[str, Any]:
    return read_table(files("edge.safety").joinpath(name))
