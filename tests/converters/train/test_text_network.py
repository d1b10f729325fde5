from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("tf_keras", reason="training needs the extra `convert`")

from converters.train import text_network
from converters.train.text_heads import OUTPUTS, loss
from converters.train.text_material import material
from edge.affect import Language
from edge.perception.text.features import IDS, TABLE, UNITS, ids

WORDS = ("I am so happy today", "this is terrible", "我很开心", "我好难过", "we won the game", "")
pytestmark = pytest.mark.filterwarnings("default")  # TensorFlow's own


def test_training_reads_texts_as_the_device_does() -> None:
    found = text_network.read(WORDS)
    assert found.shape == (len(WORDS), UNITS, IDS)
    np.testing.assert_array_equal(found[0], ids("i am so happy today", Language.EN)[0])
    np.testing.assert_array_equal(found[2], ids("我很开心", Language.ZH)[0])
    assert not found[-1].any()


def test_a_long_text_is_several_rows_to_learn_from() -> None:
    found, whose = text_network.read_whole(["hello", "word " * (UNITS + 1), "我"])
    assert whose.tolist() == [0, 1, 1, 2]
    np.testing.assert_array_equal(found[1:3], ids("word " * (UNITS + 1), Language.EN))


def test_a_joined_text_goes_on_with_another_and_its_targets_are_between_both() -> None:
    words = [f"word{number} " * length for number, length in enumerate((3, 10, UNITS, 20) * 8)]
    found = text_network.read(words)
    some, others, share = text_network.joined(found, np.random.default_rng(0))
    changed = np.flatnonzero(others != np.arange(len(words)))
    assert 0 < len(changed) <= text_network.JOINED * len(words)
    np.testing.assert_array_equal(np.flatnonzero(share < 1), changed)
    for row in changed:
        length = np.count_nonzero(found[row, :, 0])
        taken = np.count_nonzero(some[row, :, 0]) - length
        np.testing.assert_array_equal(some[row, :length], found[row, :length])
        np.testing.assert_array_equal(some[row, length : length + taken], found[others[row], :taken])
        assert share[row] == pytest.approx(length / (length + taken))
    unchanged = np.setdiff1d(np.arange(len(words)), changed)
    np.testing.assert_array_equal(some[unchanged], found[unchanged])

    given = material(words, np.eye(7, dtype=np.float32)[np.arange(len(words)) % 7])
    (_, (emotion, fine, _), weight), *_ = text_network.batches(found, given, len(words), 0)(0)
    np.testing.assert_allclose(emotion.sum(axis=1), 1, rtol=1e-6)
    assert np.isnan(fine).all()
    assert (weight == 1).all()
    assert (emotion.max(axis=1) < 1).any()


@pytest.mark.parametrize("family", ["convolution", "recurrent", "attention"])
def test_every_family_has_three_outputs_and_takes_whole_numbers_as_it_takes_their_floats(family: str) -> None:
    trained, kept = text_network.network(family), text_network.network(family, "int32")
    kept.set_weights(trained.get_weights())
    found = text_network.read(WORDS)
    for one, two, width in zip(text_network.outputs(trained, found, 4), kept(found), OUTPUTS.values(), strict=True):
        assert one.shape == (len(WORDS), width)
        np.testing.assert_allclose(one, two, atol=1e-5)
    assert trained.count_params() < 1.07 * (TABLE * text_network.WIDTH)


def test_what_is_unknown_costs_nothing() -> None:
    tf = pytest.importorskip("tensorflow")
    known = [np.eye(width, dtype=np.float32)[:1] for width in OUTPUTS.values()]
    said = [tf.constant(np.ones((1, width), np.float32)) for width in OUTPUTS.values()]
    costs = []
    for place in range(3):
        targets = [tf.constant(part if i == place else part * np.nan) for i, part in enumerate(known)]
        costs.append(float(loss(tuple(targets), tuple(said))[0]))
    assert min(costs) > 0
    assert float(loss(tuple(map(tf.constant, known)), tuple(said))[0]) == pytest.approx(sum(costs), rel=1e-5)
