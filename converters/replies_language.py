"""A small language model of other people's text, to measure how usual a reply's words are: perplexity.

Interpolated Kneser-Ney of trigrams, one discount for each order, D = n1 / (n1 + 2 n2) (Kneser & Ney, ICASSP 1995; Chen
& Goodman, An empirical study of smoothing techniques, 1999, section 2.7). It is trained when it is needed and kept
nowhere. The text is permissive, and neither the device's own nor of the sets that replies are measured on: English
GoEmotions and XED, Chinese the answers of SmileChat (DATA.md).
"""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from math import exp, log
from typing import TYPE_CHECKING

from converters.replies_metrics import tokens
from edge.affect import Language
from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

BEGIN, END, UNKNOWN = "<s>", "</s>", "<unk>"
LEAST = 2
"""Occurrences from which a word is known; any other is one and the same unknown word."""
Trigrams = dict[tuple[str, str], Counter[str]]


class KneserNey:
    """Trigrams over words. Probabilities after any two words sum to 1 over ``vocabulary``."""

    def __init__(self, sentences: Iterable[Sequence[str]], least: int = LEAST) -> None:
        """Count ``sentences`` of words. Raises ValueError when there is none."""
        counted = [list(sentence) for sentence in sentences if sentence]
        if not counted:
            message = "there is no sentence to learn from"
            raise ValueError(message)
        words = Counter(word for sentence in counted for word in sentence)
        self.vocabulary = {word for word, count in words.items() if count >= least} | {END, UNKNOWN}
        self._three: Trigrams = defaultdict(Counter)
        for sentence in counted:
            known = self._known(sentence)
            for at in range(2, len(known)):
                self._three[known[at - 2], known[at - 1]][known[at]] += 1
        # Lower orders count in how many different contexts a word stands.
        self._two: dict[str, Counter[str]] = defaultdict(Counter)
        for (_, middle), followers in self._three.items():
            for word in followers:
                self._two[middle][word] += 1
        self._one: Counter[str] = Counter()
        for followers in self._two.values():
            self._one.update(dict.fromkeys(followers, 1))
        self._discounts = tuple(
            _discount(count for counter in counters for count in counter.values())
            for counters in ([self._one], self._two.values(), self._three.values())
        )
        self._totals = (
            self._one.total(),
            {word: followers.total() for word, followers in self._two.items()},
            {context: followers.total() for context, followers in self._three.items()},
        )

    def probability(self, word: str, before: tuple[str, str]) -> float:
        """Of ``word`` of the vocabulary after the two words ``before``."""
        one, two, three = self._discounts
        left = one * len(self._one) / self._totals[0]
        found = max(self._one[word] - one, 0) / self._totals[0] + left / len(self.vocabulary)
        followers = self._two.get(before[1])
        if followers:
            total = self._totals[1][before[1]]
            found = max(followers[word] - two, 0) / total + two * len(followers) / total * found
        followers = self._three.get(before)
        if followers:
            total = self._totals[2][before]
            found = max(followers[word] - three, 0) / total + three * len(followers) / total * found
        return found

    def perplexity(self, sentences: Iterable[Sequence[str]]) -> float:
        """Of all together, ends of sentences counted; lower is more usual. Raises ValueError when there is none."""
        total, count = 0.0, 0
        for sentence in sentences:
            known = self._known(sentence)
            for at in range(2, len(known)):
                total -= log(self.probability(known[at], (known[at - 2], known[at - 1])))
                count += 1
        if not count:
            message = "there is no sentence to measure"
            raise ValueError(message)
        return exp(total / count)

    def unknown(self, sentences: Iterable[Sequence[str]]) -> float:
        """Share of words that are unknown, in percent; 0 where there is none."""
        words = [word for sentence in sentences for word in sentence]
        return 100 * sum(word not in self.vocabulary for word in words) / max(len(words), 1)

    def _known(self, sentence: Sequence[str]) -> list[str]:
        inside = [word if word in self.vocabulary else UNKNOWN for word in sentence]
        return [BEGIN, BEGIN, *inside, END]


def _discount(counts: Iterable[int]) -> float:
    """n1 / (n1 + 2 n2), kept off 0 and 1, where nothing or everything would be given away."""
    found = Counter(counts)
    return min(max(found[1] / max(found[1] + 2 * found[2], 1), 0.1), 0.95)


def held_out(folder: Path, language: Language) -> Iterator[list[str]]:
    """The sentences to learn from, as tokens. Raises InputError when a file of DATA.md is missing."""
    try:
        if language is Language.ZH:
            with gzip.open(folder / "smilechat_short/pairs.jsonl.gz", "rt", encoding="utf-8") as file:
                yield from (tokens(json.loads(line)["reply"], language) for line in file)
            return
        for line in (folder / "goemotions/ekman/train.tsv").read_text(encoding="utf-8").splitlines():
            yield tokens(line.split("\t")[0].replace("[NAME]", "anna"), language)
        for name, column in (("en-annotated.tsv", 0), ("neu_en.txt", 1)):
            for line in (folder / "xed" / name).read_text(encoding="utf-8").splitlines():
                yield tokens(line.split("\t")[column] if "\t" in line else line, language)
    except (OSError, UnicodeDecodeError, ValueError, KeyError) as error:
        problem = f"{folder} has no text to learn from in {language.value}: {error}"
        raise InputError(problem, "Give --data the folder of texts that DATA.md describes") from error


def trained(folder: Path, language: Language) -> KneserNey:
    """The language model of ``language``. Raises InputError."""
    return KneserNey(held_out(folder, language))
