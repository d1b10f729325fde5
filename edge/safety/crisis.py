"""Words of crisis: recognised by phrases, answered with fixed wording, never stored.

A missed crisis is worse than a helpline named once too often; still, a phone battery that dies must not set it off.
Phrases and look-alikes are data (``crisis_en.toml``, ``crisis_zh.toml``), as is the wording (``crisis_reply.toml``).
"""

from __future__ import annotations

import logging
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from edge.affect import Language, Reply, Style
from edge.safety.helplines import helpline
from edge.safety.normalise import han, latin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.safety.settings import SafetySettings

log = logging.getLogger(__name__)

CALM = Style(rate=0.9, pitch=-1.0, volume=1.0)
"""Slower and a little lower than usual, so that a number can be noted."""
WINDOW, OVERLAP = 4000, 400
"""Characters. A long text is looked at piece by piece, so that time grows with its length and no faster."""

Rules = tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]


class Crisis:
    """Detector and answer in one; holds no state and no words, so any thread may use it."""

    def __init__(self, settings: SafetySettings) -> None:
        """Load the data files.

        Raises:
            SettingsError: ``settings.country`` is not a country code.
        """
        self._helpline = helpline(settings.country)
        self._rules = {language: _rules(language) for language in Language}

    def detect(self, words: str) -> bool:
        """Whether ``words``, in either language or both, speak of suicide, self-harm or danger from others."""
        starts = range(0, max(1, len(words)), WINDOW - OVERLAP)
        return any(self._in(words[start : start + WINDOW]) for start in starts)

    def reply(self, language: Language, captured_ns: int) -> Reply:
        """The fixed answer, with the helpline of the configured country. Logs that it was given, not what was said."""
        log.warning("words of crisis: the fixed reply names the help of %s", self._helpline.country or "any country")
        return Reply(self._helpline.sentence(language), language, "crisis", captured_ns, CALM, crisis=True)

    def _in(self, words: str) -> bool:
        phrases, lookalikes = self._rules[Language.EN]
        if any(_found(text, phrases, lookalikes) for text in latin(words)):
            return True
        return _found(han(words), *self._rules[Language.ZH])


def _found(text: str, phrases: tuple[re.Pattern[str], ...], lookalikes: tuple[re.Pattern[str], ...]) -> bool:
    """Whether a phrase is in ``text`` that no single look-alike contains."""
    hits = [span for pattern in phrases for span in _spans(text, pattern)]
    if not hits:
        return False
    harmless = [span for pattern in lookalikes for span in _spans(text, pattern)]
    return any(not any(a <= start and end <= b for a, b in harmless) for start, end in hits)


def _spans(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """All matches, overlapping ones too: a true phrase may begin inside a look-alike."""
    at = 0
    while (match := pattern.search(text, at)) is not None:
        if match.end() > match.start():
            yield match.span()
        at = match.start() + 1


@cache
def _rules(language: Language) -> Rules:
    """Phrases and look-alikes of one language, compiled once per process."""
    data: dict[str, Any] = tomllib.loads(
        files("edge.safety").joinpath(f"crisis_{language.value}.toml").read_text(encoding="utf-8")
    )
    parts: dict[str, str] = {}
    for name, value in data["parts"].items():
        parts[name] = _filled(value, parts)
    edges = (r"(?<![a-z0-9])(?:", r")(?![a-z0-9])") if language is Language.EN else ("(?:", ")")

    def compiled(table: str) -> tuple[re.Pattern[str], ...]:
        lines = [line for group in data[table].values() for line in group]
        return tuple(re.compile(edges[0] + _filled(line, parts) + edges[1]) for line in lines)

    return compiled("phrases"), compiled("exclusions")


def _filled(line: str, parts: dict[str, str]) -> str:
    return re.sub(r"\{([a-z]+)\}", lambda match: parts[match.group(1)], line)
