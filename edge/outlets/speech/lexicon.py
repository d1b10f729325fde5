"""How names are said: data, a line a name, from this folder and from the household."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from edge.affect import Language
from edge.errors import SettingsError
from edge.outlets.speech.ipa import unknown

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

SHIPPED = "lexicon.txt"
MOST_BYTES = 262_144
LONGEST = 100
"""Characters of a name, and of how it is said."""
LINE = re.compile(r"(?P<name>[^=]+?)\s*=\s*(?P<respelling>[^/]*?)\s*(?:/(?P<ipa>[^/]+)/)?\s*")
REMEDY = "Write a line as: name = respelling, or name = /IPA/, under [en] or [zh]"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text. ``ipa`` is set for a name whose sounds are known; ``text`` is then how to spell it."""

    text: str
    ipa: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A name and how it is said: by a respelling (else the name itself stands), and by IPA where an engine takes it."""

    name: str
    respelling: str
    ipa: str | None


class Lexicon:
    """The names of each language. A name of the household's goes before the same one of the device's."""

    def __init__(self, extra: Traversable | None = None) -> None:
        """Read the shipped names and those of ``extra``. Raises SettingsError that names file, line and value."""
        sources = [files(__package__).joinpath(SHIPPED), *([extra] if extra is not None else [])]
        self._entries: dict[Language, dict[str, Entry]] = {language: {} for language in Language}
        for source in sources:
            for language, entry in _read(source):
                self._entries[language][entry.name] = entry
        self._patterns = {language: _pattern(language, self._entries[language]) for language in Language}

    def parts(self, text: str, language: Language) -> list[Part]:
        """``text`` with its names replaced, in order; what is no name stays as it is, character by character."""
        pattern, entries = self._patterns[language], self._entries[language]
        if pattern is None:
            return [Part(text)]
        parts, at = [], 0
        for match in pattern.finditer(text):
            found = match.group()
            entry = entries.get(found) or entries.get(found.lower())
            if entry is None:  # another writing of a name that is meant only as it is written
                continue
            if match.start() > at:
                parts.append(Part(text[at : match.start()]))
            parts.append(Part(entry.respelling or found, entry.ipa))
            at = match.end()
        return [*parts, Part(text[at:])] if at < len(text) or not parts else parts

    def respelled(self, text: str, language: Language) -> str:
        """``text`` for an engine that only reads letters."""
        return "".join(part.text for part in self.parts(text, language))


def _pattern(language: Language, entries: dict[str, Entry]) -> re.Pattern[str] | None:
    """Finds whole names, the longest first. Chinese is written without spaces: there every place may begin a word."""
    if not entries:
        return None
    names = sorted(entries, key=len, reverse=True)
    whole = [_whole(re.escape(name), name, language) for name in names]
    return re.compile("|".join(whole), re.IGNORECASE)


def _whole(escaped: str, name: str, language: Language) -> str:
    if language is Language.ZH and not name.isascii():
        return escaped
    edge = "A-Za-z0-9_" if language is Language.ZH else r"\w"
    return f"(?<![{edge}]){escaped}(?![{edge}])"


def _read(source: Traversable) -> list[tuple[Language, Entry]]:
    try:
        raw = source.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        problem = f"the lexicon {source} cannot be read: {error.strerror or error}"
        raise SettingsError(problem, "Correct speech.lexicon, or remove it") from error
    except UnicodeDecodeError as error:
        problem = f"the lexicon {source} is not UTF-8 (byte {error.start})"
        raise SettingsError(problem, "Save it as UTF-8") from error
    if len(raw) > MOST_BYTES:
        problem = f"the lexicon {source} has {len(raw)} bytes, at most {MOST_BYTES} are allowed"
        raise SettingsError(problem, "Keep the names that are really said")
    found: list[tuple[Language, Entry]] = []
    language: Language | None = None
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        where = f"the lexicon {source}, line {number}"
        if bare.startswith("["):
            language = _section(bare, where)
        elif language is None:
            problem = f"{where}: {bare[:LONGEST]!r} stands before any language"
            raise SettingsError(problem, "Write [en] or [zh] on a line above it")
        else:
            found.append((language, _entry(bare, where)))
    return found


def _section(bare: str, where: str) -> Language:
    try:
        return Language(bare.strip("[] ").lower())
    except ValueError:
        problem = f"{where}: {bare[:LONGEST]!r} is no language"
        allowed = " or ".join(f"[{language}]" for language in Language)
        raise SettingsError(problem, f"Write {allowed}") from None


def _entry(bare: str, where: str) -> Entry:
    match = LINE.fullmatch(bare)
    if match is None or not (match["respelling"] or match["ipa"]):
        problem = f"{where}: {bare[:LONGEST]!r} is no name with how it is said"
        raise SettingsError(problem, REMEDY)
    name, respelling, ipa = match["name"].strip(), match["respelling"].strip(), match["ipa"]
    if max(len(name), len(respelling), len(ipa or "")) > LONGEST:
        problem = f"{where}: {bare[:LONGEST]!r}… has more than {LONGEST} characters on one side"
        raise SettingsError(problem, "Shorten it")
    strange = unknown(ipa) if ipa is not None else ""
    if strange:
        problem = f"{where}: {strange!r} in /{ipa}/ is no sound of English that is known here"
        raise SettingsError(problem, "Use the signs of espeak-ng --ipa -v en, or a respelling")
    return Entry(name, respelling, ipa)
