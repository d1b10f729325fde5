from __future__ import annotations

import numpy as np

from converters.metrics import result
from converters.train.face_report import as_metrics


def test_the_card_says_each_figure_with_its_interval_and_each_labels_recall_and_precision() -> None:
    truth = np.array([0, 0, 0, 1, 1, 1, 1, 1])
    said = np.array([0, 0, 1, 1, 1, 1, 1, 0])
    probabilities = np.where(np.eye(2)[said] == 1, 0.9, 0.1)
    metrics = {metric.name: metric for metric in as_metrics(result(probabilities, truth, ("sad", "happy")), "toy rows")}
    assert metrics["accuracy"].value == 0.75
    assert metrics["accuracy"].n == 8
    assert metrics["recall of sad"].value == round(2 / 3, 4)
    assert metrics["precision of happy"].value == 0.8
    assert metrics["recall of happy"].n == 5
    for metric in metrics.values():
        assert metric.on == "toy rows"
        assert metric.low is not None
        assert metric.high is not None
        assert metric.low <= metric.value <= metric.high
