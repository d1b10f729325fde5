"""The device's own feature vectors of many texts as one sparse matrix, and how training weighs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from edge.perception.text.features import BUCKETS, buckets, value
from edge.perception.text.language import detect_language
from edge.perception.text.normalise import normalised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LONGEST = 600
"""Characters read of a training text; the default of TextSettings.max_characters."""
USUAL_IDF = 20.0
"""Brings weighed vectors, of length 8 (see edge.perception.text.features) times an idf of about 5, to about 2."""


def matrix(words: Sequence[str]) -> Any:  # noqa: ANN401 - scipy has no types
    """(n, BUCKETS) float32 CSR of the device's feature vectors."""
    from scipy.sparse import csr_matrix

    places, values, ends = [], [], [0]
    for text in words:
        clean = normalised(text, LONGEST)
        found = buckets(clean, detect_language(clean))
        places.append(found.astype(np.int32))
        values.append(np.full(len(found), value(len(found)), np.float32))
        ends.append(ends[-1] + len(found))
    return csr_matrix((np.concatenate(values), np.concatenate(places), np.array(ends)), shape=(len(words), BUCKETS))


def idf(x: Any) -> Floats:  # noqa: ANN401 - as above
    """(buckets,) weight of each place of a CSR matrix of texts (Spärck Jones 1972)."""
    found = np.asarray((x > 0).sum(axis=0)).ravel() + 1
    return np.asarray((np.log(x.shape[0] / found) + 1) / USUAL_IDF, np.float32)


def weighed(x: Any, scale: Floats) -> Any:  # noqa: ANN401 - as above
    """The matrix with each place times its weight."""
    return x.multiply(scale[None]).tocsr().astype(np.float32)
