"""How much less sure the model has to be of Chinese than it is, by texts of the kind that it knows and of another.

On texts of its own kind a model is as sure as it is right once its temperature is fitted; on others it is surer than
that. English is learnt from what people wrote; nearly all Chinese was written for this project, so whatever people
write is of another kind. Half of the rows are therefore lines of television dialogue, of which it learnt little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from converters.calibration import fit_temperature
from converters.train.text_judge import SURE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from converters.train.text_material import Material

    Floats = NDArray[np.float32]

MOST = 1.0
"""Never surer than the other language."""


def sureness(
    logits: Callable[[Sequence[str]], Floats], temperature: float, own: Sequence[Material], other: Material, seed: int
) -> float:
    """Factor of the logits of Chinese texts, beside ``temperature``.

    Args:
        logits: (texts, 7) of the int8 model.
        temperature: of the card.
        own: held-out texts of the kind that was learnt from.
        other: labelled texts of another kind; as many are drawn as there are in ``own``.
        seed: of the drawing.
    """
    known = [(text, row.argmax()) for part in own for text, row in _labelled(part)]
    others = _labelled(other)
    drawn = np.random.default_rng(seed).permutation(len(others))[: len(known)]
    known += [(others[i][0], others[i][1].argmax()) for i in drawn]
    truth = np.array([label for _, label in known], np.int64)
    found = logits([text for text, _ in known]).astype(np.float64)
    return min(MOST, round(temperature / fit_temperature(found, truth), 3))


def _labelled(part: Material) -> list[tuple[str, Floats]]:
    rows = zip(part.words, np.nan_to_num(part.emotion), strict=True)
    return [(text, row) for text, row in rows if row.max() > SURE]
