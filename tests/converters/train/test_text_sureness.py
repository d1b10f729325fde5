from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.train.text_material import Material, material
from converters.train.text_sureness import sureness

if TYPE_CHECKING:
    from collections.abc import Sequence

LABELS = np.eye(7, dtype=np.float32)


def sure(words: Sequence[str]) -> np.ndarray:
    """The first emotion for every text, with a probability of 0.9."""
    return np.tile(np.log([0.9, *[0.1 / 6] * 6]), (len(words), 1)).astype(np.float32)


def _texts(right: int, wrong: int) -> Material:
    rows = [LABELS[0]] * right + [LABELS[1]] * wrong
    return material([f"第{number}句话" for number in range(len(rows))], np.array(rows))


def test_a_model_that_is_wrong_elsewhere_has_to_be_less_sure() -> None:
    own, known, strange = _texts(90, 10), _texts(90, 10), _texts(40, 60)
    assert sureness(sure, 1.0, [own], known, 0) == pytest.approx(1.0, abs=0.01)
    less = sureness(sure, 1.0, [own], strange, 0)
    assert 0.2 < less < 0.7
    assert sureness(sure, 2.0, [own], strange, 0) == pytest.approx(min(1.0, 2 * less), abs=0.01)


def test_it_is_never_surer_and_texts_with_several_feelings_do_not_count() -> None:
    assert sureness(sure, 5.0, [_texts(99, 1)], _texts(99, 1), 0) == 1.0
    mixed = material(["几种心情"] * 50, np.tile((LABELS[1] + LABELS[2]) / 2, (50, 1)))
    own = _texts(90, 10)
    assert sureness(sure, 1.0, [own], mixed, 0) == sureness(sure, 1.0, [own, mixed], mixed, 0)
