"""What the voice model's card says beyond its figures: data, weaknesses, what was tried, what int8 cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np

from converters.out_of_domain import CHANCE, Own, mean_auroc, measured, strangers
from edge.accelerators.card import Quantised
from edge.errors import InputError
from edge.perception.domain import Method

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from converters.run import Run
    from converters.train.voice_judge import Judged
    from edge.accelerators.card import Card, Domain

COMMAND = "python -m converters train voice --data DATA --models models --runs runs"
LEFT_OUT = "EMO-DB, speakers left out in pairs (five folds), whole clips, int8 through the device's code"
CROSS = "nEMO (Polish, 9 speakers, never trained on), whole clips, int8 through the device's code"
USED = "; the device gets used to each speaker, clip after clip in the files' order"
SHUFFLED = "; the device gets used to each speaker, clips in random order"
STRANGERS = "; each clip as a stranger's"
DATA = (
    (
        "EMO-DB (Berlin, CC0-1.0): all 535 clips of 10 speakers; for the figures five models"
        " that each leave speakers k and k + 5 out"
    ),
    "nEMO (CC BY-NC-SA 4.0): evaluated only, never trained on",
)
NOTES = (
    (
        "Acted German speech of ten speakers in a studio: people at home or in a car show less, otherwise. The figure"
        " on another corpus and language is what to expect there at best, not the figure on EMO-DB."
    ),
    "Seven labels: surprise is not among them, so the voice tells nothing about it; boredom is folded into neutral.",
    (
        "On another corpus much comes out neutral, anger above all (see the recalls): a lack of feeling heard is no"
        " proof of none."
    ),
    (
        "Which groups of measures the linear part is given, the networks' share beside it and by how much neutral is"
        " lowered were chosen on the folds: EMO-DB figures flatter by perhaps 0.02."
    ),
    (
        "Nothing was fitted to nEMO, but candidates were measured on it about a dozen times, and what carried over was"
        " kept: it is no untouched test. A candidate with less of the networks and neutral as it is had 0.757 and"
        " 0.857 on EMO-DB as strangers, but 0.407 on nEMO."
    ),
    (
        "Every voice has its own usual. The device gets used to the one that it hears (in memory, forgotten when the"
        " sense stops); figures of strangers' clips are what to expect in the first seconds. How soon was chosen on"
        " EMO-DB. Of several people who speak in turn it knows only their mean."
    ),
    (
        "nEMO's files come feeling after feeling, which misleads the adaptation: what comes first is taken for usual."
        " In random order it does better (see the figures)."
    ),
    (
        "The temperature is fitted on the clips that the five folds left out, as strangers' and as those of speakers"
        " that the device knows, and EMO-DB's calibration errors are of the same clips."
    ),
    "Every measure but thirteen is free of the recording's level and colour; noise and echo still shift the result.",
)


def quantised(folds: Sequence[Run]) -> Quantised:
    """Float against int8 over the folds' held-out windows, each fold weighing as many windows as it has."""
    reports = [run.report("quantise") for run in folds]
    rows = np.array([report["n"] for report in reports], np.float64)

    def mean(name: str) -> float:
        return round(float(np.average([report[name] for report in reports], weights=rows)), 4)

    return Quantised(
        method=reports[0]["method"],
        figure=f"{reports[0]['figure']}, seven classes, mean over the folds",
        float_value=mean("float_value"),
        int8_value=mean("int8_value"),
        agreement=mean("agreement"),
        largest_deviation=round(max(report["largest_deviation"] for report in reports), 4),
        on="EMO-DB, five folds, windows of the unaltered clips of the speakers left out; nothing was chosen on them",
        n=int(rows.sum()),
    )


def domain(models: Path, card: Card, held_out: Judged) -> Domain | None:
    """How to tell strangers from speech: the best score, its threshold from what the folds left out; None without one.

    The strangers are heard by the final model in ``models``; without espeak-ng there are none.
    """
    own = Own(held_out.window_logits.astype(np.float32))
    try:
        strange = strangers("voice", models, own)
    except InputError as error:
        print(f"the card gets no [domain]: {error}")
        return None
    found = [measured(method, card, own, strange, f"{LEFT_OUT}, windows") for method in get_args(Method)]
    best = max(found, key=mean_auroc)
    return best if mean_auroc(best) > CHANCE else None
