from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy", reason="training needs the extra `convert`")

from converters.train.text_features import idf, matrix, weighed
from edge.affect import Language
from edge.perception.text.features import BUCKETS, FeatureVector
from edge.perception.text.normalise import normalised

WORDS = ("I am so happy today", "this is terrible", "我很开心", "我好难过", "we won the game", "he died")


def test_training_rows_are_the_devices_vectors() -> None:
    vector = FeatureVector()
    x = matrix(WORDS)
    np.testing.assert_array_equal(x[0].toarray(), vector.fill(normalised(WORDS[0], 600), Language.EN))
    np.testing.assert_array_equal(x[2].toarray(), vector.fill(normalised(WORDS[2], 600), Language.ZH))


def test_what_is_in_every_text_weighs_less() -> None:
    scale = idf(matrix([*WORDS, *("happy again",) * 20]))
    rare, common = (matrix([word]).indices for word in ("terrible", "happy"))
    assert scale[rare].min() > scale[np.intersect1d(common, matrix(["happy again"]).indices)].max()


@pytest.mark.filterwarnings("default")  # TensorFlow's own
def test_the_network_that_is_kept_says_what_the_trained_one_says() -> None:
    pytest.importorskip("tensorflow", reason="training needs the extra `convert`")
    from converters.train import text_bag

    shape = text_bag.Shape(BUCKETS, hidden=4)
    model = text_bag.trainable(shape)
    x = matrix(WORDS)
    scale = idf(x)
    rows = np.arange(len(WORDS))
    wanted = model(text_bag.padded(weighed(x, scale), rows, 0.0, np.random.default_rng(0)))
    weights = text_bag.folded(model.get_weights(), scale)
    found = text_bag.plain(shape, weights)(x.toarray())
    for one, two, three in zip(wanted, found, text_bag.outputs(weights, x), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5)
        np.testing.assert_allclose(one, three, atol=1e-5)


@pytest.mark.filterwarnings("default")
def test_what_is_unknown_costs_nothing() -> None:
    tf = pytest.importorskip("tensorflow", reason="training needs the extra `convert`")
    from converters.train import text_bag

    known = [np.eye(width, dtype=np.float32)[:1] for width in text_bag.OUTPUTS.values()]
    said = [tf.constant(np.ones((1, width), np.float32)) for width in text_bag.OUTPUTS.values()]
    costs = []
    for place in range(3):
        targets = [tf.constant(part if i == place else part * np.nan) for i, part in enumerate(known)]
        costs.append(float(text_bag.loss(tuple(targets), tuple(said))[0]))
    assert min(costs) > 0
    assert float(text_bag.loss(tuple(map(tf.constant, known)), tuple(said))[0]) == pytest.approx(sum(costs), rel=1e-5)
