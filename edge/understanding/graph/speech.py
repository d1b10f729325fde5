"""How one language is written, as far as patterns need it: words, clauses, denials, and what is only imagined."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import Field

from edge.affect import Language
from edge.perception.text.normalise import normalised
from edge.section import Section

LONGEST = 600
"""Characters of an utterance that are looked at, as many as the text sense reads by default."""
REACH = {Language.EN: 3, Language.ZH: 3}
"""Words or characters between a denial and what it denies, at most, outside of a pattern."""
MARKS = "，。？"
_PRIVATE, _PRIVATE_SIZE = 0xE000, 0x1900
"""Every mark that ends a clause becomes one of these: a pause, an end, a question."""
_WORD = re.compile(r"[a-z0-9]+|[,;:—…]+|[.!]+|\?")
_HAN = re.compile(r"[^\s\"'()<>“”‘’《》（）「」]")
_PAUSE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_MARK_OF = str.maketrans({**dict.fromkeys(",;:—…、，；：~", "，"), **dict.fromkeys(".!。！", "。"), "?": "？"})


class WordsFile(Section):
    """The content of ``words.toml``."""

    negators: tuple[str, ...] = Field(min_length=1, title="Negators", description="what denies")
    harmless: tuple[str, ...] = Field(title="Harmless", description="phrases with a negator in them that deny nothing")
    breaks: tuple[str, ...] = Field(title="Breaks", description="words over which a denial does not reach")
    unreal: tuple[str, ...] = Field(title="Unreal", description="before an event in its clause: it did not happen")
    unreal_after: tuple[str, ...] = Field(title="Unreal after", description="ends a clause that only asks")
    questions: tuple[str, ...] = Field(title="Questions", description="begins a clause with a question mark that asks")
    lists: dict[str, tuple[str, ...]] = Field(title="Lists", description="name in <…>: what it stands for")


@dataclass(frozen=True, slots=True)
class Speech:
    """One language, with the pieces of regular expressions that ``pattern.read`` puts together."""

    language: Language
    lists: dict[str, tuple[str, ...]]
    edge: str
    begin: str
    start: str
    stop: str
    anything: str
    denial: str
    _harmless: re.Pattern[str]
    _negator: re.Pattern[str]
    _break: re.Pattern[str]
    _unreal: re.Pattern[str]
    _unreal_after: re.Pattern[str]
    _asks: re.Pattern[str]
    _denied: re.Pattern[str]

    @classmethod
    def of(cls, language: Language, file: WordsFile) -> Speech:
        """The language with the words of a validated file."""
        english = language is Language.EN

        def any_of(words: tuple[str, ...]) -> str:
            chosen = sorted((word.replace("'", "") for word in words), key=len, reverse=True)
            return "(?:" + "|".join(re.escape(word) + (" " if english else "") for word in chosen) + ")"

        begin = "(?<= )" if english else ""
        anything = "[A-Za-z0-9]+ " if english else f"[^{MARKS}]"
        denial = any_of(file.negators)
        return cls(
            language=language,
            lists=file.lists,
            edge=" " if english else "",
            begin=begin,
            start=r"(?<=\A )" if english else r"\A",
            stop=rf"(?=[{MARKS} ]*\Z)",
            anything=f"(?:{anything})",
            denial=denial,
            _harmless=re.compile(begin + any_of(file.harmless)),
            _negator=re.compile(denial),
            _break=re.compile(begin + any_of(file.breaks)),
            _unreal=re.compile(begin + any_of(file.unreal)),
            _unreal_after=re.compile(f"{any_of(file.unreal_after)}$") if file.unreal_after else re.compile(r"(?!)"),
            _asks=re.compile(f" ?{any_of(file.questions)}") if file.questions else re.compile(r"(?!)"),
            _denied=re.compile(rf"{begin}{denial}(?:{anything}){{0,{REACH[language]}}}$"),
        )

    def piece(self, choice: str) -> str:
        """A word or words of a pattern as they stand in prepared text."""
        if self.language is Language.EN:
            return self._spared(" " + " ".join(choice.lower().replace("'", "").split()) + " ")[1:]
        return self._spared("".join(choice.lower().split()))

    def units(self, text: str) -> frozenset[str]:
        """The words (English) or characters (Chinese) in prepared text, or in a piece of it."""
        return frozenset(text.split() if self.language is Language.EN else text)

    def prepared(self, words: str) -> str:
        """``words`` as patterns see them.

        English: lower case, no apostrophes, a space before and after each word and each of MARKS. Chinese: simplified,
        no spaces; one between two characters is a pause. In a phrase that only looks like a denial, what would deny is
        written so that it does not: in capitals in English, in characters of Unicode's private area in Chinese.
        """
        text = normalised(words, LONGEST)
        if self.language is Language.EN:
            text = f" {' '.join(_WORD.findall(text.replace(chr(39), '')))} ".translate(_MARK_OF)
            return self._spared(text)
        return self._spared("".join(_HAN.findall(_PAUSE.sub("，", text.translate(_MARK_OF)))))

    def unmarked(self, text: str) -> str:
        """Prepared text without its MARKS."""
        for mark in MARKS:
            text = text.replace(f"{mark} " if self.language is Language.EN else mark, "")
        return text

    def holds(self, text: str, start: int, end: int, *, denies: bool) -> bool:
        """Whether what was found from ``start`` to ``end`` is said to have happened: not denied, asked or imagined."""
        begin = 1 + max(text.rfind(mark, 0, start) for mark in MARKS)
        before = text[begin:start]
        stops = [place for mark in MARKS if (place := text.find(mark, end)) >= 0]
        stop = min(stops, default=len(text))
        if self._unreal.search(before) or self._unreal_after.search(text[start:stop]):
            return False
        if text[stop : stop + 1] == MARKS[2] and self._asks.match(text[begin:stop]):
            return False
        if denies:
            return True
        *_, last = self._break.split(before)
        return self._denied.search((" " if self.language is Language.EN else "") + last.lstrip()) is None

    def _spared(self, text: str) -> str:
        return self._harmless.sub(lambda found: self._negator.sub(_marked, found.group()), text)


def _marked(negator: re.Match[str]) -> str:
    """A negator that denies nothing here."""
    text = negator.group()
    return text.upper() if text.isascii() else "".join(chr(_PRIVATE + ord(letter) % _PRIVATE_SIZE) for letter in text)
