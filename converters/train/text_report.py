"""The figures of the text card: what `converters evaluate text` says of the packaged file on the measuring sets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from converters import evaluate_text
from converters.datasets import text as sets
from converters.datasets import text_targets
from edge.accelerators.card import Metric
from edge.affect import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TITLES = {
    "macro_f1": "macro-F1",
    "accuracy": "accuracy",
    "uar": "unweighted average recall",
    "ece": "expected calibration error",
    "coverage_at_precision_90": "coverage at 90 % precision",
}
ENGLISH = "GoEmotions test, rows with one label; int8"
FINE = "GoEmotions test, 28 labels, several a row, thresholds from dev; int8"
AFFECT = "EmoBank test; int8"
CHINESE = {
    "brighter": "BRIGHTER Chinese train+dev, rows with one emotion or none (neutral); never trained on; int8",
    "smp": "SMP2020-EWECT usual_eval, Weibo, six emotions; never trained on; int8",
}


def figures(models: Path, data: Path, folder: Path) -> list[Metric]:
    """All figures, each with its 95 % interval; the sets are written as JSON lines into ``folder`` on the way."""
    folder.mkdir(parents=True, exist_ok=True)
    found = _measured(models, folder / "english.jsonl", _labelled(sets.goemotions(data, "test", single=True)), ENGLISH)
    comments = sets.goemotions(data, "test").words
    labels = ([text_targets.FINE[i] for i in row.nonzero()[0]] for row in text_targets.goemotions_fine(data, "test"))
    rows = [{"text": text, "labels": some} for text, some in zip(comments, labels, strict=True)]
    found += _measured(models, folder / "fine.jsonl", rows, FINE, head="fine")
    words, affect = text_targets.emobank(data, "test")
    numbers: list[dict[str, Any]] = [dict(zip(evaluate_text.AFFECT, map(float, pair), strict=True)) for pair in affect]
    rows = [{"text": text, **pair} for text, pair in zip(words, numbers, strict=True)]
    found += _measured(models, folder / "affect.jsonl", rows, AFFECT, head="affect")
    for name, part in (("brighter", sets.measure_brighter(data)), ("smp", sets.measure_smp(data))):
        found += _measured(models, folder / f"{name}.jsonl", _labelled(part), CHINESE[name])
    return found


def _labelled(part: sets.Sentences) -> list[dict[str, Any]]:
    return [{"text": w, "label": EMOTIONS[i].value} for w, i in zip(part.words, part.labels, strict=True)]


def _measured(models: Path, path: Path, rows: Iterable[dict[str, Any]], on: str, head: str = "emotion") -> list[Metric]:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    said = evaluate_text.evaluate(models, path, head=head)
    if head == "affect":
        values, ends = said["pearson"], said["intervals"]["pearson"]
        named = {name: f"Pearson correlation, {name}" for name in values}
    else:
        values, ends, named = said, said["intervals"], {name: title for name, title in TITLES.items() if name in said}
    return [
        Metric(name=title, value=values[name], low=ends[name][0], high=ends[name][1], on=on, n=said["n"])
        for name, title in named.items()
    ]
