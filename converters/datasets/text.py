"""Labelled and unlabelled sentences for the text model, read from a folder of data sets that is never committed.

Every loader returns Sentences whose targets are distributions over ``edge.affect.EMOTIONS``. The names of sets that may
only measure a model, never train one, begin with ``measure_``.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from converters.datasets.labels import ours
from converters.datasets.sets.cped import EMOTIONS as CPED
from converters.datasets.sets.xed import LABELS as XED
from edge.affect import EMOTIONS, Emotion
from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

CORPORA = Path(__file__).resolve().parents[1] / "corpora"
"""Sentences written for this project."""

GOEMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
"""Order of the ids in goemotions/ekman (its labels.txt says anger disgust fear joy neutral sadness surprise)."""
PLUTCHIK = {str(number): word for number, label in enumerate(XED, start=1) if (word := ours(label)) is not None}
"""XED's numbers; anticipation and trust have no counterpart here."""
CRISIS = re.compile("自杀|自残|轻生|想死|去死|割腕|跳楼|遗书|不想活|活不下去|结束生命")
"""Lines that the crisis path answers; the emotion model does not learn from them."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """Texts and their targets, (n, 7) float32 with rows that sum to 1; unlabelled texts have rows of zeros."""

    words: tuple[str, ...]
    targets: NDArray[np.float32]

    def __len__(self) -> int:
        """Number of texts."""
        return len(self.words)

    @property
    def labels(self) -> NDArray[np.int64]:
        """(n,) index of the leading emotion."""
        return np.asarray(self.targets.argmax(axis=1), np.int64)

    def part(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Sentences:
        """The chosen rows."""
        chosen = np.arange(len(self.words))[rows]
        return Sentences(tuple(self.words[i] for i in chosen), self.targets[chosen])


def joined(*parts: Sentences) -> Sentences:
    """All parts, one after the other."""
    return Sentences(tuple(w for part in parts for w in part.words), np.concatenate([part.targets for part in parts]))


def goemotions(data: Path, split: str, *, single: bool = False) -> Sentences:
    """GoEmotions (Demszky et al. 2020, CC BY 4.0) in its Ekman grouping: "train", "dev" or "test".

    Args:
        data: the folder with one folder per set.
        split: name of the file.
        single: leave out rows with more than one label; otherwise their target is shared equally.
    """
    rows = []
    for line in _lines(data / "text" / "goemotions" / "ekman" / f"{split}.tsv"):
        words, ids, _ = line.split("\t")
        labels = [GOEMOTIONS[int(i)] for i in ids.split(",")]
        if len(labels) == 1 or not single:
            rows.append((words.replace("[NAME]", "Alex").replace("[RELIGION]", "religion"), labels))
    return _sentences(rows)


def xed_english(data: Path) -> Sentences:
    """XED (Oehman et al. 2020, CC BY 4.0): subtitle lines with Plutchik labels, and its neutral lines."""
    folder = data / "text" / "xed"
    rows = [(_untokenised(words), labels) for words, labels in _plutchik(folder / "en-annotated.tsv")]
    neutral = [line.split("\t", 1)[1] for line in _lines(folder / "neu_en.txt")]
    return _sentences([*rows, *((_untokenised(words), ["neutral"]) for words in neutral)])


def xed_chinese(data: Path) -> Sentences:
    """XED's Chinese lines, whose labels were carried over from aligned subtitles: few and noisy."""
    rows = []
    for name in ("cn", "tw", "zh"):
        for words, labels in _plutchik(data / "text" / "xed" / f"{name}-projections.tsv"):
            rows.append((re.sub(r"(?<=[^\x00-\x7f]) +(?=[^\x00-\x7f])", "", words), labels))
    return _sentences(rows)


def cped(data: Path) -> Sentences:
    """CPED (Chen et al. 2022, Apache-2.0): lines of TV dialogue, weakly labelled from picture and context."""
    rows = []
    for name in ("test_split.csv", "valid_split.csv"):
        path = data / "text" / "cped" / name
        with _present(path).open(encoding="utf-8-sig", newline="") as file:
            rows += [
                (row["Utterance"], [CPED[row["Emotion"]]]) for row in csv.DictReader(file) if row["Emotion"] in CPED
            ]
    return _sentences(rows)


def smilechat(data: Path) -> Sentences:
    """SmileChat's persons' lines (Qiu et al. 2024, CC0, machine-written), unlabelled; lines of crisis are left out."""
    with gzip.open(_present(data / "text" / "smilechat_short" / "pairs.jsonl.gz"), "rt", encoding="utf-8") as file:
        words = tuple(dict.fromkeys(json.loads(line)["person"] for line in file))
    words = tuple(line for line in words if not CRISIS.search(line))
    return Sentences(words, np.zeros((len(words), len(EMOTIONS)), np.float32))


def corpus(language: str, folder: Path = CORPORA) -> Sentences:
    """The sentences written for this project: ``<language>/<emotion>.txt``, one a line.

    ``# `` begins a comment; a hashtag does not.
    """
    rows = [
        (line, [emotion.value])
        for emotion in EMOTIONS
        for line in _lines(folder / language / f"{emotion}.txt")
        if line and not line.startswith("# ")
    ]
    return _sentences(rows)


def measure_brighter(data: Path) -> Sentences:
    """BRIGHTER Chinese (SemEval 2025 task 11), rows with one emotion or none (neutral). Measuring only."""
    columns = {
        "anger": "angry",
        "disgust": "disgust",
        "fear": "fear",
        "joy": "happy",
        "sadness": "sad",
        "surprise": "surprise",
    }
    rows = []
    for name in ("train", "dev"):
        path = data / "text" / "brighter_zh_eval_only" / f"track_a_{name}_chn.csv"
        with _present(path).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                labels = [label for column, label in columns.items() if row[column] == "1"] or ["neutral"]
                if len(labels) == 1:
                    rows.append((row["text"], labels))
    return _sentences(rows)


def measure_smp(data: Path) -> Sentences:
    """SMP2020-EWECT's usual_eval, Weibo posts with six emotions (no disgust). Measuring only."""
    path = data / "text" / "smp2020_ewect_eval_only" / "usual_eval_labeled.txt"
    rows = json.loads(_present(path).read_text(encoding="utf-8"))
    return _sentences([(row["content"], [row["label"]]) for row in rows if row["content"].strip()])


def _sentences(rows: Iterable[tuple[str, list[str]]]) -> Sentences:
    rows = list(rows)
    targets = np.zeros((len(rows), len(EMOTIONS)), np.float32)
    order = {emotion.value: index for index, emotion in enumerate(Emotion)}
    for index, (_, labels) in enumerate(rows):
        for label in labels:
            targets[index, order[label]] += 1.0 / len(labels)
    return Sentences(tuple(words for words, _ in rows), targets)


def _plutchik(path: Path) -> Iterator[tuple[str, list[str]]]:
    for line in _lines(path):
        words, _, numbers = line.rpartition("\t")
        labels = [PLUTCHIK[n] for n in numbers.split(", ") if n in PLUTCHIK]  # a broken line has something else
        if labels and any(c.isalpha() for c in words):
            yield words, labels


def _untokenised(words: str) -> str:
    """XED's English is tokenised: put punctuation and clitics back, and a name for [PERSON]."""
    words = words.replace("[PERSON]", "Alex").replace("[LOCATION]", "London").replace("[ORGANIZATION]", "the office")
    words = re.sub(r" (n't|'\w+|[.,!?;:])", r"\1", words)
    return words.removeprefix("- ").strip()


def _lines(path: Path) -> list[str]:
    return _present(path).read_text(encoding="utf-8").splitlines()


def _present(path: Path) -> Path:
    if not path.is_file():
        problem = f"there is no file {path}"
        raise InputError(problem, "Give the folder that holds text/goemotions, text/xed, … with --data")
    return path
