from __future__ import annotations

import numpy as np

from edge.accelerators.card import Head
from edge.perception.text.cues import fine_cues

HEAD = Head(name="fine", output="fine", labels=("gratitude", "grief", "neutral"), thresholds=(0.4, 0.1, 0.2))


def _logits(*probabilities: float) -> np.ndarray:
    p = np.array(probabilities, np.float32)
    return np.asarray(np.log(p / (1 - p)))


def test_the_surest_fine_label_is_told() -> None:
    (cue,) = fine_cues(_logits(0.8, 0.6, 0.9), HEAD)
    assert (cue.name, cue.phrase, cue.value) == ("fine", "sounds like gratitude", 0.8)
    assert not cue.quotes


def test_neutral_what_is_below_its_threshold_and_what_is_hardly_probable_are_not_told() -> None:
    assert fine_cues(_logits(0.35, 0.05, 0.9), HEAD) == []
    assert fine_cues(_logits(0.1, 0.2, 0.1), HEAD) == []


def test_without_thresholds_one_half_decides() -> None:
    plain = HEAD.model_copy(update={"thresholds": ()})
    assert fine_cues(_logits(0.45, 0.1, 0.1), plain) == []
    assert len(fine_cues(_logits(0.1, 0.55, 0.1), plain)) == 1
