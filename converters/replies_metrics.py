"""Figures of replies against what people answered, and among themselves.

BLEU is sacreBLEU's (Post, WMT 2018), up to bigrams and up to 4-grams; ROUGE-L is Google's (Lin 2004), mean F1;
distinct-n is the share of different n-grams among all (Li et al., NAACL 2016); self-BLEU is the mean BLEU-4 of a reply
against the others (Zhu et al., Texygen, SIGIR 2018). English in words, Chinese in characters.
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from converters.libraries import wanted
from edge.affect import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

SELF_SAMPLE = 200
"""Replies that self-BLEU is a mean over; each is held against as many others."""
_TOKEN = {Language.EN: re.compile(r"[\w']+|[^\w\s]"), Language.ZH: re.compile(r"[A-Za-z0-9]+|\S")}
_BLEU = {Language.EN: "13a", Language.ZH: "zh"}


def tokens(text: str, language: Language) -> list[str]:
    """Lower-case words and marks of English; characters of Chinese."""
    return [found.group() for found in _TOKEN[language].finditer(text.lower())]


def bleu(replies: Sequence[str], answers: Sequence[str], language: Language, order: int) -> float:
    """Of the whole set, in percent. Raises InputError where sacrebleu is missing."""
    score = wanted("sacrebleu.metrics").BLEU(tokenize=_BLEU[language], max_ngram_order=order, lowercase=True)
    return float(score.corpus_score(list(replies), [list(answers)]).score)


def rouge_l(replies: Sequence[str], answers: Sequence[str], language: Language) -> float:
    """Mean F1, in percent. Raises InputError where rouge-score is missing."""

    class Tokenizer:
        def tokenize(self, text: str) -> list[str]:
            return tokens(text, language)

    scorer = wanted("rouge_score.rouge_scorer").RougeScorer(["rougeL"], tokenizer=Tokenizer())
    scores = [scorer.score(answer, reply)["rougeL"].fmeasure for reply, answer in zip(replies, answers, strict=True)]
    return float(100 * sum(scores) / len(scores))


def distinct(replies: Sequence[str], language: Language, order: int) -> float:
    """Different n-grams over all n-grams, in percent; 0 where there is none."""
    grams = [
        tuple(words[place : place + order])
        for words in (tokens(reply, language) for reply in replies)
        for place in range(len(words) - order + 1)
    ]
    return 100 * len(set(grams)) / len(grams) if grams else 0.0


def self_bleu(replies: Sequence[str], language: Language, seed: int = 0) -> float:
    """Mean BLEU-4 of a reply against the others, in percent: how much all are alike. 0 of fewer than two."""
    chosen = list(replies)
    random.Random(seed).shuffle(chosen)  # noqa: S311 - a sample, no secret
    chosen = chosen[:SELF_SAMPLE]
    if len(chosen) < 2:  # noqa: PLR2004 - there are no others
        return 0.0
    score = wanted("sacrebleu.metrics").BLEU(tokenize=_BLEU[language], effective_order=True, lowercase=True)
    found = [
        score.sentence_score(reply, [*chosen[:place], *chosen[place + 1 :]]).score for place, reply in enumerate(chosen)
    ]
    return float(sum(found) / len(found))
